import type { Row } from './row.ts';
import { type NewsKey, type ReadTx, type SqlValue, StoreError, type Topic, type Tx } from './store.ts';

/** The statements of one connection. */
export interface Statements extends ReadTx {
  run(sql: string, ...values: SqlValue[]): Promise<number>;
  /** See {@link Tx.sequence}. */
  sequence(name: 'approval'): Promise<number>;
  /** See {@link Tx.later}. */
  later(sql: string, ...values: SqlValue[]): void;
  /** See {@link Tx.insert}. */
  insert(sql: string, key: string, ...values: SqlValue[]): Promise<number | undefined>;
  /** See {@link Tx.laterInsert}. */
  laterInsert(sql: string, key: string, ...values: SqlValue[]): () => number;
  /** See {@link Tx.mustChange}. */
  mustChange(otherwise: () => Error, sql: string, ...values: SqlValue[]): void;
}

/** The number of {@link Tx.laterInsert}. @throws StoreError before it is there */
export function numberThatIs(number: number | undefined): number {
  if (number === undefined) throw new StoreError('a number was asked for before the commit, or no row was written');
  return number;
}

/** The rows of a topic that have news; `any`: somebody has not said which. */
export type Keys = readonly NewsKey[] | 'any';

/** Topics, each with the keys of its rows. */
export type News = ReadonlyMap<Topic, Keys>;

/** The rows of both. */
export function joined(some: Keys, others: Keys): Keys {
  return some === 'any' || others === 'any' ? 'any' : [...some, ...others];
}

/** One transaction on a connection, until {@link Transaction.end}. */
export class Transaction implements Tx {
  readonly #name: string;
  readonly #connection: Statements;
  readonly #news = new Map<Topic, Keys>();
  readonly #tasks: (() => void)[] = [];
  #ended = false;

  constructor(name: string, connection: Statements) {
    this.#name = name;
    this.#connection = connection;
  }

  run(sql: string, ...values: SqlValue[]): Promise<number> {
    return this.#ended ? this.#late() : this.#connection.run(sql, ...values);
  }

  get<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T | undefined> {
    return this.#ended ? this.#late() : this.#connection.get(sql, read, ...values);
  }

  all<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T[]> {
    return this.#ended ? this.#late() : this.#connection.all(sql, read, ...values);
  }

  insert(sql: string, key: string, ...values: SqlValue[]): Promise<number | undefined> {
    return this.#ended ? this.#late() : this.#connection.insert(sql, key, ...values);
  }

  sequence(name: 'approval'): Promise<number> {
    return this.#ended ? this.#late() : this.#connection.sequence(name);
  }

  later(sql: string, ...values: SqlValue[]): void {
    this.#mustNotBeLate();
    this.#connection.later(sql, ...values);
  }

  laterInsert(sql: string, key: string, ...values: SqlValue[]): () => number {
    this.#mustNotBeLate();
    return this.#connection.laterInsert(sql, key, ...values);
  }

  mustChange(otherwise: () => Error, sql: string, ...values: SqlValue[]): void {
    this.#mustNotBeLate();
    this.#connection.mustChange(otherwise, sql, ...values);
  }

  wake(topic: Topic, key?: NewsKey): void {
    this.#news.set(topic, joined(this.#news.get(topic) ?? [], key === undefined ? 'any' : [key]));
  }

  afterCommit(task: () => void): void {
    this.#tasks.push(task);
  }

  /** The topics that hear of the commit, with the keys of the rows. */
  get news(): News {
    return this.#news;
  }

  /** What has to be done after the commit. */
  get tasks(): Iterable<() => void> {
    return this.#tasks;
  }

  /** From now on every statement is refused. */
  end(): void {
    this.#ended = true;
  }

  /** What was to follow a commit that does not come. */
  forget(): void {
    this.#news.clear();
    this.#tasks.length = 0;
  }

  #late(): Promise<never> {
    return Promise.reject(this.#lateness);
  }

  #mustNotBeLate(): void {
    if (this.#ended) throw this.#lateness;
  }

  get #lateness(): StoreError {
    return new StoreError(`transaction ${this.#name} has ended: a statement came after it`);
  }
}
