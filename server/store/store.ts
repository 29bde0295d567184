import type { SQLInputValue } from 'node:sqlite';
import type { Row } from './row.ts';

/** A database that cannot be used, or is closed; the message says why and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/** The disk has no room: nothing was written, and the same may be tried again later. */
export class NoRoomError extends StoreError {}

/** What may be waiting for work after a commit; the outbox listens. */
export type Topic = 'outbox';

/**
 * Reading inside one transaction, or outside any. Outside no statement may lock. A SELECT that locks (`FOR NO KEY UPDATE`, at
 * its end) stands in a function that takes a {@link Tx} and whose name begins with `lock`.
 */
export interface ReadTx {
  /** The first row of an answer, as `read` makes it, or `undefined` without rows. */
  get<T>(sql: string, read: (row: Row) => T, ...values: SQLInputValue[]): Promise<T | undefined>;
  /** All rows of an answer. */
  all<T>(sql: string, read: (row: Row) => T, ...values: SQLInputValue[]): Promise<T[]>;
}

/** One transaction. Its methods must not be called after the body of the transaction has ended. */
export interface Tx extends ReadTx {
  /** Runs one writing statement and says how many rows it changed. */
  run(sql: string, ...values: SQLInputValue[]): Promise<number>;
  /** The next number of a running count, from 100001 on; numbers of transactions that fail may be missing. */
  sequence(name: 'approval'): Promise<number>;
  /** After the commit, whoever listens to the topic looks for work. */
  wake(topic: Topic): void;
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
   * Locks are taken in the order device, challenge, payment, attempt, receipt, accounts.
   * @param name for messages about a transaction that went wrong
   * @param whenFull what happens when the disk is full: it waits until there is room, or it fails. Default `wait`.
   * @throws NoRoomError
   */
  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, whenFull?: 'wait' | 'fail'): Promise<T>;
  /** Reads what is on disk; sees nothing of a transaction that a power cut could still undo. */
  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T>;
  /** Calls `listener` after each commit of a transaction that woke the topic. @returns what ends it */
  onWake(topic: Topic, listener: () => void): () => void;
  /** False from the call of {@link Store.close} on: work that waited for a rail or the bearer ends without writing. */
  readonly isOpen: boolean;
  /** Waits for the transactions that have begun, and closes the database. Closing twice does nothing. */
  close(): Promise<void>;
}
