import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, inject } from 'vitest';
import { APPROVALS_FROM, FIRST_ROWS } from '../../server/store/tables.ts';

/** The tests run on PostgreSQL; those of files of SQLite leave themselves out. */
export const onPostgres: boolean = process.env['CASH_MOBILE_TEST_DATABASE'] === 'postgres';

/** Databases of this process: those of tests that have ended, and those of the test that runs. */
const free: string[] = [];
const taken: string[] = [];
let made = 0;

/** A folder that nobody else uses. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'cash-mobile-server-'));
}

/** A database that nobody else uses, until the end of the test. On PostgreSQL it has been used by earlier tests and is empty again. */
export async function newDatabase(): Promise<string> {
  if (!onPostgres) return join(temporaryFolder(), 'service.db');
  const name = free.pop() ?? (await create());
  taken.push(name);
  return urlOf(name);
}

afterEach(async () => {
  for (const name of taken.splice(0)) {
    await empty(name);
    free.push(name);
  }
});

function urlOf(name: string): string {
  const folder = inject('postgres');
  if (folder === undefined) throw new Error('there is no server of PostgreSQL');
  return `postgres://cash@/${name}?host=${encodeURIComponent(folder)}`;
}

async function create(): Promise<string> {
  made += 1;
  const name = `test_${process.pid}_${made}`;
  await query('postgres', `CREATE DATABASE ${name}`);
  return name;
}

/** Ends what still uses the database, and deletes all rows. */
async function empty(name: string): Promise<void> {
  await query('postgres', `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  await query(name, EMPTY);
}

const EMPTY = `
SET session_replication_role = replica;
DO $$ DECLARE t text; BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'cash_mobile' LOOP
    EXECUTE 'DELETE FROM ' || t;
  END LOOP;
  FOR t IN SELECT sequencename FROM pg_sequences LOOP
    PERFORM setval(t::regclass, CASE t WHEN 'approval' THEN ${APPROVALS_FROM + 1} ELSE 1 END, false);
  END LOOP;
END $$;
${FIRST_ROWS}`;

async function query(name: string, sql: string): Promise<void> {
  const client = new pg.Client(urlOf(name));
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
