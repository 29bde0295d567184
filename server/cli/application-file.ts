import { readFileSync } from 'node:fs';
import { packageFile } from '../../modem/package-file.ts';

/** The JAR of the payment application, or undefined before `npm run build` has made it. */
export function applicationFile(): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(packageFile('dist/suites/cash-mobile.jar')));
  } catch {
    return undefined;
  }
}
