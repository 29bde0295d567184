import { DatabaseSync } from 'node:sqlite';
import { makePrivate } from './private-file.ts';
import { StoreError } from './store.ts';

/**
 * Keeps a second service away from the same data folder. The lock is the operating system's lock on an empty SQLite
 * file, so it goes away with the process, however that ends.
 * @returns what frees the lock. @throws StoreError when another process holds it
 */
export function lockFile(path: string): () => void {
  let database: DatabaseSync | undefined;
  try {
    makePrivate(path);
    database = new DatabaseSync(path);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
  } catch (error) {
    database?.close();
    throw new StoreError(`${path} is held by another process: stop the other cash-server, or choose another --data`, {
      cause: error,
    });
  }
  const held = database;
  return () => held.close();
}
