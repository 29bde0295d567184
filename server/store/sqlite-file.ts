import { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations.ts';
import { StoreError } from './store.ts';

/** Marks a database file of this program (`PRAGMA application_id`): "CaMo" in ASCII. */
const APPLICATION_ID = 0x43614d6f;

/**
 * Opens the service's file, makes it when it is missing, and brings its tables up to date. SQLite in WAL mode with
 * `synchronous=FULL`, so that what was committed survives a power cut.
 * @param path a file, or `:memory:`. @throws StoreError when the file is not ours, newer than this program, or cannot be opened
 */
export function openSqliteFile(path: string): DatabaseSync {
  const database = open(path);
  try {
    migrate(database, path);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return database;
  } catch (error) {
    database?.close();
    throw new StoreError(`${path} cannot be opened as a database: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

function migrate(database: DatabaseSync, path: string): void {
  if (numberOf(database, 'SELECT count(*) FROM sqlite_schema') > 0) {
    if (numberOf(database, 'PRAGMA application_id') !== APPLICATION_ID) {
      throw new StoreError(`${path} is a database of another program: choose another file`);
    }
  }
  const version = numberOf(database, 'PRAGMA user_version');
  if (version > MIGRATIONS.length) {
    throw new StoreError(`${path} was written by a newer version of cash-server (${version}): use that version`);
  }
  if (version === MIGRATIONS.length) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    for (const migration of MIGRATIONS.slice(version)) database.exec(migration);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function numberOf(database: DatabaseSync, sql: string): number {
  const value = Object.values(database.prepare(sql).get() ?? {})[0];
  return typeof value === 'number' ? value : 0;
}
