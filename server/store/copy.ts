import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../vocabulary/errors.ts';
import { StoreError } from './store.ts';

/**
 * Writes a copy of the database as it stands, beside a service that runs: one file, readable by its owner only, on disk when
 * this returns. The name appears when the copy is complete.
 * @throws StoreError when it cannot be written, as on a full disk
 */
export function copyDatabase(database: DatabaseSync, to: string): void {
  const partial = `${to}.partial`;
  try {
    rmSync(partial, { force: true });
    writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
    database.prepare('VACUUM INTO ?').run(partial);
    const file = openSync(partial, 'r+');
    fsyncSync(file);
    closeSync(file);
    renameSync(partial, to);
  } catch (error) {
    rmSync(partial, { force: true });
    throw new StoreError(`the copy ${to} cannot be written: ${messageOf(error)}`, {
      cause: error,
    });
  }
}
