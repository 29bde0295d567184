import { createHash } from 'node:crypto';
import type { ClientBase, CustomTypesConfig, QueryArrayConfig, QueryArrayResult } from 'pg';
import { postgresText } from './postgres-text.ts';
import { Row } from './row.ts';
import { type SqlValue, StoreError } from './store.ts';
import type { Statements } from './transaction.ts';

/** Numbers of PostgreSQL's types (`pg_type.oid`) whose values the service reads otherwise than `pg` does. */
const BOOL = 16;
const BYTEA = 17;
const NUMERIC = 1700;
const INTEGERS: readonly number[] = [20, 21, 23];

/** Values as SQLite gives them: whole numbers as numbers, also sums, and truth as 1 or 0. */
export const TYPES: CustomTypesConfig = {
  getTypeParser(oid: number) {
    if (oid === BOOL) return (text: string) => (text === 't' ? 1 : 0);
    if (oid === BYTEA) return (text: string) => new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    if (oid === NUMERIC || INTEGERS.includes(oid)) return Number;
    return (text: string) => text;
  },
};

/** A statement that `pg` prepares once a connection. */
interface Named {
  readonly name: string;
  readonly text: string;
}

/** The statements of the service, each with the name under which connections prepare it: the same in each process. */
export class Prepared {
  readonly #known = new Map<string, Named>();

  named(sql: string): Named {
    const known = this.#known.get(sql);
    if (known !== undefined) return known;
    const named = { name: createHash('sha256').update(sql).digest('base64').slice(0, 16), text: postgresText(sql) };
    this.#known.set(sql, named);
    return named;
  }
}

/** What runs a query: one connection, or a pool that takes any. */
export type Runner = Pick<ClientBase, 'query'>;

/** Statements on a connection or a pool. */
export class PostgresConnection implements Statements {
  readonly #runner: Runner;
  readonly #prepared: Prepared;
  readonly #beforeStatement: (sql: string) => void;

  /** @param beforeStatement is called with each statement; what it throws is thrown in the statement's place. */
  constructor(runner: Runner, prepared: Prepared, beforeStatement: (sql: string) => void) {
    this.#runner = runner;
    this.#prepared = prepared;
    this.#beforeStatement = beforeStatement;
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return (await this.#query(sql, values)).rowCount ?? 0;
  }

  async get<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T | undefined> {
    return (await this.all(sql, read, ...values))[0];
  }

  async all<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T[]> {
    const { rows, fields } = await this.#query(sql, values);
    if (rows.length === 0) return [];
    const places = new Map(fields.map(({ name }, place) => [name, place]));
    return rows.map((found) => read(new Row(places, found)));
  }

  async sequence(name: 'approval'): Promise<number> {
    const next = await this.get('SELECT nextval(?) AS value', (row) => row.integer('value'), name);
    if (next === undefined) throw new StoreError(`there is no sequence ${name}`);
    return next;
  }

  async #query(sql: string, values: SqlValue[]): Promise<QueryArrayResult<SqlValue[]>> {
    this.#beforeStatement(sql);
    const query: QueryArrayConfig<SqlValue[]> = { ...this.#prepared.named(sql), values, rowMode: 'array' };
    return this.#runner.query<SqlValue[], SqlValue[]>(query);
  }
}
