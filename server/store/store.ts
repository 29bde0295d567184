import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { MIGRATIONS } from './migrations.ts';
import { Row } from './row.ts';

/** Marks a database file of this program (`PRAGMA application_id`): "CaMo" in ASCII. */
const APPLICATION_ID = 0x43614d6f;

/** A database file that cannot be used; the message says why and what to do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

/**
 * The one database of the service: SQLite in WAL mode with `synchronous=FULL`, so that what was committed survives a
 * power cut. All writing happens inside {@link Store.transaction}.
 */
export class Store {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #listeners: (() => void)[] = [];
  #inTransaction = false;
  #announcing = false;
  #open = true;

  /**
   * Opens the file, makes it when it is missing, and brings its tables up to date.
   * @param path a file, or `:memory:`. @throws StoreError when the file is not ours, newer than this program, or cannot be opened
   */
  constructor(path: string) {
    this.#database = openDatabase(path);
    try {
      this.#migrate(path);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /**
   * Runs `work` in one transaction: all of it is on disk when this returns, or nothing when it throws.
   * Called inside another transaction it becomes part of that one. `work` is synchronous by construction.
   */
  transaction<T>(work: () => T): T {
    if (this.#inTransaction) return work();
    this.#database.exec('BEGIN IMMEDIATE');
    this.#inTransaction = true;
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isOpen && this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#inTransaction = false;
      this.#announce();
    }
  }

  /** False after {@link Store.close}: work that waited for a rail or the bearer must end without writing. */
  get isOpen(): boolean {
    return this.#open;
  }

  /** Calls `listener` after commits, once for all commits of the same turn, until the store is closed. */
  onCommit(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /** Runs one writing statement and says how many rows it changed. @throws Error outside a transaction */
  run(sql: string, ...values: SQLInputValue[]): number {
    if (!this.#inTransaction) throw new Error('The store is written inside a transaction only');
    return Number(this.#statement(sql).run(...values).changes);
  }

  /** The first row of an answer, as `read` makes it, or `undefined` without rows. */
  get<T>(sql: string, read: (row: Row) => T, ...values: SQLInputValue[]): T | undefined {
    const columns = this.#statement(sql).get(...values);
    return columns === undefined ? undefined : read(new Row(columns));
  }

  /** All rows of an answer. */
  all<T>(sql: string, read: (row: Row) => T, ...values: SQLInputValue[]): T[] {
    return this.#statement(sql)
      .all(...values)
      .map((columns) => read(new Row(columns)));
  }

  /** Closes the file. Closing twice does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#database.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  #announce(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      for (const listener of this.#listeners) if (this.#open) listener();
    });
  }

  #migrate(path: string): void {
    const pragma = (name: string) => this.get(`PRAGMA ${name}`, (row) => row.integer(name)) ?? 0;
    const tables = this.get('SELECT count(*) AS n FROM sqlite_schema', (row) => row.integer('n')) ?? 0;
    if (tables > 0 && pragma('application_id') !== APPLICATION_ID) {
      throw new StoreError(`${path} is a database of another program: choose another file`);
    }
    const version = pragma('user_version');
    if (version > MIGRATIONS.length) {
      throw new StoreError(`${path} was written by a newer version of cash-server (${version}): use that version`);
    }
    this.transaction(() => {
      for (const migration of MIGRATIONS.slice(version)) this.#database.exec(migration);
      this.#database.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${MIGRATIONS.length}`);
    });
  }
}

function openDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: 2_000 });
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
    return database;
  } catch (error) {
    database?.close();
    throw new StoreError(`${path} cannot be opened as a database: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}
