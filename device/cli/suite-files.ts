import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InstallError, JAD_LIMIT, JAR_LIMIT } from '../suite/index.ts';

/** The octets of a descriptor. @throws Error when there is none, InstallError 906 for a file that is too long for one */
export function readJad(path: string): Uint8Array {
  if (sizeOf(path, 'descriptor') > JAD_LIMIT)
    throw new InstallError(906, `The descriptor is longer than ${JAD_LIMIT} octets`);
  return new Uint8Array(readFileSync(path));
}

/** The octets of a JAR. @throws Error when there is none, InstallError 901 for one that is too long for every phone */
export function readJarFile(path: string): Uint8Array {
  const octets = sizeOf(path, 'JAR');
  if (octets > JAR_LIMIT)
    throw new InstallError(901, `The JAR has ${octets} octets; a phone takes at most ${JAR_LIMIT}`);
  return new Uint8Array(readFileSync(path));
}

/** Where the JAR of a descriptor is, when it was not said: beside it, under the last name of its URL. */
export function jarBeside(jad: string, url: string): string {
  const path = URL.parse(url, 'http://host/')?.pathname ?? '';
  return join(dirname(jad), basename(decodeURIComponent(path)));
}

function sizeOf(path: string, what: string): number {
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind?.isFile() !== true) throw new Error(`There is no ${what} ${path}`);
  return kind.size;
}
