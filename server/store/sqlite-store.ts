import { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../../modem/index.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { Connection } from './connection.ts';
import { Listeners } from './listeners.ts';
import { DiskRoom } from './room.ts';
import { isBusy, isFull } from './sqlite-codes.ts';
import { type Migrated, openSqliteFile } from './sqlite-file.ts';
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

/** Pause before a group of transactions is tried again while another program writes to the file, ms. */
const BUSY_PAUSE_MS = 50;

/**
 * So many groups have a savepoint for each transaction after one of them has failed. Most groups have none: with it SQLite copies each
 * page again for each transaction that changes it.
 */
const GROUPS_WITH_SAVEPOINTS = 100;

/** How a {@link SqliteStore} is opened. */
export interface SqliteOptions {
  readonly clock: Clock;
  /** Hears once that the disk is full, and once that there is room again. */
  readonly onRoom?: ((hasRoom: boolean) => void) | undefined;
  /** Keeps a virtual clock still until the promise settles. Only transactions need it: a read is answered in its turn of the event loop. */
  readonly hold?: ((work: Promise<unknown>) => void) | undefined;
  readonly probe?: StoreProbe | undefined;
}

/** A transaction that waits for its turn. */
interface Job {
  readonly name: string;
  readonly whenUnable: 'wait' | 'fail';
  /** When it is of no use any more, ms since 1970. */
  readonly until: number;
  run(tx: Tx): Promise<Settle>;
  reject(error: unknown): void;
  /** A virtual clock need not stand still for it any more. */
  release(): void;
}

/** How a body ended: with `error`, or well. `settle` tells whoever waits for the transaction. */
interface Settle {
  readonly error?: unknown;
  settle(): void;
}

/** A transaction whose body has ended, and that waits for the commit. */
interface Ended {
  readonly job: Job;
  readonly tx: Transaction;
  readonly settle: () => void;
}

/**
 * The store on one SQLite file, with group commit: transactions run one after another, and all that ran in one turn of the
 * event loop share one COMMIT, because a commit costs an fsync. Their promises resolve after it. When one of them fails, the
 * group is undone and run again with a savepoint for each, so that only the one that fails is undone.
 */
export class SqliteStore implements Store {
  /** What the opening did to a file of an earlier version. */
  readonly migrated: Migrated | undefined;
  readonly #writer: Connection;
  /** Reads outside transactions; `undefined` for `:memory:`, where a read takes its turn among the transactions. */
  readonly #reader: Connection | undefined;
  readonly #clock: Clock;
  readonly #hold: SqliteOptions['hold'];
  readonly #probe: StoreProbe;
  readonly #listeners = new Listeners();
  readonly #waiting: Job[] = [];
  #running: { readonly job: Job; readonly tx: Transaction } | undefined;
  #group: Ended[] = [];
  /** The COMMIT of the group that has begun. */
  #begun: NodeJS.Immediate | undefined;
  /** How many of the next groups have savepoints; the one that has begun counts. */
  #withSavepoints = 0;
  /** For what SQLite has undone the whole group. */
  #groupFault: unknown;
  readonly #room: DiskRoom;
  #commits = 0;
  #whenIdle: (() => void) | undefined;
  #open = true;
  /** Nothing waits for room any more. */
  #isEnding = false;

  /** @param path a file, or `:memory:`. @throws StoreError when the file is not ours, newer than this program, or cannot be opened */
  constructor(path: string, { clock, hold, probe = {}, onRoom = () => {} }: SqliteOptions) {
    this.#clock = clock;
    this.#hold = hold;
    this.#room = new DiskRoom(clock, onRoom);
    this.#probe = probe;
    const beforeStatement = (sql: string) => probe.beforeStatement?.(sql);
    const { database, migrated } = openSqliteFile(path);
    this.migrated = migrated;
    this.#writer = new Connection(database, beforeStatement);
    this.#writer.exec('PRAGMA busy_timeout = 0');
    if (path !== ':memory:') this.#reader = new Connection(new DatabaseSync(path, { readOnly: true }), beforeStatement);
  }

  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, whenUnable: 'wait' | 'fail' = 'wait'): Promise<T> {
    if (!this.#open) return Promise.reject(new StoreError(`the database is closed: ${name} was not done`));
    if ((whenUnable === 'fail' || this.#isEnding) && !this.#room.mayWrite) return Promise.reject(noRoom(name));
    const body = this.#probe.body?.(name, work) ?? work;
    const released = this.#hold && Promise.withResolvers<void>();
    const release = () => released?.resolve();
    const done = new Promise<T>((resolve, reject) => {
      const run = (tx: Tx): Promise<Settle> =>
        body(tx).then(
          (result) => ({ settle: () => resolve(result) }),
          (error) => ({ error, settle: () => reject(error) }),
        );
      const until = whenUnable === 'wait' ? Infinity : this.#clock.now() + DONE_WITHIN_MS;
      this.#waiting.push({ name, whenUnable, until, run, reject, release });
    });
    if (released !== undefined) this.#hold?.(Promise.race([released.promise, done.catch(() => {})]));
    if (!this.#room.mayWrite) release();
    this.#runNext();
    return done;
  }

  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (this.#reader === undefined) return this.transaction('read', work);
    if (!this.#open) return Promise.reject(new StoreError('the database is closed and cannot be read'));
    return work(this.#reader);
  }

  onWake(topic: Topic, listener: WakeListener): () => void {
    return this.#listeners.add(topic, listener);
  }

  get isShared(): boolean {
    return false;
  }

  async requireOwnTables(): Promise<void> {}

  stopWaiting(): void {
    this.#isEnding = true;
    if (!this.#room.mayWrite) for (const job of this.#waiting.splice(0)) job.reject(noRoom(job.name));
  }

  get isOpen(): boolean {
    return this.#open;
  }

  async close(): Promise<void> {
    if (!this.#open) return;
    this.stopWaiting();
    this.#open = false;
    this.#room.close();
    if (!this.#isIdle()) {
      await new Promise<void>((resolve) => {
        this.#whenIdle = resolve;
      });
    }
    this.#reader?.close();
    this.#writer.close();
  }

  #isIdle(): boolean {
    return this.#begun === undefined && this.#running === undefined && this.#waiting.length === 0;
  }

  #runNext(): void {
    if (this.#running !== undefined || this.#waiting.length === 0 || !this.#room.mayWrite || !this.#begin()) return;
    // SQLite undoes the whole group by itself for some faults, as a full disk: then the commit fails, and tells everybody.
    if (!this.#writer.inTransaction) return;
    const job = this.#waiting.shift();
    if (job === undefined) return;
    const tx = new Transaction(job.name, this.#writer);
    this.#running = { job, tx };
    if (this.#withSavepoints > 0) this.#writer.exec('SAVEPOINT body');
    this.#probe.beforeTransaction?.(job.name);
    void job.run(tx).then((end) => this.#bodyEnded({ job, tx, settle: end.settle }, 'error' in end, end.error));
  }

  /** Begins a group unless one has begun. @returns false while another program has the lock; then it is tried again later */
  #begin(): boolean {
    if (this.#begun !== undefined) return true;
    try {
      this.#writer.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (isBusy(error)) this.#waitForOther();
      else this.#rejectWaiting(error);
      return false;
    }
    this.#begun = setImmediate(() => this.#commit());
    return true;
  }

  #bodyEnded(ended: Ended, failed: boolean, error: unknown): void {
    if (this.#running?.tx !== ended.tx) return;
    this.#endBody(ended.tx, failed);
    const isUndone = !this.#writer.inTransaction || isFull(error);
    if (isUndone) this.#groupFault ??= error;
    const undoesAll = failed && !isUndone && this.#withSavepoints === 0;
    if (undoesAll && this.#group.length === 0) ended.settle();
    else this.#group.push(ended);
    if (undoesAll) this.#undoGroup();
    this.#runNext();
  }

  /** Without savepoints all of the group is undone. What has ended runs again, before all others, with savepoints. */
  #undoGroup(): void {
    clearImmediate(this.#begun);
    this.#begun = undefined;
    this.#writer.exec('ROLLBACK');
    const jobs = this.#group.map(({ job }) => job);
    this.#group = [];
    if (jobs.length > 0) this.#withSavepoints = GROUPS_WITH_SAVEPOINTS;
    this.#waiting.unshift(...jobs);
  }

  /** A fault for which SQLite has undone the whole group, as a full disk, is found at the commit. */
  #endBody(tx: Transaction, undo: boolean): void {
    this.#running = undefined;
    tx.end();
    if (undo) tx.forget();
    if (this.#withSavepoints > 0 && this.#writer.inTransaction)
      this.#writer.exec(undo ? 'ROLLBACK TO body; RELEASE body' : 'RELEASE body');
  }

  #commit(): void {
    if (this.#stopUnended() && this.#withSavepoints === 0 && this.#writer.inTransaction) {
      this.#undoGroup();
      this.#goOn();
      return;
    }
    const group = this.#group;
    const fault = this.#groupFault;
    this.#group = [];
    this.#begun = undefined;
    this.#groupFault = undefined;
    this.#withSavepoints = Math.max(0, this.#withSavepoints - 1);
    try {
      if (isFull(fault)) throw fault;
      this.#probe.beforeCommit?.();
      this.#writer.exec('COMMIT');
    } catch (error) {
      if (this.#writer.inTransaction) this.#writer.exec('ROLLBACK');
      if (isFull(fault ?? error)) this.#waitForRoom(group);
      else for (const { job } of group) job.reject(notWritten(fault ?? error));
      this.#goOn();
      return;
    }
    this.#room.written();
    this.#commits += 1;
    this.#probe.afterCommit?.(this.#commits);
    for (const { settle } of group) settle();
    this.#announce(group);
    this.#goOn();
  }

  /** The transactions that can wait are run again, before all others, when there may be room. */
  #waitForRoom(group: readonly Ended[]): void {
    const jobs = [...group.map(({ job }) => job), ...this.#waiting.splice(0)];
    for (const job of jobs) {
      if (job.whenUnable === 'fail' || this.#isEnding) job.reject(noRoom(job.name));
      else {
        job.release();
        this.#waiting.push(job);
      }
    }
    this.#room.failed(() => this.#runNext());
  }

  /**
   * A body that has not ended when the turn of the event loop ends awaits something other than its `tx`.
   * @returns whether there was one
   */
  #stopUnended(): boolean {
    const running = this.#running;
    if (running === undefined) return false;
    this.#endBody(running.tx, true);
    const { job } = running;
    job.reject(new StoreError(`transaction ${job.name} awaited something other than its tx, and was undone`));
    return true;
  }

  #announce(group: readonly Ended[]): void {
    for (const { tx } of group) for (const task of tx.tasks) task();
    this.#listeners.tellHere(group.map(({ tx }) => tx.news));
  }

  /** Another program writes to the file. */
  #waitForOther(): void {
    const now = this.#clock.now();
    for (const job of this.#waiting.splice(0)) {
      if (job.until >= now) this.#waiting.push(job);
      else job.reject(new UnreachableError(`another program writes to the database: ${job.name} was not done`));
    }
    this.#clock.after(BUSY_PAUSE_MS, () => this.#goOn());
  }

  #rejectWaiting(error: unknown): void {
    for (const job of this.#waiting.splice(0)) job.reject(error);
    this.#goOn();
  }

  #goOn(): void {
    this.#runNext();
    if (this.#isIdle()) this.#whenIdle?.();
  }
}

function noRoom(name: string): NoRoomError {
  return new NoRoomError(`there is no room on the disk: ${name} was not done`);
}

function notWritten(cause: unknown): StoreError {
  return new StoreError(`the database could not be written: ${messageOf(cause)}`, {
    cause,
  });
}
