import type { ClientBase } from 'pg';
import { MIGRATIONS, POSTGRES_MIGRATIONS } from './migrations.ts';
import { inPostgres, POSTGRES_TABLES } from './postgres-tables.ts';
import { NewerTablesError, type ReadTx, StoreError } from './store.ts';

/** Holds the version of the tables, and shows that the database is ours. */
const VERSION_TABLE = 'cash_mobile';

/** Taken while tables are made, so that of several processes that start at once only one does. Any number that is ours. */
export const MIGRATION_LOCK = 0x43614d6f;

/**
 * Brings the tables up to date, inside a transaction. @returns whether tables of an earlier version were changed
 * @throws StoreError when a process of the earlier version runs on them
 */
export async function migrate(client: ClientBase): Promise<boolean> {
  const to = MIGRATIONS.length;
  const from = await versionOf(client);
  if (from === to) return false;
  if (from === 0) {
    await client.query(`CREATE TABLE ${VERSION_TABLE} (version BIGINT NOT NULL)`);
    await client.query(POSTGRES_TABLES);
    await client.query(`INSERT INTO ${VERSION_TABLE} (version) VALUES (${to})`);
    return false;
  }
  await requireStopped(client, from);
  for (const [index, migration] of MIGRATIONS.entries()) {
    const version = index + 1;
    if (version > from) await client.query(POSTGRES_MIGRATIONS[version] ?? inPostgres(migration));
  }
  await client.query(`UPDATE ${VERSION_TABLE} SET version = ${to}`);
  return true;
}

/**
 * A process that runs expects the tables of its own version. Its lease is compared with the clock of the database, as each start compares its
 * own. A lease that is taken meanwhile waits for the end of the transaction, and then finds other tables.
 */
async function requireStopped(client: ClientBase, version: number): Promise<void> {
  await client.query('LOCK TABLE process IN SHARE ROW EXCLUSIVE MODE');
  const alive = await client.query<{ readonly name: string }>(
    'SELECT name FROM process WHERE alive_until > extract(epoch FROM clock_timestamp()) * 1000 ORDER BY id',
  );
  if (alive.rows.length === 0) return;
  const names = alive.rows.map(({ name }) => name).join(', ');
  throw new StoreError(
    `the database has tables of an older version of cash-server (${version}), and a process of that version runs on it: ${names}: stop it first (one that was killed counts for 15 s)`,
  );
}

/** Not before the lease was written, which waits for who changes the tables. @throws NewerTablesError */
export async function requireOwnVersion(tx: ReadTx): Promise<void> {
  const version = await tx.get(`SELECT version FROM ${VERSION_TABLE}`, (row) => row.integer('version'));
  if (version === undefined || version <= MIGRATIONS.length) return;
  throw new NewerTablesError(
    `a newer version of cash-server has changed the tables of the database (${version}): this process ends, start that version`,
  );
}

/** @throws StoreError when there are none, or those of another program or a newer version */
export async function requireTables(client: ClientBase): Promise<void> {
  if ((await versionOf(client)) === 0) throw new StoreError(NO_TABLES);
}

/** Nothing is made or changed. @throws StoreError when the tables are missing or not up to date */
export async function requireUpToDate(client: ClientBase): Promise<void> {
  const version = await versionOf(client);
  if (version === MIGRATIONS.length) return;
  throw new StoreError(
    version === 0
      ? NO_TABLES
      : `the database was written by an older version of cash-server (${version}): start the service once`,
  );
}

const NO_TABLES =
  'the database has no tables: "cash-server init" makes them, or "cash-server move" brings those of a service';

/** 0 without tables. @throws StoreError when there are tables of another program, or of a newer version */
async function versionOf(client: ClientBase): Promise<number> {
  const tables = await client.query<{ readonly name: string }>(
    'SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()',
  );
  if (tables.rows.length === 0) return 0;
  if (!tables.rows.some(({ name }) => name === VERSION_TABLE)) {
    throw new StoreError('the database has tables of another program: choose an empty one (createdb)');
  }
  const version = await client.query<{ readonly version: number }>(`SELECT version FROM ${VERSION_TABLE}`);
  const found = version.rows[0]?.version ?? 0;
  if (found <= MIGRATIONS.length) return found;
  throw new StoreError(`the database was written by a newer version of cash-server (${found}): use that version`);
}
