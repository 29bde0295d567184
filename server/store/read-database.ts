import { dirname, join } from 'node:path';
import { lockFile } from './lock.ts';
import { isPostgres } from './open-store.ts';
import { onConnection } from './postgres-client.ts';
import { lockAgainstStarts, mustBeUnused } from './postgres-filling.ts';
import { requireUpToDate } from './postgres-schema.ts';
import { PostgresSnapshot } from './postgres-snapshot.ts';
import { readFile } from './read-file.ts';
import type { Snapshot } from './snapshot.ts';
import { StoreError } from './store.ts';

const AT_ONE_MOMENT = 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY';

/**
 * Reads the service's database without a service: all of `work` sees it as it is at one moment, also while services write to
 * it. @param database a file, or an address of PostgreSQL
 * @throws StoreError when there is none, its tables are not up to date, or it cannot be read
 */
export function readDatabase<T>(database: string, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  if (!isPostgres(database)) return readFile(database, work);
  return onConnection(database, 'reads', async (client) => {
    await client.query(AT_ONE_MOMENT);
    await requireUpToDate(client);
    return work(new PostgresSnapshot(client));
  });
}

/**
 * As {@link readDatabase}, of a database on which no service runs: none can start on it before `work` has ended.
 * @param now ms since 1970. @throws StoreError also when a service runs on it
 */
export function readUnused<T>(database: string, now: number, work: (snapshot: Snapshot) => Promise<T>): Promise<T> {
  if (!isPostgres(database)) return readFile(database, (snapshot) => whileLocked(database, () => work(snapshot)));
  return onConnection(database, 'reads', async (client) => {
    const snapshot = new PostgresSnapshot(client);
    await lockAgainstStarts(snapshot, 'pg_try_advisory_lock');
    await client.query(AT_ONE_MOMENT);
    await requireUpToDate(client);
    await mustBeUnused(snapshot, now);
    return work(snapshot);
  });
}

/** Holds the lock that a service takes, which is beside its file. */
async function whileLocked<T>(file: string, work: () => Promise<T>): Promise<T> {
  const unlock = lockBeside(file);
  try {
    return await work();
  } finally {
    unlock();
  }
}

function lockBeside(file: string): () => void {
  try {
    return lockFile(join(dirname(file), 'service.lock'));
  } catch (cause) {
    throw new StoreError(`a cash-server runs in the folder of ${file}: stop it first`, { cause });
  }
}
