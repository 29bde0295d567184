import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { Row } from './row.ts';
import { type SqlValue, StoreError } from './store.ts';
import { numberThatIs, type Statements } from './transaction.ts';

/** A prepared statement, and where each column of its answer is. */
interface Prepared {
  readonly statement: StatementSync;
  readonly places: ReadonlyMap<string, number>;
}

/** The lock at the end of a SELECT, which PostgreSQL needs where transactions run beside each other. */
const LOCK = /\s+FOR UPDATE(?: OF \w+)?(?: SKIP LOCKED)?\s*$/;

/** A statement as SQLite takes it, without a lock at its end: with one writer at a time, the whole transaction is the lock. */
export function withoutLock(sql: string): string {
  return sql.replace(LOCK, '');
}

/** One connection to a SQLite file, with its prepared statements. Reads what this connection sees. */
export class Connection implements Statements {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, Prepared>();
  readonly #beforeStatement: (sql: string) => void;

  /** @param beforeStatement is called with each statement; what it throws is thrown in the statement's place. */
  constructor(database: DatabaseSync, beforeStatement: (sql: string) => void) {
    this.#database = database;
    this.#beforeStatement = beforeStatement;
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return Number(this.#prepared(sql).statement.run(...values).changes);
  }

  async get<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T | undefined> {
    const { statement, places } = this.#prepared(sql);
    const found = valuesOf(statement.get(...values));
    return found === undefined ? undefined : read(new Row(places, found));
  }

  async all<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T[]> {
    const { statement, places } = this.#prepared(sql);
    return statement.all(...values).map((found) => read(new Row(places, valuesOf(found) ?? [])));
  }

  later(sql: string, ...values: SqlValue[]): void {
    this.#prepared(sql).statement.run(...values);
  }

  async insert(sql: string, _key: string, ...values: SqlValue[]): Promise<number | undefined> {
    return this.#insert(sql, values);
  }

  laterInsert(sql: string, _key: string, ...values: SqlValue[]): () => number {
    const number = this.#insert(sql, values);
    return () => numberThatIs(number);
  }

  mustChange(otherwise: () => Error, sql: string, ...values: SqlValue[]): void {
    if (Number(this.#prepared(sql).statement.run(...values).changes) === 0) throw otherwise();
  }

  /** The rows of an answer one after another, each as its values. */
  *each(sql: string): Iterable<readonly SqlValue[]> {
    for (const row of this.#prepared(sql).statement.iterate()) yield valuesOf(row) ?? [];
  }

  async sequence(name: 'approval'): Promise<number> {
    this.later('UPDATE sequence SET value = value + 1 WHERE name = ?', name);
    const next = await this.get('SELECT value FROM sequence WHERE name = ?', (row) => row.integer('value'), name);
    if (next === undefined) throw new StoreError(`there is no sequence ${name}`);
    return next;
  }

  /** Runs statements that give no rows: BEGIN, SAVEPOINT, COMMIT. */
  exec(sql: string): void {
    this.#database.exec(sql);
  }

  /** Whether a BEGIN waits for its COMMIT: not after a fault for which SQLite undoes all by itself, as a full disk. */
  get inTransaction(): boolean {
    return this.#database.isTransaction;
  }

  close(): void {
    this.#database.close();
  }

  /** With RETURNING the same takes twice as long: SQLite runs it as a trigger, and copies each page for the case that this one fails. */
  #insert(sql: string, values: SqlValue[]): number | undefined {
    const { changes, lastInsertRowid } = this.#prepared(sql).statement.run(...values);
    return Number(changes) === 0 ? undefined : Number(lastInsertRowid);
  }

  #prepared(sql: string): Prepared {
    this.#beforeStatement(sql);
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(withoutLock(sql));
    // An array takes half of the time of an object, whose names are made anew for each row.
    statement.setReturnArrays(true);
    const places = new Map(statement.columns().map(({ name }, place) => [name, place]));
    const prepared = { statement, places };
    this.#statements.set(sql, prepared);
    return prepared;
  }
}

/** The types of `node:sqlite` say that a row is an object, whatever the statement was told. */
function valuesOf(row: unknown): readonly SqlValue[] | undefined {
  return Array.isArray(row) ? row : undefined;
}
