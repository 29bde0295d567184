import type { Currency } from '../../device/safe-mobile/index.ts';
import type { ReadTx } from '../store/store.ts';
import { type Account, balanceOf } from './ledger.ts';

/** A time from its first to before its last moment, ms since 1970. */
export interface Period {
  readonly from: number;
  readonly to: number;
}

/** One movement of an account. */
export interface StatementLine {
  /** When the money moved, ms since 1970. */
  readonly at: number;
  /** Id of the transfer. */
  readonly transfer: string;
  /** The payment, where the movement belongs to one. */
  readonly txn: string | undefined;
  /** The merchant's key of that payment, and the rail that moved its money. */
  readonly payment: { readonly mref: string; readonly rail: string } | undefined;
  /** The account at the other end. */
  readonly counterpart: string;
  /** Minor units that the account gained; below zero what it lost. */
  readonly minor: number;
  /** Minor units that the account had after it. */
  readonly balance: number;
}

/** The movements of an account in a period. */
export interface Statement {
  /** Minor units at the beginning. */
  readonly opening: number;
  /** In the order in which the money moved. */
  readonly lines: readonly StatementLine[];
  /** Minor units at the end. */
  readonly closing: number;
}

/** The movements of an account in one currency; what is pending has not moved and is not in it. */
export async function statementOf(
  tx: ReadTx,
  account: Account,
  currency: Currency,
  { from, to }: Period,
): Promise<Statement> {
  // Old entries may have been deleted, so what came before is what the account has, less what has moved since.
  const since = await tx.get(
    `SELECT coalesce(sum(n.minor), 0) AS moved FROM entry n JOIN transfer_end e ON e.id = n.transfer_id
     WHERE n.account = ? AND n.currency = ? AND e.at >= ?`,
    (row) => row.integer('moved'),
    account,
    currency,
    from,
  );
  const opening = (await balanceOf(tx, account, currency)).posted - (since ?? 0);
  let balance = opening;
  const lines = await tx.all(
    `SELECT e.at, t.id, t.txn, n.minor, p.mref, p.rail, CASE n.account WHEN t.debit THEN t.credit ELSE t.debit END AS counterpart
     FROM entry n JOIN transfer t ON t.id = n.transfer_id JOIN transfer_end e ON e.id = n.transfer_id
       LEFT JOIN payment p ON p.txn = t.txn
     WHERE n.account = ? AND n.currency = ? AND e.at >= ? AND e.at < ? ORDER BY e.at, e.rowid`,
    (row): StatementLine => {
      const minor = row.integer('minor');
      balance += minor;
      return {
        at: row.integer('at'),
        transfer: row.text('id'),
        txn: row.optionalText('txn'),
        payment: row.optional('mref', (found, column) => ({ mref: found.text(column), rail: found.text('rail') })),
        counterpart: row.text('counterpart'),
        minor,
        balance,
      };
    },
    account,
    currency,
    from,
    to,
  );
  return { opening, lines, closing: balance };
}
