import { closeSync, existsSync, openSync } from 'node:fs';

/**
 * Makes an empty file that only its owner reads, when there is none. One that is there is not even opened: closing it would
 * take the locks from it that SQLite has in this process.
 * @throws NodeJS.ErrnoException
 */
export function makePrivate(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
}
