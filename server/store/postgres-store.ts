import type { Pool, PoolClient } from 'pg';
import type { Clock } from '../../modem/index.ts';
import type { Listeners } from './listeners.ts';
import {
  codeOf,
  hasTakenLong,
  isCollision,
  isDiskFull,
  isExhausted,
  isGone,
  isLockedOut,
  isTrouble,
} from './postgres-codes.ts';
import { type Ask, askOf, askOfAny, PostgresConnection, type Prepared } from './postgres-connection.ts';
import type { PostgresNews } from './postgres-news.ts';
import { requireOwnVersion } from './postgres-schema.ts';
import {
  DONE_WITHIN_MS,
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

/**
 * As how many collisions a lock counts that was not given within the lock_timeout: four of them take 12 s, longer than a process that was
 * stopped within a transaction keeps its locks.
 */
const A_LOCKOUT = 5;

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
  /** When it is of no use any more, ms since 1970. */
  readonly until: number;
  /** A virtual clock need not stand still for it any more. */
  release(): void;
}

/** Why the database does not work. `isGone`: it does not answer at all. */
interface Trouble {
  readonly failure: StoreError;
  readonly isGone: boolean;
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
  /** Why the last transactions failed; `undefined` when the database works. */
  #trouble: Trouble | undefined;
  /** Somebody finds out whether the database works again. */
  #isTrying = false;
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
    return this.#held((release) => {
      const until = whenUnable === 'wait' ? Infinity : this.#clock.now() + DONE_WITHIN_MS;
      const done = () => this.#untilDone({ name, work: body, whenUnable, until, release });
      return whenUnable === 'wait' ? done() : this.#orRefused(done);
    });
  }

  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (!this.#open) return Promise.reject(new StoreError('the database is closed and cannot be read'));
    return this.#held(() => this.#orRefused(() => this.#readTwice(work)));
  }

  onWake(topic: Topic, listener: WakeListener): () => void {
    return this.#listeners.add(topic, listener);
  }

  get isShared(): boolean {
    return !this.#alone;
  }

  requireOwnTables(tx: ReadTx): Promise<void> {
    return requireOwnVersion(tx);
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
        if (isCollision(error) && collisions < COLLISIONS && this.#clock.now() <= job.until) {
          collisions += isLockedOut(error) ? A_LOCKOUT : 1;
        } else if (isCollision(error) || isTrouble(error)) {
          collisions = 0;
          tries += 1;
          await this.#afterTrouble(job, error, tries);
        } else throw error;
      }
    }
  }

  /** One try: the body, COMMIT, and what follows the commit. */
  async #once<T>({ name, work, until }: Job<T>): Promise<T> {
    const client = await this.#pool.connect();
    const statements = this.#statements(askOf(client), name, until);
    const tx = new Transaction(name, statements);
    let result: T;
    try {
      statements.begin();
      this.#probe.beforeTransaction?.(name);
      result = await work(tx);
      tx.end();
      this.#mustBeInTime(name, until);
      this.#probe.beforeCommit?.();
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
    const isInVain = isExhausted(error) || isCollision(error) || hasTakenLong(error);
    const mayTryAgain = job.whenUnable === 'wait' || (tries < TRIES_IN_A_HURRY && !isInVain);
    if (tries > 1 || isInVain) this.#isInTrouble({ failure, isGone: isGone(error) });
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

  /**
   * While the database is gone, one at a time of those who can come again finds out whether it is back. The others are refused at once: a
   * server that is not there any more says nothing for many seconds.
   */
  async #orRefused<T>(work: () => Promise<T>): Promise<T> {
    if (this.#trouble?.isGone !== true) return work();
    if (this.#isTrying) throw this.#trouble.failure;
    this.#isTrying = true;
    try {
      return await work();
    } finally {
      this.#isTrying = false;
    }
  }

  /** A read whose connection was lost is repeated once, on another one. */
  async #readTwice<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    const until = this.#clock.now() + DONE_WITHIN_MS;
    for (let tries = 1; ; tries += 1) {
      try {
        const found = await work(this.#statements(askOfAny(this.#pool), 'reading', until));
        if (this.#trouble?.isGone === true) this.#works();
        return found;
      } catch (error) {
        if (!isTrouble(error)) throw error;
        const failure = troubleOf('reading', error);
        if (isExhausted(error)) throw failure;
        if (tries < TRIES_IN_A_HURRY && !hasTakenLong(error)) continue;
        if (isGone(error)) this.#isInTrouble({ failure, isGone: true });
        throw failure;
      }
    }
  }

  #isInTrouble(trouble: Trouble): void {
    const isNews = this.#trouble === undefined;
    this.#trouble = trouble;
    if (isNews) this.#onTrouble(trouble.failure.message);
  }

  #works(): void {
    if (this.#trouble === undefined) return;
    this.#trouble = undefined;
    this.#onTrouble(undefined);
  }

  #statements(ask: Ask, name: string, until: number): PostgresConnection {
    return new PostgresConnection(ask, this.#prepared, (sql) => {
      this.#mustBeInTime(name, until);
      this.#probe.beforeStatement?.(sql);
    });
  }

  #mustBeInTime(name: string, until: number): void {
    if (this.#clock.now() <= until) return;
    throw new UnreachableError(`the database is slow: ${name} was not done within ${DONE_WITHIN_MS / 1_000} s`);
  }
}

/** The connection goes back to the pool, or away when it cannot be used any more. */
async function rollBack(client: PoolClient, error: unknown): Promise<void> {
  if (isTrouble(error)) {
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
  const what = isGone(cause) ? 'cannot be reached' : isCollision(cause) ? 'is locked' : 'does not do its work';
  return new UnreachableError(`the database ${what} (${reasonOf(cause)})`, { cause });
}

/** A few words on an error of a connection. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === '' ? codeOf(error) : error.message;
}
