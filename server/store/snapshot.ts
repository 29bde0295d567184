import type { MovedTable } from './moved-tables.ts';
import type { ReadTx, SqlValue } from './store.ts';

/** The values of one row, in the order of the columns of its table. */
export type RowValues = readonly SqlValue[];

/** Rows that are read, and written, at a time. */
export const ROWS_AT_ONCE = 1_000;

/** The numbers that a database gave last. */
export interface LastNumbers {
  readonly approval: number;
  /** For each table that counts its rows; 0 before the first. */
  readonly tables: ReadonlyMap<string, number>;
}

/** A database as it is at one moment. */
export interface Snapshot extends ReadTx {
  /** The rows of a table in its order, at most {@link ROWS_AT_ONCE} at a time. */
  rows(table: MovedTable): AsyncIterable<readonly RowValues[]>;
  lastNumbers(): Promise<LastNumbers>;
}

/** A database that is being filled, in one transaction. */
export interface Filling extends ReadTx {
  /** Writes rows of a table. */
  add(table: MovedTable, rows: readonly RowValues[]): Promise<void>;
  /** After the last row: numbers continue after these, and queries will know how large the tables are. */
  finish(numbers: LastNumbers): Promise<void>;
}

/** The statement that reads all rows of a table for another database. */
export function selectRows({ name, columns, order }: MovedTable): string {
  return `SELECT ${columns.map(({ read }) => read).join(', ')} FROM ${name} ORDER BY ${order.join(', ')}`;
}
