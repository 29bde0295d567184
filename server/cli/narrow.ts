import { chmodSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../vocabulary/errors.ts';

/** What others than the owner may do, as bits of a mode. */
const OTHERS = 0o077;

/** A folder such as /tmp, in which everybody has files. */
const STICKY = 0o1000;

/**
 * Keeps a data folder from everybody but its owner: the folder gets mode 0700, the files in it 0600.
 * @returns a line for each that was open to others. @throws Error when it cannot be narrowed
 */
export function narrow(folder: string): readonly string[] {
  if ((lstatSync(folder).mode & STICKY) !== 0) {
    throw new Error(`${folder} is open to every user of the machine: give a folder of the service's own as --data`);
  }
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return [folder, ...files.map(({ name }) => join(folder, name))].flatMap(narrowOne);
}

function narrowOne(path: string): readonly string[] {
  const mode = lstatSync(path).mode & 0o777;
  if ((mode & OTHERS) === 0) return [];
  const narrowed = mode & ~OTHERS;
  try {
    chmodSync(path, narrowed);
  } catch (error) {
    throw new Error(
      `${path} can be read by others (mode ${octal(mode)}), and not be closed to them: ${messageOf(error)}`,
    );
  }
  return [`${path} was open to others (mode ${octal(mode)}), and has mode ${octal(narrowed)} now`];
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
