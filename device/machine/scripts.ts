import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The scripts that `npm run build` makes: the class library, and the payment application as the script of a suite. */
export const SCRIPTS = { library: 'midp.js', cashMobile: 'cash-mobile.js' } as const;

/** The text of a script. @throws Error when it was not built */
export function readScript(name: keyof typeof SCRIPTS): string {
  try {
    return readFileSync(join(import.meta.dirname, SCRIPTS[name]), 'utf8');
  } catch (error) {
    throw new Error(`${SCRIPTS[name]} is not there: npm run build makes it`, { cause: error });
  }
}
