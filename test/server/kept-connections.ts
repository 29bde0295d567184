import { EventEmitter } from 'node:events';
import pg from 'pg';
import { PostgresBatch } from '../../server/store/postgres-batch.ts';

const { Client, Pool } = pg;

/** A client of the tests themselves, which they end. */
export { Client as OwnClient };

/** Connections to each database that nobody uses now. A new one costs the server more than a payment does. */
const free = new Map<string, pg.Client[]>();
/** Those of the test that runs. */
const lent = new Set<KeptClient>();

/** The `application_name` of a connection that is kept. */
export const KEPT = 'kept for the next test';

/** What a connection has from its last user, apart from the statements that it has prepared. */
const CLEAN = `ROLLBACK; RESET ALL; UNLISTEN *; SELECT pg_advisory_unlock_all(); SET application_name = '${KEPT}'`;

/** From now on clients of `pg` take a connection that an earlier test has left, and leave it for the next one. */
export function keepConnections(): void {
  Object.assign(pg, { Client: KeptClient, Pool: KeptPool });
}

/** From now on clients of `pg` make and end their connections; those that were kept are ended. */
export async function keepNoConnections(): Promise<void> {
  Object.assign(pg, { Client, Pool });
  const kept = [...free.values()].flatMap((clients) => clients.splice(0));
  await Promise.all(kept.map((client) => client.end()));
}

/** Ends the clients of the test that runs, also those of a service that nobody closed. */
export async function endClients(): Promise<void> {
  await Promise.all([...lent].map((client) => client.end()));
}

/** Connections that nobody uses may be lost too: a test has ended all of a database. */
function lastAlive(clients: pg.Client[]): pg.Client | undefined {
  let client = clients.pop();
  while (client !== undefined && Reflect.get(client, '_queryable') !== true) client = clients.pop();
  return client;
}

/** A client of `pg` on a connection that outlives it. After its end it is one whose connection is lost. */
class KeptClient extends EventEmitter {
  readonly #client: pg.Client;
  readonly #free: pg.Client[];
  readonly #ready: Promise<unknown>;
  #isLent = true;

  constructor(config: pg.ClientConfig) {
    super();
    const { connectionString = '' } = config;
    this.#free = free.get(connectionString) ?? [];
    free.set(connectionString, this.#free);
    const kept = lastAlive(this.#free);
    this.#client = kept ?? new Client(config);
    for (const event of ['error', 'end', 'notification'] as const) {
      this.#client.on(event, (...news: unknown[]) => this.emit(event, ...news));
    }
    this.#ready = kept === undefined ? this.#client.connect() : Promise.resolve();
    this.#ready.catch(() => {});
    lent.add(this);
  }

  /** Whether a pool may lend it again. */
  get _queryable(): boolean {
    return this.#isLent && Reflect.get(this.#client, '_queryable') === true;
  }

  connect(callback?: (error?: unknown) => void): Promise<unknown> | undefined {
    if (callback === undefined) return this.#ready;
    this.#ready.then(() => callback(), callback);
    return undefined;
  }

  query(...query: unknown[]): unknown {
    if (this.#isLent) return Reflect.apply(this.#client.query, this.#client, query);
    const lost = new Error('Connection terminated');
    const [asked] = query;
    if (asked instanceof PostgresBatch) return process.nextTick(() => asked.handleError(lost));
    const callback = query.at(-1);
    return typeof callback === 'function' ? callback(lost) : Promise.reject(lost);
  }

  async end(callback: () => void = () => {}): Promise<void> {
    if (this.#isLent) await this.#giveBack();
    callback();
  }

  async #giveBack(): Promise<void> {
    this.#isLent = false;
    lent.delete(this);
    this.#client.removeAllListeners();
    this.#client.on('error', () => {});
    try {
      await this.#ready;
      await this.#client.query(CLEAN);
      this.#free.push(this.#client);
    } catch {
      await this.#client.end().catch(() => {});
    }
  }
}

/** A pool of such clients. */
class KeptPool extends Pool {
  constructor(config: pg.PoolConfig) {
    const clients: object = { Client: KeptClient };
    super({ ...config, ...clients });
  }
}
