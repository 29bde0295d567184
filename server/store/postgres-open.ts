import type { Client } from 'pg';
import type { Clock } from '../../modem/index.ts';
import { Listeners } from './listeners.ts';
import { cannotBeOpened, configOf, packagePg } from './postgres-client.ts';
import { compareClocks } from './postgres-clock.ts';
import { Prepared } from './postgres-connection.ts';
import { PostgresNews } from './postgres-news.ts';
import { MIGRATION_LOCK, migrate, requireTables } from './postgres-schema.ts';
import { type PostgresOptions, PostgresStore } from './postgres-store.ts';

/**
 * Connections of one process. A payment keeps one for some ms at a time. With more, transactions mostly wait for each other (all
 * payments of one merchant change one account), and the server has more processes with plans and catalogues of their own: with four
 * connections a payment through four processes costs half as much CPU again as with two.
 */
const CONNECTIONS = 2;

/**
 * How long a transaction waits for a free connection, ms. Then this process has more to do than it can, and whoever can come again is
 * told so.
 */
const FREE_CONNECTION_MS = 15_000;

/**
 * What each connection begins with. The plan of a prepared statement is made once, for any values, perhaps while a table is empty: so
 * no plan reads a whole table where an index will do. The price that this setting puts on the rest would have PostgreSQL compile each
 * such plan (JIT), which takes longer than the statement. A process that stops within a transaction loses it, and its locks, after 5 s.
 */
const SESSION = `
SET plan_cache_mode = force_generic_plan;
SET enable_seqscan = off;
SET jit = off;
SET idle_in_transaction_session_timeout = 5000;
SET lock_timeout = 3000;
SET statement_timeout = 10000;
SET tcp_keepalives_idle = 10;
SET tcp_keepalives_interval = 5;
SET tcp_keepalives_count = 3;
`;

/** After this time without an answer the server is gone, ms: it ends a statement earlier by itself. */
const ANSWER_MS = 15_000;

/** How {@link openPostgres} opens a database. */
export interface OpenPostgresOptions extends PostgresOptions {
  /** `postgres://user@host:port/database`; without a password, which comes from the environment or a pgpass file. */
  readonly url: string;
  /** A name that no other process has. */
  readonly processName: string;
  readonly mustHaveTables?: boolean | undefined;
}

/**
 * Opens the service's database on a server of PostgreSQL, and makes its tables when there are none and none must be there.
 * @throws StoreError when the server cannot be reached, the database belongs to another program or a newer version, or the clocks
 * differ by more than 2 s
 */
export async function openPostgres(options: OpenPostgresOptions): Promise<PostgresStore> {
  const { url, processName, clock, hold, mustHaveTables = false } = options;
  const { Client, Pool } = await packagePg();
  const config = configOf(url, processName);
  try {
    // A clock that can be held is virtual: it does not show the time of day.
    await prepare(new Client(config), hold === undefined ? clock : undefined, mustHaveTables);
  } catch (error) {
    throw cannotBeOpened(error);
  }
  const pool = new Pool({
    ...{ ...config, query_timeout: ANSWER_MS, max: CONNECTIONS, connectionTimeoutMillis: FREE_CONNECTION_MS },
    // The time-out of the pool counts for its connections too, unless they have their own.
    Client: class extends Client {
      constructor() {
        super({ ...config, query_timeout: ANSWER_MS });
      }
    },
    onConnect: (client) => client.query(SESSION),
  });
  // Who uses a connection hears of its end by the query that fails.
  pool.on('error', () => {});
  pool.on('connect', (client) => {
    client.on('error', () => {});
  });
  const listeners = new Listeners();
  const news = new PostgresNews(pool, () => new Client(config), clock, listeners, processName);
  if (options.alone !== true) await news.listen();
  return new PostgresStore(pool, new Prepared(), listeners, news, options);
}

/** The tables are up to date when this resolves. @param clock to be compared with that of the database */
async function prepare(client: Client, clock: Clock | undefined, mustHaveTables: boolean): Promise<void> {
  client.on('error', () => {});
  try {
    await client.connect();
    if (clock !== undefined) await compareClocks(client, clock);
    await client.query('BEGIN');
    await client.query('SET LOCAL statement_timeout = 0');
    await client.query('SET LOCAL lock_timeout = 0');
    await client.query(`SELECT pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    if (mustHaveTables) await requireTables(client);
    const changed = await migrate(client);
    await client.query('COMMIT');
    // Not after tables were made: PostgreSQL would take them for empty until its next look, and any index would do.
    if (changed) await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}
