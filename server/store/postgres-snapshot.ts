import type { Client, QueryArrayConfig } from 'pg';
import { type MovedTable, movedTables } from './moved-tables.ts';
import { askOf, PostgresConnection, Prepared } from './postgres-connection.ts';
import { type LastNumbers, ROWS_AT_ONCE, type RowValues, type Snapshot, selectRows } from './snapshot.ts';
import type { SqlValue } from './store.ts';

/** A database of PostgreSQL inside a transaction of the level REPEATABLE READ. */
export class PostgresSnapshot extends PostgresConnection implements Snapshot {
  readonly #client: Client;

  constructor(client: Client) {
    super(askOf(client), new Prepared(), () => {});
    this.#client = client;
  }

  async *rows(table: MovedTable): AsyncIterable<readonly RowValues[]> {
    await this.#client.query(`DECLARE moved NO SCROLL CURSOR FOR ${selectRows(table)}`);
    const next: QueryArrayConfig = { text: `FETCH ${ROWS_AT_ONCE} FROM moved`, rowMode: 'array' };
    for (;;) {
      const { rows } = await this.#client.query<SqlValue[]>(next);
      if (rows.length === 0) break;
      yield rows;
    }
    await this.#client.query('CLOSE moved');
  }

  async lastNumbers(): Promise<LastNumbers> {
    const tables = new Map<string, number>();
    for (const { name, counted } of movedTables()) {
      if (counted === undefined) continue;
      const read = (row: { text(column: string): string }) => row.text('sequence');
      const sequence = await this.get('SELECT pg_get_serial_sequence(?, ?) AS sequence', read, name, counted);
      if (sequence !== undefined) tables.set(name, await this.#lastOf(sequence));
    }
    return { approval: await this.#lastOf('approval'), tables };
  }

  /** Sequences are not in the snapshot: a number given meanwhile is skipped, and none is given twice. */
  async #lastOf(sequence: string): Promise<number> {
    const sql = `SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END AS last FROM ${sequence}`;
    return (await this.get(sql, (row) => row.integer('last'))) ?? 0;
  }
}
