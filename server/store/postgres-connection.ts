import { createHash } from 'node:crypto';
import type { ClientBase, CustomTypesConfig, Pool } from 'pg';
import { type Answer, type Asked, mustChange, PostgresBatch, readerOf } from './postgres-batch.ts';
import { isTrouble } from './postgres-codes.ts';
import { postgresText } from './postgres-text.ts';
import { Row } from './row.ts';
import { type SqlValue, StoreError } from './store.ts';
import { numberThatIs, type Statements } from './transaction.ts';

/** How `pg` reads values where it is asked without this file. */
export const TYPES: CustomTypesConfig = { getTypeParser: readerOf };

/** A statement as connections prepare it. */
type Known = Pick<Asked, 'name' | 'text'>;

/** The statements of the service, each with the name under which connections prepare it: the same in each process. */
export class Prepared {
  readonly #known = new Map<string, Known>();
  readonly #checked = new Map<string, Known>();

  named(sql: string): Known {
    return knownIn(this.#known, sql, postgresText);
  }

  /** The same statement, which fails when it changes nothing. */
  checked(sql: string): Known {
    return knownIn(this.#checked, sql, (text) => mustChange(postgresText(text)));
  }
}

function knownIn(known: Map<string, Known>, sql: string, textOf: (sql: string) => string): Known {
  const found = known.get(sql);
  if (found !== undefined) return found;
  const text = textOf(sql);
  const named = { name: createHash('sha256').update(text).digest('base64').slice(0, 16), text };
  known.set(sql, named);
  return named;
}

/** Sends statements together. @returns their answers, when all have succeeded */
export type Ask = (asked: readonly Asked[]) => Promise<readonly Answer[]>;

/** Asks one connection. */
export function askOf(client: Pick<ClientBase, 'query'>): Ask {
  return (asked) =>
    new Promise((resolve, reject) => {
      client.query(new PostgresBatch(asked, (error, answers) => (answers ? resolve(answers) : reject(error))));
    });
}

/** Asks any connection of a pool, each time another one. */
export function askOfAny(pool: Pool): Ask {
  return async (asked) => {
    const client = await pool.connect();
    try {
      const answers = await askOf(client)(asked);
      client.release();
      return answers;
    } catch (error) {
      client.release(isTrouble(error));
      throw error;
    }
  };
}

/** A statement that waits to be sent, and what is done with its answer. */
interface Waiting {
  readonly asked: Asked;
  answered(answer: Answer): void;
  failed(error: unknown): void;
}

const NOBODY: Pick<Waiting, 'answered' | 'failed'> = { answered() {}, failed() {} };

/**
 * Statements on a connection or a pool. All that are called before the body waits are sent together, with those of
 * {@link Statements.later} before them.
 */
export class PostgresConnection implements Statements {
  readonly #ask: Ask;
  readonly #prepared: Prepared;
  readonly #beforeStatement: (sql: string) => void;
  #waiting: Waiting[] = [];
  #isCalled = false;

  /** @param beforeStatement is called with each statement; what it throws is thrown in the statement's place. */
  constructor(ask: Ask, prepared: Prepared, beforeStatement: (sql: string) => void) {
    this.#ask = ask;
    this.#prepared = prepared;
    this.#beforeStatement = beforeStatement;
  }

  async run(sql: string, ...values: SqlValue[]): Promise<number> {
    return changedBy(await this.#answer(sql, values, false));
  }

  async get<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T | undefined> {
    return (await this.all(sql, read, ...values))[0];
  }

  async all<T>(sql: string, read: (row: Row) => T, ...values: SqlValue[]): Promise<T[]> {
    return rowsOf(await this.#answer(sql, values, true), read);
  }

  async sequence(name: 'approval'): Promise<number> {
    const next = await this.get('SELECT nextval(?) AS value', (row) => row.integer('value'), name);
    if (next === undefined) throw new StoreError(`there is no sequence ${name}`);
    return next;
  }

  later(sql: string, ...values: SqlValue[]): void {
    this.#beforeStatement(sql);
    this.#waiting.push({ ...NOBODY, asked: { ...this.#prepared.named(sql), values, hasRows: false } });
  }

  insert(sql: string, key: string, ...values: SqlValue[]): Promise<number | undefined> {
    return this.get(returning(sql, key), (row) => row.integer(key), ...values);
  }

  laterInsert(sql: string, key: string, ...values: SqlValue[]): () => number {
    const text = returning(sql, key);
    this.#beforeStatement(text);
    let number: number | undefined;
    const answered = (answer: Answer) => {
      [number] = rowsOf(answer, (row) => row.integer(key));
    };
    this.#waiting.push({ ...NOBODY, answered, asked: { ...this.#prepared.named(text), values, hasRows: true } });
    return () => numberThatIs(number);
  }

  mustChange(otherwise: () => Error, sql: string, ...values: SqlValue[]): void {
    this.#beforeStatement(sql);
    this.#waiting.push({ ...NOBODY, asked: { ...this.#prepared.checked(sql), values, hasRows: false, otherwise } });
  }

  /** BEGIN, sent with the first statement. */
  begin(): void {
    this.#waiting.push({ ...NOBODY, asked: { name: 'begin', text: 'BEGIN', values: [], hasRows: false } });
  }

  /** Sends what waits, and COMMIT with it. @returns what the server did: `COMMIT`, or `ROLLBACK` after a statement that failed */
  commit(): Promise<string> {
    const asked = { name: 'commit', text: 'COMMIT', values: [], hasRows: false };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, answered: ({ tag }) => resolve(tag), failed: reject });
      void this.#send();
    });
  }

  /** What waits is not sent any more. */
  forget(error: unknown): void {
    for (const { failed } of this.#waiting.splice(0)) failed(error);
  }

  async #answer(sql: string, values: SqlValue[], hasRows: boolean): Promise<Answer> {
    this.#beforeStatement(sql);
    const asked = { ...this.#prepared.named(sql), values, hasRows };
    return new Promise((resolve, reject) => {
      this.#waiting.push({ asked, answered: resolve, failed: reject });
      if (this.#isCalled) return;
      this.#isCalled = true;
      process.nextTick(() => this.#send());
    });
  }

  async #send(): Promise<void> {
    this.#isCalled = false;
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    try {
      const answers = await this.#ask(waiting.map(({ asked }) => asked));
      for (const [place, { answered }] of waiting.entries()) {
        const answer = answers[place];
        if (answer !== undefined) answered(answer);
      }
    } catch (error) {
      for (const { failed } of waiting) failed(error);
    }
  }
}

function returning(sql: string, key: string): string {
  return `${sql} RETURNING ${key}`;
}

function rowsOf<T>({ columns: { places }, rows }: Answer, read: (row: Row) => T): T[] {
  return rows.map((found) => read(new Row(places, found)));
}

/** The number at the end of `UPDATE 1` or `INSERT 0 1`. */
function changedBy({ tag }: Answer): number {
  return Number(/ (\d+)$/.exec(tag)?.[1] ?? 0);
}
