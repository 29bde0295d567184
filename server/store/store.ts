import type { Row } from './row.ts';

/** A value of a statement or of a column. */
export type SqlValue = null | number | bigint | string | Uint8Array;

/** A database that cannot be used, or is closed; the message says why and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The disk has no room: nothing was written, and the same may be tried again later. */
export class NoRoomError extends StoreError {}

/** How long somebody who can come again waits for a transaction or a read, ms; then it is undone and fails. A lock is waited for up to 12 s. */
export const DONE_WITHIN_MS = 20_000;

/** Another transaction has changed what this one decided by: it is undone, and PostgreSQL's store runs it again. */
export class OvertakenError extends StoreError {}

/** The database cannot be reached, and the same may be tried again later. What was asked for may have been done. */
export class UnreachableError extends StoreError {}

/** A newer version of the program has changed the tables: this program must not use them any more; a process of that version may. */
export class NewerTablesError extends UnreachableError {}

/**
 * What a commit has news of: `leaving` frames may be handed to the bearer of this process; in the `outbox` a frame waits for any
 * process; the `journal` has a new row.
 */
export type Topic = 'leaving' | 'outbox' | 'journal';

/** A row that a commit has news of: its number, and what it is about. */
export type NewsKey = readonly [row: number, subject: string];

/** Called after a commit. @param keys the rows, when all of them are known */
export type WakeListener = (keys: readonly NewsKey[] | undefined) => void;

/**
 * Reading inside one transaction, or outside any. Outside no statement may lock. A SELECT that locks (`FOR UPDATE`, at
 * its end) stands in a function that takes a {@link Tx} and whose name begins with `lock`.
 */
export interface ReadTx {
  /** The first row of an answer, as `read` makes it, or `undefined` without rows. */
  get<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T | undefined>;
  /** All rows of an answer. */
  all<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T[]>;
}

/** One transaction. Its methods must not be called after the body of the transaction has ended. */
export interface Tx extends ReadTx {
  /** Runs one writing statement and says how many rows it changed. */
  run(sql: string, ...values: SqlValue[]): Promise<number>;
  /**
   * Writes one row into a table that numbers its rows. @param sql the INSERT, without RETURNING. @param key the INTEGER PRIMARY KEY
   * @returns its number, or `undefined` when the statement says ON CONFLICT DO NOTHING and there is such a row
   */
  insert(sql: string, key: string, ...values: SqlValue[]): Promise<number | undefined>;
  /** The next number of a running count, from 100001 on; numbers of transactions that fail may be missing. */
  sequence(name: 'approval'): Promise<number>;
  /**
   * Runs one writing statement whose answer the body does not need, in its turn: PostgreSQL gets it together with the next one that is
   * awaited, or with COMMIT. When it fails, so does the transaction: at this call, at that statement or at the COMMIT.
   */
  later(sql: string, ...values: SqlValue[]): void;
  /** As {@link Tx.later}, of an INSERT as in {@link Tx.insert}. @returns what gives the number of the row, in a task after the commit */
  laterInsert(sql: string, key: string, ...values: SqlValue[]): () => number;
  /** As {@link Tx.later}, of a statement that must change a row, or the transaction fails. @param otherwise the error then */
  mustChange(otherwise: () => Error, sql: string, ...values: SqlValue[]): void;
  /** After the commit, whoever listens to the topic looks for news. May be called in a task after the commit as well. */
  wake(topic: Topic, key?: NewsKey): void;
  /** Calls `task` after the commit, before the transaction resolves; never when the transaction fails. */
  afterCommit(task: () => void): void;
}

/**
 * The database of the service. A transaction is a value: the body gets its `Tx` as an argument, and there is no other way
 * to write.
 */
export interface Store {
  /**
   * Runs `work` in one transaction: all of it is on disk when the promise resolves, or nothing when it is rejected.
   * `work` awaits nothing but its `tx`, and changes nothing outside the database: it may be run again, also when its first run
   * was undone, or was committed and nobody heard of it. Other transactions may run beside it, in this process and in others:
   * each statement sees what was committed before it began, so what decides is locked, or decides in the writing statement.
   * Locks are taken in the order person, device, challenge, payment, attempt, accounts (a merchant's last), receipt, head of the audit log.
   * @param name for messages about a transaction that went wrong
   * @param whenUnable what happens when the disk is full, or the database is gone, locked or slow: it waits, or it fails, after
   * {@link DONE_WITHIN_MS} at the latest. Default `wait`.
   * @throws NoRoomError, UnreachableError
   */
  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, whenUnable?: 'wait' | 'fail'): Promise<T>;
  /** Reads what is on disk; sees nothing of a transaction that a power cut could still undo. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /**
   * Calls `listener` after each commit of a transaction that woke the topic: of this process for `leaving` and `outbox`, of other
   * processes for `outbox` and `journal`, and without keys when something may have been missed. @returns what ends it
   */
  onWake(topic: Topic, listener: WakeListener): () => void;
  /** Whether other processes may use the same database. */
  readonly isShared: boolean;
  /** The tables are still those of this program; on a file, which one process has, they always are. @throws NewerTablesError */
  requireOwnTables(tx: ReadTx): Promise<void>;
  /** The end is near: from now on nothing waits for room on a full disk, or for a database that is gone. What waits or has to wait later is rejected. */
  stopWaiting(): void;
  /** False from the call of {@link Store.close} on: work that waited for a rail or the bearer ends without writing. */
  readonly isOpen: boolean;
  /** Waits for the transactions that have begun, and closes the database. Closing twice does nothing. */
  close(): Promise<void>;
}

/** What a test or a benchmark sees of a store, and may spoil. */
export interface StoreProbe {
  /** Called right before each COMMIT. What it throws is a fault of the database: nothing of the commit is on disk. */
  beforeCommit?(): void;
  /** Called right after the `nth` COMMIT (from 1), before anybody hears of it; with SQLite one COMMIT serves several transactions. */
  afterCommit?(nth: number): void;
  /** Called before the body of each transaction. @param name as in {@link Store.transaction} */
  beforeTransaction?(name: string): void;
  /** What runs in the place of the body of a transaction: a test runs it twice. */
  body?<T>(name: string, work: (tx: Tx) => Promise<T>): (tx: Tx) => Promise<T>;
  /** Called before each statement of a transaction or a read. What it throws is a fault of the database. */
  beforeStatement?(sql: string): void;
}
