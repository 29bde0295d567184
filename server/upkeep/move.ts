import { breachText, checkLedger } from '../ledger/invariants.ts';
import { copyRows, type TableListener } from '../store/copy-rows.ts';
import { isPostgres } from '../store/open-store.ts';
import { fillPostgres } from '../store/postgres-filling.ts';
import { readUnused } from '../store/read-database.ts';
import type { Filling } from '../store/snapshot.ts';
import { fillFile } from '../store/sqlite-filling.ts';
import { type ReadTx, StoreError } from '../store/store.ts';

/**
 * Copies a database to a new file, or to an empty database of PostgreSQL. The ledger is checked on both sides. When anything
 * fails, `to` is as it was; `from` is only read.
 * @param from and @param to a file or an address of PostgreSQL; @param now ms since 1970
 * @throws StoreError when a service runs on one of them, `to` is not new, a rule of the ledger is broken, or the copy fails
 */
export function moveDatabase(from: string, to: string, now: number, onTable: TableListener): Promise<void> {
  const fill = (filling: Filling) =>
    readUnused(from, now, async (snapshot) => {
      await ledgerMustBeRight(snapshot, 'the source');
      await copyRows(snapshot, filling, onTable);
      await ledgerMustBeRight(filling, 'the copy');
    });
  return isPostgres(to) ? fillPostgres(to, now, fill) : fillFile(to, fill);
}

async function ledgerMustBeRight(tx: ReadTx, where: string): Promise<void> {
  const [first, ...others] = (await checkLedger(tx)).map(breachText);
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new StoreError(
    `nothing was moved, the ledger of ${where} is not right: ${first}${more}: see "cash-server ledger check"`,
  );
}
