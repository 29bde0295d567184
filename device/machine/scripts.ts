import { readFileSync } from 'node:fs';
import { packageFile } from '../../modem/package-file.ts';

/** The scripts that `npm run build` makes: the class library, and the payment application as the script of a suite. */
const SCRIPTS = { library: 'midp.js', cashMobile: 'cash-mobile.js' } as const;

export type ScriptName = keyof typeof SCRIPTS;

/** The file of a script. */
export function scriptFile(name: ScriptName): string {
  return packageFile(`dist/device/machine/${SCRIPTS[name]}`);
}

/** The text of a script. @throws Error when it was not built */
export function readScript(name: ScriptName): string {
  try {
    return readFileSync(scriptFile(name), 'utf8');
  } catch (error) {
    throw new Error(`${SCRIPTS[name]} is not there: npm run build makes it`, { cause: error });
  }
}
