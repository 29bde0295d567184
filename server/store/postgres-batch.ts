import type { Connection, Submittable } from 'pg';
import { type SqlValue, StoreError } from './store.ts';

/** Numbers of PostgreSQL's types (`pg_type.oid`) whose values the service reads otherwise than as text. */
const BOOL = 16;
const BYTEA = 17;
const NUMERIC = 1700;
const INTEGERS: readonly number[] = [20, 21, 23];

/** Reads a value as SQLite gives it: whole numbers as numbers, also sums, and truth as 1 or 0. @param oid of the type */
export function readerOf(oid: number): (text: string) => SqlValue {
  if (oid === BOOL) return (text) => (text === 't' ? 1 : 0);
  if (oid === BYTEA) return (text) => new Uint8Array(Buffer.from(text.slice(2), 'hex'));
  if (oid === NUMERIC || INTEGERS.includes(oid)) return Number;
  return (text) => text;
}

/** A statement that is prepared once a connection. */
interface Named {
  readonly name: string;
  readonly text: string;
}

/** One statement of a batch. */
export interface Asked extends Named {
  readonly values: readonly SqlValue[];
  /** Whether the rows of the answer are read. */
  readonly hasRows: boolean;
  /** What {@link mustChange} was told; otherwise the statement may change nothing. */
  readonly otherwise?: (() => Error) | undefined;
}

/** What came of one statement. */
export interface Answer {
  readonly columns: Columns;
  readonly rows: (readonly SqlValue[])[];
  /** What was done, as in `UPDATE 1`. */
  tag: string;
}

interface Columns {
  readonly places: ReadonlyMap<string, number>;
  readonly readers: readonly ((text: string) => SqlValue)[];
}

const NO_COLUMNS: Columns = { places: new Map(), readers: [] };

/** division_by_zero */
const DIVIDED_BY_ZERO = '22012';

/** A writing statement that fails when it changes no row, before a COMMIT of the same batch is looked at. */
export function mustChange(text: string): string {
  return `WITH changed AS (${text} RETURNING 1) SELECT 1 / count(*) FROM changed`;
}

/**
 * What a connection has prepared, with the columns of the answers: while a statement stays prepared they stay the same, or it fails
 * (`cached plan must not change result type`).
 */
const preparedOn = new WeakMap<Connection, Map<string, Columns | undefined>>();

/**
 * Statements that are sent to the server together, and answered together: one message there and one back (PostgreSQL's manual,
 * "Extended Query", with one Sync at the end). When one fails, the server looks at none of those after it, also not at a COMMIT.
 * `pg` itself sends one statement, waits for its answer, and has each answer describe its columns anew.
 */
export class PostgresBatch implements Submittable {
  /** What `pg` calls at the end, and wraps for its time-out. */
  callback: (error: Error | null | undefined, answers?: readonly Answer[]) => void;
  readonly #asked: readonly Asked[];
  readonly #answers: Answer[] = [];
  #running: Answer | undefined;
  #prepared: Map<string, Columns | undefined> = new Map();
  #endParsing: () => void = () => {};

  constructor(asked: readonly Asked[], callback: PostgresBatch['callback']) {
    this.#asked = asked;
    this.callback = callback;
  }

  /** Called by `pg` when the connection is free. */
  submit(connection: Connection): void {
    this.#prepared = preparedOn.get(connection) ?? new Map();
    preparedOn.set(connection, this.#prepared);
    const parsed: string[] = [];
    connection.stream.cork();
    for (const { name, text, values, hasRows } of this.#asked) {
      const isNew = !this.#prepared.has(name) && !parsed.includes(name);
      if (isNew) {
        connection.parse({ name, text, types: [] }, true);
        parsed.push(name);
      }
      connection.bind({ statement: name, values: values.map(sendable) }, true);
      if (hasRows && this.#prepared.get(name) === undefined) connection.describe({ type: 'P' }, true);
      connection.execute({}, true);
    }
    connection.sync();
    connection.stream.uncork();
    this.#notice(connection, parsed);
  }

  handleRowDescription({ fields }: { fields: readonly { name: string; dataTypeID: number }[] }): void {
    const places = new Map(fields.map(({ name }, place) => [name, place]));
    const columns = { places, readers: fields.map(({ dataTypeID }) => readerOf(dataTypeID)) };
    const asked = this.#asked[this.#answers.length];
    if (asked !== undefined) this.#prepared.set(asked.name, columns);
  }

  handleDataRow({ fields }: { fields: readonly (string | null)[] }): void {
    const answer = this.#answer();
    const { readers } = answer.columns;
    answer.rows.push(fields.map((text, place) => (text === null ? null : (readers[place]?.(text) ?? text))));
  }

  handleCommandComplete({ text }: { text: string }): void {
    const answer = this.#answer();
    answer.tag = text;
    this.#answers.push(answer);
    this.#running = undefined;
  }

  handleReadyForQuery(): void {
    this.#endParsing();
    this.callback(null, this.#answers);
  }

  handleError(error: Error): void {
    this.#endParsing();
    const failed = this.#asked[this.#answers.length];
    const changedNothing = failed?.otherwise !== undefined && 'code' in error && error.code === DIVIDED_BY_ZERO;
    this.callback(changedNothing ? failed.otherwise() : error);
  }

  /** An empty statement is none of the service's. */
  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  /** No answer is read in parts. */
  handlePortalSuspended(): void {
    throw new StoreError('PostgreSQL gave an answer in parts');
  }

  /** A name counts as prepared as soon as the server says so, also when the statement fails afterwards. */
  #notice(connection: Connection, parsed: readonly string[]): void {
    if (parsed.length === 0) return;
    const left = [...parsed];
    const complete = () => {
      const name = left.shift();
      if (name !== undefined) this.#prepared.set(name, undefined);
    };
    connection.on('parseComplete', complete);
    this.#endParsing = () => void connection.off('parseComplete', complete);
  }

  #answer(): Answer {
    const asked = this.#asked[this.#answers.length];
    const columns = (asked?.hasRows === true && this.#prepared.get(asked.name)) || NO_COLUMNS;
    this.#running ??= { columns, rows: [], tag: '' };
    return this.#running;
  }
}

/** A value as `pg` sends it: text, or octets as they are. */
function sendable(value: SqlValue): string | Buffer | null {
  if (value === null || typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return String(value);
}
