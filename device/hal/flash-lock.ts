import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FlashError } from './flash.ts';
import { realPath } from './flash-file.ts';

/**
 * Refuses a flash file to a second handset. The lock is the operating system's lock on an empty SQLite file beside it, so
 * it is free again after the process has ended in any way.
 * @returns a function that frees the lock. @throws FlashError `held` when another handset has the lock, `failed` when the
 * SQLite file cannot be made
 */
export function lockFlash(path: string): () => void {
  const lock = `${realPath(path)}.lock`;
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(lock);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    throw refusal(path, lock, error);
  }
  const held = database;
  return () => held.close();
}

function refusal(path: string, lock: string, cause: unknown): FlashError {
  if (cause instanceof Error && 'errcode' in cause && cause.errcode === SQLITE_BUSY) {
    const message = `The flash file ${path} is in use by another handset: stop that one, or give another --flash`;
    return new FlashError('held', message, { cause });
  }
  const folder = dirname(path);
  if (!isFolder(folder)) {
    const message = `There is no folder ${folder} for the flash file ${path}: make the folder, or give another --flash`;
    return new FlashError('failed', message, { cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FlashError('failed', `The flash file ${path} cannot be locked by ${lock}: ${reason}`, { cause });
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** https://sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;
