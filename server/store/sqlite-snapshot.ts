import { Connection } from './connection.ts';
import { type MovedTable, movedTables } from './moved-tables.ts';
import { type LastNumbers, ROWS_AT_ONCE, type RowValues, type Snapshot, selectRows } from './snapshot.ts';

/** A file of SQLite inside a transaction that reads. */
export class SqliteSnapshot extends Connection implements Snapshot {
  async *rows(table: MovedTable): AsyncIterable<readonly RowValues[]> {
    let batch: RowValues[] = [];
    for (const row of this.each(selectRows(table))) {
      batch.push(row);
      if (batch.length < ROWS_AT_ONCE) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  async lastNumbers(): Promise<LastNumbers> {
    const approval = await this.get("SELECT value FROM sequence WHERE name = 'approval'", (row) =>
      row.integer('value'),
    );
    const tables = new Map<string, number>();
    for (const { name, counted, neverAgain } of movedTables()) {
      if (counted === undefined) continue;
      const sql = neverAgain
        ? `SELECT coalesce(max(seq), 0) AS last FROM sqlite_sequence WHERE name = '${name}'`
        : `SELECT coalesce(max(${counted}), 0) AS last FROM ${name}`;
      tables.set(name, (await this.get(sql, (row) => row.integer('last'))) ?? 0);
    }
    return { approval: approval ?? 0, tables };
  }
}
