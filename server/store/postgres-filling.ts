import type { Client } from 'pg';
import { type ColumnType, type MovedTable, movedTables } from './moved-tables.ts';
import { onConnection } from './postgres-client.ts';
import { askOf, PostgresConnection, Prepared } from './postgres-connection.ts';
import { MIGRATION_LOCK, migrate } from './postgres-schema.ts';
import type { Filling, LastNumbers, RowValues } from './snapshot.ts';
import { type ReadTx, type SqlValue, StoreError } from './store.ts';
import { FIRST_ROWS } from './tables.ts';

/**
 * Fills an empty database in one transaction, and makes its tables when there are none. No service can start on it meanwhile. When
 * anything fails, the database is as it was.
 * @throws StoreError when it has rows, belongs to another program or is used by a service
 */
export function fillPostgres<T>(url: string, now: number, work: (filling: Filling) => Promise<T>): Promise<T> {
  return onConnection(url, 'move', async (client) => {
    const filling = new PostgresFilling(client);
    await client.query('BEGIN');
    await lockAgainstStarts(filling, 'pg_try_advisory_xact_lock');
    await migrate(client);
    await mustBeUnused(filling, now);
    const names = movedTables().map(({ name }) => name);
    await client.query(`LOCK TABLE process, ${names.join(', ')} IN EXCLUSIVE MODE`);
    for (const name of names) await mustBeEmpty(filling, name);
    await client.query(`DELETE FROM process; DELETE FROM ledger_checkpoint; DELETE FROM deletion; ${FIRST_ROWS}`);
    const result = await work(filling);
    await client.query('COMMIT');
    return result;
  });
}

/** No service starts on the database until the lock is free. @throws StoreError when a service starts at this moment */
export async function lockAgainstStarts(
  tx: ReadTx,
  lock: 'pg_try_advisory_lock' | 'pg_try_advisory_xact_lock',
): Promise<void> {
  const isOurs = await tx.get(`SELECT ${lock}(${MIGRATION_LOCK}) AS ours`, (row) => row.integer('ours') === 1);
  if (isOurs !== true) throw new StoreError('another cash-server starts, or moves, on the database: wait until it has');
}

/** @param now ms since 1970. @throws StoreError when a process of the service lives */
export async function mustBeUnused(tx: ReadTx, now: number): Promise<void> {
  const living = 'SELECT name FROM process WHERE alive_until > ? ORDER BY id LIMIT 1';
  const name = await tx.get(living, (row) => row.text('name'), now);
  if (name === undefined) return;
  throw new StoreError(
    `a cash-server runs on the database (${name}): stop it first; one that was killed counts as running for 15 s`,
  );
}

async function mustBeEmpty(tx: ReadTx, table: string): Promise<void> {
  const row = await tx.get(`SELECT 1 AS one FROM ${table} LIMIT 1`, () => true);
  if (row === true)
    throw new StoreError(`the database is not empty, it has rows in ${table}: choose another (createdb)`);
}

const ARRAYS: Readonly<Record<ColumnType, string>> = { INTEGER: 'bigint[]', TEXT: 'text[]', BLOB: 'bytea[]' };

class PostgresFilling extends PostgresConnection implements Filling {
  readonly #client: Client;

  constructor(client: Client) {
    super(askOf(client), new Prepared(), () => {});
    this.#client = client;
  }

  /** One statement with an array for each column. */
  async add({ name, columns }: MovedTable, rows: readonly RowValues[]): Promise<void> {
    const names = columns.map((column) => column.name).join(', ');
    const arrays = columns.map(({ type }, place) => `$${place + 1}::${ARRAYS[type]}`).join(', ');
    const text = `INSERT INTO ${name} (${names}) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(${arrays})`;
    const values = columns.map((_, place) => rows.map((row) => storable(row[place])));
    await this.#client.query({ name: `add ${name}`, text, values });
  }

  /** `RESTART` is undone with the transaction; `setval` would not be. */
  async finish({ approval, tables }: LastNumbers): Promise<void> {
    await this.#client.query('SET CONSTRAINTS ALL IMMEDIATE');
    await this.#client.query(`ALTER SEQUENCE approval RESTART WITH ${approval + 1}`);
    for (const { name, counted } of movedTables()) {
      const next = (tables.get(name) ?? 0) + 1;
      if (counted !== undefined) await this.#client.query(`ALTER TABLE ${name} ALTER ${counted} RESTART WITH ${next}`);
    }
    await this.#client.query('ANALYZE');
  }
}

/** PostgreSQL takes no NUL in a text. */
function storable(value: SqlValue | undefined): SqlValue | undefined {
  return typeof value === 'string' ? value.replaceAll('\0', '\ufffd') : value;
}
