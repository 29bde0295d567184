import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../modem/index.ts';
import type { Listeners } from './listeners.ts';
import { codeOf, isCollision, isDiskFull, isGone } from './postgres-codes.ts';
import { type Ask, askOf, askOfAny, PostgresConnection, type Prepared } from './postgres-connection.ts';
import type { PostgresNews } from './postgres-news.ts';
import {
  NoRoomError,
  type ReadTx,
  type Store,
  StoreError,
  type StoreProbe,
  type Topic,
  type Tx,
  UnreachableError,
  type WakeListener,
} from './store.ts';
import { Transaction } from './transaction.ts';

/** How often a transaction is begun again because another one was in its way. */
const COLLISIONS = 20;

/** Pauses before a database that is gone, or has no room, is tried again, ms; the last one is repeated. */
const PAUSES_MS: readonly number[] = [0, 250, 1_000, 2_000, 5_000];

/** How often a transaction that must not wait is tried while the database is gone: the second finds a new connection. */
const TRIES_IN_A_HURRY = 2;

/** How a {@link PostgresStore} works. */
export interface PostgresOptions {
  readonly clock: Clock;
  /** No other process uses the database. Default false. */
  readonly alone?: boolean | undefined;
  /** Keeps a virtual clock still until the promise settles. */
  readonly hold?: ((work: Promise<unknown>) => void) | undefined;
  readonly probe?: StoreProbe | undefined;
  /** Hears once that the database cannot be reached or cannot write, with the reason, and `undefined` once it works again. */
  readonly onTrouble?: ((reason: string | undefined) => void) | undefined;
}

/** A transaction that somebody waits for. */
interface Job<T> {
  readonly name: string;
  readonly work: (tx: Tx) => Promise<T>;
  readonly whenUnable: 'wait' | 'fail';
  /** A virtual clock need not stand still for it any more. */
  release(): void;
}

/**
 * The store on PostgreSQL: READ COMMITTED, many transactions at once, in this and in other processes. A transaction that meets
 * another one is begun again; one that loses its connection too, so a COMMIT whose answer was lost may be done twice.
 */
export class PostgresStore implements Store {
  readonly #pool: Pool;
  readonly #news: PostgresNews;
  readonly #listeners: Listeners;
  readonly #clock: Clock;
  readonly #alone: boolean;
  readonly #hold: (work: Promise<unknown>) => void;
  readonly #probe: StoreProbe;
  readonly #onTrouble: (reason: string | undefined) => void;
  readonly #prepared: Prepared;
  readonly #running = new Set<Promise<unknown>>();
  readonly #endPauses = new Set<() => void>();
  #commits = 0;
  #inTrouble = false;
  #open = true;
  /** Nothing waits any more for a database that is gone or has no room. */
  #isEnding = false;

