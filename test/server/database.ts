import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Client } from 'pg';
import { inject } from 'vitest';
import { MIGRATIONS } from '../../server/store/migrations.ts';
import { openStore } from '../../server/store/open-store.ts';
import { askOf, PostgresConnection, Prepared, TYPES } from '../../server/store/postgres-connection.ts';
import { postgresText } from '../../server/store/postgres-text.ts';
import { readFile } from '../../server/store/read-file.ts';
import { SqliteStore } from '../../server/store/sqlite-store.ts';
import type { ReadTx, SqlValue, Store, StoreProbe } from '../../server/store/store.ts';
import { APPROVALS_FROM, FIRST_ROWS } from '../../server/store/tables.ts';
import { seededRandom, VirtualClock } from '../../sim/index.ts';
import { endClients, KEPT, OwnClient } from './kept-connections.ts';

/** The tests run on PostgreSQL; those of files of SQLite leave themselves out. */
export const onPostgres: boolean = process.env['CASH_MOBILE_TEST_DATABASE'] === 'postgres';

/** A database of this process, and the connection by which the tests look into it. */
interface TestDatabase {
  readonly url: string;
  readonly client: Client;
  readonly reader: ReadTx;
}

/** Databases of tests that have ended, and those of the test that runs. */
const free: TestDatabase[] = [];
const taken = new Map<string, TestDatabase>();
/** What ends the services of the test that runs. */
const endings: (() => void)[] = [];
let made = 0;

/** A folder that nobody else uses. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cash-mobile-server-'));
}

/** A database that nobody else uses, until the end of the test. On PostgreSQL it has been used by earlier tests and is empty again. */
export async function newDatabase(): Promise<string> {
  if (!onPostgres) return join(temporaryFolder(), 'service.db');
  const database = free.pop() ?? (await create());
  taken.set(database.url, database);
  return database.url;
}

/** A database for a service that is opened once; with SQLite it is kept in memory. */
export async function passingDatabase(): Promise<string> {
  return onPostgres ? newDatabase() : ':memory:';
}

/** A store of its own, of one process; with SQLite it is kept in memory. */
export async function testStore(clock: VirtualClock = new VirtualClock(), probe: StoreProbe = {}): Promise<Store> {
  const hold = (work: Promise<unknown>) => void clock.hold(work);
  if (!onPostgres) return new SqliteStore(':memory:', { clock, hold, probe });
  const random = seededRandom(made);
  const { store } = await openStore({ database: await newDatabase(), clock, random, hold, probe, alone: true });
  whenTestEnds(() => void store.close());
  return store;
}

/** What a second look into the database finds. */
export async function look<T>(database: string, work: (tx: ReadTx) => Promise<T>): Promise<T> {
  return onPostgres ? work(testDatabase(database).reader) : readFile(database, work);
}

/** The rows that a second look into the database finds; `?` stands for each value. */
export async function rows(
  database: string,
  sql: string,
  ...values: SqlValue[]
): Promise<{ readonly [column: string]: unknown }[]> {
  if (onPostgres) {
    const result = await testDatabase(database).client.query({ text: postgresText(sql), values });
    return result.rows;
  }
  const file = new DatabaseSync(database);
  try {
    return file
      .prepare(sql)
      .all(...values)
      .map((row) => ({ ...row }));
  } finally {
    file.close();
  }
}

/** Changes the database behind the back of the service, one statement after another. */
export async function write(database: string, ...statements: readonly string[]): Promise<void> {
  if (onPostgres) {
    for (const sql of statements) await testDatabase(database).client.query(postgresText(sql));
    return;
  }
  const file = new DatabaseSync(database);
  for (const sql of statements) file.exec(sql);
  file.close();
}

/** Every row of every table. */
export async function allRows(database: string): Promise<{ readonly [column: string]: unknown }[]> {
  const tables = onPostgres
    ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
    : "SELECT name FROM sqlite_schema WHERE type = 'table'";
  const found = (await rows(database, tables)).map(({ name }) => rows(database, `SELECT * FROM ${name}`));
  return (await Promise.all(found)).flat();
}

/** Calls `end` when the test has ended, before its databases are emptied. */
export function whenTestEnds(end: () => void): void {
  endings.push(end);
}

/** Ends what still uses the databases of the test, and deletes all rows. */
export async function emptyDatabases(): Promise<void> {
  for (const end of endings.splice(0)) end();
  await endClients();
  for (const database of taken.values()) {
    await database.client.query(END_OTHERS);
    await database.client.query(EMPTY);
    free.push(database);
  }
  taken.clear();
}

function testDatabase(url: string): TestDatabase {
  const database = taken.get(url);
  if (database === undefined) throw new Error(`${url} is no database of this test`);
  return database;
}

async function create(): Promise<TestDatabase> {
  made += 1;
  const name = `test_${process.pid}_${made}`;
  const first = await connect('postgres');
  await first.query(`CREATE DATABASE ${name}`);
  await first.end();
  const client = await connect(name);
  return { url: urlOf(name), client, reader: new PostgresConnection(askOf(client), new Prepared(), () => {}) };
}

function urlOf(name: string): string {
  const folder = inject('postgres');
  if (folder === undefined) throw new Error('there is no server of PostgreSQL');
  return `postgres://cash@/${name}?host=${encodeURIComponent(folder)}`;
}

async function connect(name: string): Promise<Client> {
  const client = new OwnClient({ connectionString: urlOf(name), types: TYPES });
  client.on('error', () => {});
  await client.connect();
  return client;
}

const OTHERS = `FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND application_name <> '${KEPT}'`;

/** Looks every 5 ms whether they have ended: `pg_terminate_backend` with a time limit looks every 100 ms. */
const END_OTHERS = `
DO $$ BEGIN
  PERFORM pg_terminate_backend(pid) ${OTHERS};
  FOR n IN 1..1000 LOOP
    EXIT WHEN NOT EXISTS (SELECT ${OTHERS});
    PERFORM pg_sleep(0.005), pg_stat_clear_snapshot();
  END LOOP;
END $$`;

const EMPTY = `
SET session_replication_role = replica;
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'cash_mobile' LOOP
    EXECUTE 'DELETE FROM ' || t;
  END LOOP;
  FOR t IN SELECT sequencename FROM pg_sequences LOOP
    PERFORM setval(t::regclass, CASE t WHEN 'approval' THEN ${APPROVALS_FROM + 1} ELSE 1 END, false);
  END LOOP;
  IF to_regclass('deletion') IS NOT NULL THEN
    ${FIRST_ROWS}
    UPDATE cash_mobile SET version = ${MIGRATIONS.length};
  END IF;
END $$;
SET session_replication_role = origin;`;
