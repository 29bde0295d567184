import { movedTables } from './moved-tables.ts';
import type { Row } from './row.ts';
import type { Filling, Snapshot } from './snapshot.ts';
import { type ReadTx, StoreError } from './store.ts';

/** Hears of each table that was copied. */
export type TableListener = (table: string, rows: number) => void;

/**
 * Copies all rows that do not belong to a running process, and compares how many there are and what each account has.
 * @throws StoreError when a table cannot be copied, or the copy is not the same
 */
export async function copyRows(from: Snapshot, to: Filling, onTable: TableListener): Promise<void> {
  for (const table of movedTables()) {
    let count = 0;
    for await (const rows of from.rows(table)) {
      await to.add(table, rows);
      count += rows.length;
    }
    onTable(table.name, count);
  }
  await to.finish(await from.lastNumbers());
  await compare(from, to);
}

/** What must be the same in both databases: a number for each name. */
interface Total {
  readonly what: string;
  readonly sql: string;
}

/** @throws StoreError */
async function compare(from: ReadTx, to: ReadTx): Promise<void> {
  for (const { what, sql } of totals()) {
    const [before, after] = [await read(from, sql), await read(to, sql)];
    for (const name of new Set([...before.keys(), ...after.keys()])) {
      const [there, here] = [before.get(name) ?? 0, after.get(name) ?? 0];
      if (there !== here) throw new StoreError(`the copy is not the same: ${name} has ${what} ${here}, not ${there}`);
    }
  }
}

function totals(): readonly Total[] {
  const accounts = ['debits_pending', 'debits_posted', 'credits_posted'];
  return [
    ...movedTables().map(({ name }) => ({
      what: 'rows',
      sql: `SELECT '${name}' AS name, count(*) AS total FROM ${name}`,
    })),
    ...accounts.map((what) => ({
      what,
      sql: `SELECT owner || ' ' || currency AS name, ${what} AS total FROM account`,
    })),
    {
      what: 'entries',
      sql: "SELECT account || ' ' || currency AS name, sum(minor) AS total FROM entry GROUP BY account, currency",
    },
  ];
}

async function read(tx: ReadTx, sql: string): Promise<ReadonlyMap<string, number>> {
  const pair = (row: Row): [string, number] => [row.text('name'), row.integer('total')];
  return new Map(await tx.all(sql, pair));
}