  /** Use `openPostgres`. */
  constructor(pool: Pool, prepared: Prepared, listeners: Listeners, news: PostgresNews, options: PostgresOptions) {
    const { clock, alone = false, hold = () => {}, probe = {}, onTrouble = () => {} } = options;
    this.#pool = pool;
    this.#prepared = prepared;
    this.#listeners = listeners;
    this.#news = news;
    this.#clock = clock;
    this.#alone = alone;
    this.#hold = hold;
    this.#probe = probe;
    this.#onTrouble = onTrouble;
  }

  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, whenUnable: 'wait' | 'fail' = 'wait'): Promise<T> {
    if (!this.#open) return Promise.reject(new StoreError(`the database is closed: ${name} was not done`));
    const body = this.#probe.body?.(name, work) ?? work;
    return this.#held((release) => this.#untilDone({ name, work: body, whenUnable, release }));
  }

  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (!this.#open) return Promise.reject(new StoreError('the database is closed and cannot be read'));
    return this.#held(() => this.#readTwice(work));
  }

  onWake(topic: Topic, listener: WakeListener): () => void {
    return this.#listeners.add(topic, listener);
  }

  get isShared(): boolean {
    return !this.#alone;
  }

  stopWaiting(): void {
    this.#isEnding = true;
    for (const end of this.#endPauses) end();
  }

  get isOpen(): boolean {
    return this.#open;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.stopWaiting();
    await Promise.allSettled(this.#running);
    await this.#news.close();
    await this.#pool.end();
  }

  /** Runs `work` as something that the closing waits for, and for which a virtual clock stands still. */
  #held<T>(work: (release: () => void) => Promise<T>): Promise<T> {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const done = work(release);
    const settled = done.then(
      () => {},
      () => {},
    );
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    this.#hold(Promise.race([released, settled]));
    return done;
  }

  async #untilDone<T>(job: Job<T>): Promise<T> {
    let collisions = 0;
    for (let tries = 0; ; ) {
      try {
        const result = await this.#once(job);
        this.#works();
        return result;
      } catch (error) {
        if (isCollision(error) && collisions < COLLISIONS) {
          collisions += 1;
        } else if (isGone(error) || isDiskFull(error)) {
          tries += 1;
          await this.#afterTrouble(job, error, tries);
        } else throw error;
      }
    }
  }

  /** One try: the body, COMMIT, and what follows the commit. */
  async #once<T>({ name, work }: Job<T>): Promise<T> {
    const client = await this.#pool.connect();
    const statements = this.#statements(askOf(client));
    const tx = new Transaction(name, statements);
    let result: T;
    try {
      statements.begin();
      this.#probe.beforeTransaction?.(name);
      result = await work(tx);
      tx.end();
      const done = await statements.commit();
      if (done !== 'COMMIT') throw new StoreError(`transaction ${name} went on after a statement had failed`);
    } catch (error) {
      tx.end();
      statements.forget(error);
      await rollBack(client, error);
      throw error;
    }
    client.release();
    this.#committed(tx);
    return result;
  }

  #committed(tx: Transaction): void {
    this.#commits += 1;
    this.#probe.afterCommit?.(this.#commits);
    for (const task of tx.tasks) task();
    this.#listeners.tellHere([tx.news]);
    if (this.isShared) this.#news.tell(tx.news);
  }

  /** The database is gone, or has no room: whoever cannot wait hears it, and the others try again after a pause. */
  async #afterTrouble(job: Job<unknown>, error: unknown, tries: number): Promise<void> {
    const failure = troubleOf(job.name, error);
    const mayTryAgain = job.whenUnable === 'wait' || (tries < TRIES_IN_A_HURRY && isGone(error));
    if (tries > 1 || !isGone(error)) this.#isInTrouble(failure.message);
    if (!mayTryAgain || !this.#open) throw failure;
    const pause = PAUSES_MS[Math.min(tries - 1, PAUSES_MS.length - 1)] ?? 0;
    if (pause === 0) return;
    if (this.#isEnding) throw failure;
    job.release();
    await this.#pause(pause);
    if (this.#isEnding) throw failure;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        this.#endPauses.delete(end);
        resolve();
      };
      const cancel = this.#clock.after(ms, end);
      this.#endPauses.add(end);
    });
  }

  /** A read whose connection was lost is repeated once, on another one. */
  async #readTwice<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work(this.#statements(askOfAny(this.#pool)));
      } catch (error) {
        if (!isGone(error)) throw error;
        if (tries === TRIES_IN_A_HURRY) throw troubleOf('reading', error);
      }
    }
  }

  #isInTrouble(reason: string): void {
    if (this.#inTrouble) return;
    this.#inTrouble = true;
    this.#onTrouble(reason);
  }

  #works(): void {
    if (!this.#inTrouble) return;
    this.#inTrouble = false;
    this.#onTrouble(undefined);
  }

  #statements(ask: Ask): PostgresConnection {
    return new PostgresConnection(ask, this.#prepared, (sql) => this.#probe.beforeStatement?.(sql));
  }
}

/** The connection goes back to the pool, or away when it cannot be used any more. */
async function rollBack(client: PoolClient, error: unknown): Promise<void> {
  if (isGone(error)) {
    client.release(true);
    return;
  }
  try {
    await client.query('ROLLBACK');
    client.release();
  } catch {
    client.release(true);
  }
}

function troubleOf(name: string, cause: unknown): StoreError {
  if (isDiskFull(cause))
    return new NoRoomError(`there is no room on the disk of the database: ${name} was not done`, { cause });
  return new UnreachableError(`the database cannot be reached (${reasonOf(cause)})`, { cause });
}

/** A few words on an error of a connection. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? codeOf(error) : error.message;
}
