import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The JAR of the payment application as `npm run build` makes it, or undefined before: beside this room in `dist`, or in `dist` seen from the sources. */
export function applicationFile(): Uint8Array | undefined {
  for (const place of ['../../suites/', '../../dist/suites/']) {
    try {
      return new Uint8Array(readFileSync(fileURLToPath(new URL(`${place}cash-mobile.jar`, import.meta.url))));
    } catch {
      // Not in this place.
    }
  }
  return undefined;
}
