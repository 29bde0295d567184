import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../vocabulary/errors.ts';
import { StoreError } from './store.ts';

/**
 * Writes a copy of the database as it stands, beside a service that runs: one file, readable by its owner only, on disk when
 * this returns. The name appears when the copy is complete.
 * @throws StoreError when it cannot be written, as on a full disk
 */
export function copyDatabase(database: DatabaseSync, to: string): void {
  const partial = beginFile(to);
  try {
    database.prepare('VACUUM INTO ?').run(partial);
    completeFile(partial, to);
  } catch (error) {
    rmSync(partial, { force: true });
    throw cannotBeWritten(to, error);
  }
}

/**
 * An empty file, readable by its owner only, with the name that `to` has until it is complete.
 * @throws StoreError when it cannot be written
 */
export function beginFile(to: string): string {
  const partial = `${to}.partial`;
  try {
    rmSync(partial, { force: true });
    writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
    return partial;
  } catch (error) {
    throw cannotBeWritten(to, error);
  }
}

/** Everything of the file is on disk, and it gets its name. */
export function completeFile(partial: string, to: string): void {
  const file = openSync(partial, 'r+');
  fsyncSync(file);
  closeSync(file);
  renameSync(partial, to);
}

/** @throws StoreError when there is a file of this name */
export function mustBeNew(path: string): void {
  if (existsSync(path)) throw new StoreError(`${path} is there already: choose another file`);
}

function cannotBeWritten(to: string, cause: unknown): StoreError {
  return new StoreError(`the copy ${to} cannot be written: ${messageOf(cause)}`, { cause });
}
