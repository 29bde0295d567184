import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { messageOf } from '../vocabulary/errors.ts';
import { copyDatabase } from './copy.ts';
import { MIGRATIONS } from './migrations.ts';
import { makePrivate } from './private-file.ts';
import { SQLITE_TABLES } from './sqlite-tables.ts';
import { StoreError } from './store.ts';

/** Marks a database file of this program (`PRAGMA application_id`): "CaMo" in ASCII. */
export const APPLICATION_ID = 0x43614d6f;

/** The tables of an earlier version were brought up to date. */
export interface Migrated {
  readonly from: number;
  readonly to: number;
  /** The file as it was before, kept beside the database. */
  readonly copy: string;
}

/** An open database file. */
export interface SqliteFile {
  readonly database: DatabaseSync;
  /** `undefined` when the file is new or was up to date. */
  readonly migrated: Migrated | undefined;
}

/**
 * Pages that are kept in memory, KiB. With the 2 MB of the default, a payment in a long history reads pages again and again, and
 * with `temp_store` on disk each savepoint of a larger transaction makes a temporary file: together half of the CPU.
 */
const CACHE_KIB = 65_536;

/**
 * Pages of 4 KiB in the log before they are copied into the file. A commit of 64 payments writes some hundreds: with the
 * default of 1,000, pages that change with each commit would be copied almost as often.
 */
const LOG_PAGES = 8_192;

/**
 * Opens the service's file, makes it when it is missing, and brings its tables up to date; first a file of an earlier version
 * is copied. SQLite in WAL mode with `synchronous=FULL`, so that what was committed survives a power cut.
 * @param path a file, or `:memory:`. @throws StoreError when the file is not ours, newer than this program, or cannot be
 * opened, copied or migrated: then it is as it was
 */
export function openSqliteFile(path: string): SqliteFile {
  const database = open(path);
  try {
    return { database, migrated: migrate(database, path) };
  } catch (error) {
    database.close();
    throw error;
  }
}

function open(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    // Its journal and its shared memory get the mode of the file.
    if (path !== ':memory:') makePrivate(path);
    database = new DatabaseSync(path, { timeout: 2_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    database.exec(`PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${CACHE_KIB}`);
    database.exec(`PRAGMA wal_autocheckpoint = ${LOG_PAGES}`);
    return database;
  } catch (error) {
    database?.close();
    throw cannotBeOpened(path, error);
  }
}

/**
 * Opens the service's file to look at it, also while a service runs on it. Its tables must be up to date.
 * @throws StoreError when the file is missing, not ours, older or newer than this program
 */
export function openSqliteFileToRead(path: string): DatabaseSync {
  if (!existsSync(path)) throw new StoreError(`there is no ${path}: "cash-server init" makes one`);
  const database = new DatabaseSync(path, { readOnly: true, timeout: 2_000 });
  try {
    const version = versionOf(database, path);
    if (version === MIGRATIONS.length) return database;
    throw new StoreError(`${path} was written by an older version of cash-server (${version}): start the service once`);
  } catch (error) {
    database.close();
    throw error instanceof StoreError ? error : cannotBeOpened(path, error);
  }
}

function cannotBeOpened(path: string, cause: unknown): StoreError {
  const reason = messageOf(cause);
  return new StoreError(`${path} cannot be opened as a database: ${reason}`, { cause });
}

/** The version of the tables, 0 in an empty file. @throws StoreError when the file is not ours, or newer than this program */
function versionOf(database: DatabaseSync, path: string): number {
  const isEmpty = numberOf(database, 'SELECT count(*) FROM sqlite_schema') === 0;
  if (!isEmpty && numberOf(database, 'PRAGMA application_id') !== APPLICATION_ID) {
    throw new StoreError(`${path} is a database of another program: choose another file`);
  }
  const version = numberOf(database, 'PRAGMA user_version');
  if (version <= MIGRATIONS.length) return version;
  throw new StoreError(`${path} was written by a newer version of cash-server (${version}): use that version`);
}

function migrate(database: DatabaseSync, path: string): Migrated | undefined {
  const from = versionOf(database, path);
  const to = MIGRATIONS.length;
  if (from === to) return undefined;
  const copy = from === 0 ? undefined : freeName(`${path}.version-${from}`);
  if (copy !== undefined) copyDatabase(database, copy);
  try {
    database.exec('BEGIN IMMEDIATE');
    for (const tables of from === 0 ? [SQLITE_TABLES] : MIGRATIONS.slice(from)) database.exec(tables);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${to}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    const reason = messageOf(error);
    throw new StoreError(`${path} cannot be brought from version ${from} to ${to}, and is as it was: ${reason}`, {
      cause: error,
    });
  }
  return copy === undefined ? undefined : { from, to, copy };
}

/** The name, or the first of name-2, name-3 … that no file has: an earlier copy is never written over. */
function freeName(name: string): string {
  if (!existsSync(name)) return name;
  for (let n = 2; ; n += 1) if (!existsSync(`${name}-${n}`)) return `${name}-${n}`;
}

/** The first value of an answer; 0 when it is no number. */
export function numberOf(database: DatabaseSync, sql: string): number {
  const value = Object.values(database.prepare(sql).get() ?? {})[0];
  return typeof value === 'number' ? value : 0;
}
