import type { Amount, Currency } from '../../device/safe-mobile/index.ts';
import type { Ref } from '../ids.ts';
import { readAmount } from '../store/amount.ts';
import type { ReadTx, Tx } from '../store/store.ts';

/** The owner of an account. `cash` is the outside world: its balance is minus the money paid in and not paid out. */
export type Account = `person:${number}` | `merchant:${number}` | 'cash';

/** A movement of money from one account to another, as it was asked for. */
export interface Transfer {
  /** Derives from a txn or from the reference of a deposit, so the same movement cannot be made twice. */
  readonly id: string;
  readonly txn?: Ref;
  /** The account that gives. */
  readonly debit: Account;
  /** The account that gets. */
  readonly credit: Account;
  readonly amount: Amount;
}

const TRANSFER_OUTCOMES = ['posted', 'voided'] as const;

/** How a pending transfer ended. */
export type TransferOutcome = (typeof TRANSFER_OUTCOMES)[number];

/** Minor units of an account: what it has, and what pending transfers may take of that. */
export interface Balance {
  readonly posted: number;
  readonly pending: number;
}

/** A transfer id was used for a second, different movement; or a posted transfer was to be voided, or a voided one posted. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';
}

/**
 * Double entry, append only, in integer minor units. A transfer is pending, then posted or voided, exactly once; only
 * posting writes entries, and the two entries of a transfer sum to zero. All of it runs inside the caller's transaction.
 */
export class Ledger {
  /** Writes a pending transfer. A second call for the same transfer changes nothing. @throws LedgerError */
  async hold(tx: Tx, transfer: Transfer, at: number): Promise<void> {
    const { minor, currency } = transfer.amount;
    const known = await tx.get(
      'SELECT debit, credit, minor, currency FROM transfer WHERE id = ?',
      (row) => [row.text('debit'), row.text('credit'), row.integer('minor'), row.text('currency')].join(' '),
      transfer.id,
    );
    if (known === [transfer.debit, transfer.credit, minor, currency].join(' ')) return;
    if (known !== undefined) throw new LedgerError(`transfer ${transfer.id} is another movement already`);
    await tx.run(
      'INSERT INTO transfer (id, txn, debit, credit, minor, currency, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
      transfer.id,
      transfer.txn ?? null,
      transfer.debit,
      transfer.credit,
      minor,
      currency,
      at,
    );
  }

  /** The money moves. Posting again changes nothing. @throws LedgerError when the transfer is not there or was voided */
  async post(tx: Tx, id: string, at: number): Promise<void> {
    if (!(await this.#end(tx, id, 'posted', at))) return;
    await tx.run(
      'INSERT INTO entry (transfer_id, account, minor, currency) SELECT id, debit, -minor, currency FROM transfer WHERE id = ?',
      id,
    );
    await tx.run(
      'INSERT INTO entry (transfer_id, account, minor, currency) SELECT id, credit, minor, currency FROM transfer WHERE id = ?',
      id,
    );
  }

  /** The money stays. Voiding again changes nothing. @throws LedgerError when the transfer is not there or was posted */
  async void(tx: Tx, id: string, at: number): Promise<void> {
    await this.#end(tx, id, 'voided', at);
  }

  /** Whether the transfer is there, and how it ended. */
  async outcome(tx: ReadTx, id: string): Promise<TransferOutcome | 'pending' | 'absent'> {
    const found = await tx.get(
      'SELECT outcome FROM transfer LEFT JOIN transfer_end USING (id) WHERE id = ?',
      (row) => row.optional('outcome', (end, column) => end.oneOf(column, TRANSFER_OUTCOMES)) ?? 'pending',
      id,
    );
    return found ?? 'absent';
  }

  /** What an account has in one currency. */
  async balance(tx: ReadTx, account: Account, currency: Currency): Promise<Balance> {
    const sum = async (sql: string) => (await tx.get(sql, (row) => row.integer('sum'), account, currency)) ?? 0;
    return {
      posted: await sum('SELECT coalesce(sum(minor), 0) AS sum FROM entry WHERE account = ? AND currency = ?'),
      pending: await sum(
        `SELECT coalesce(sum(minor), 0) AS sum FROM transfer
         WHERE debit = ? AND currency = ? AND NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = transfer.id)`,
      ),
    };
  }

  /** What an account has in every currency that it ever had. */
  async holdings(tx: ReadTx, account: Account): Promise<Amount[]> {
    return tx.all(
      'SELECT sum(minor) AS minor, currency FROM entry WHERE account = ? GROUP BY currency ORDER BY currency',
      readAmount,
      account,
    );
  }

  /**
   * What an account may spend in every currency that it ever had: what it has, less what pending transfers may take. Never
   * below zero, though a transfer that is more than the account has is pending too, until the rail declines it.
   */
  async available(tx: ReadTx, account: Account): Promise<Amount[]> {
    const available: Amount[] = [];
    for (const { minor, currency } of await this.holdings(tx, account)) {
      const { pending } = await this.balance(tx, account, currency);
      available.push({ minor: Math.max(0, minor - pending), currency });
    }
    return available;
  }

  /** @returns whether the transfer was pending until now */
  async #end(tx: Tx, id: string, outcome: TransferOutcome, at: number): Promise<boolean> {
    const now = await this.outcome(tx, id);
    if (now === outcome) return false;
    if (now !== 'pending') throw new LedgerError(`transfer ${id} is ${now}, so it cannot be ${outcome}`);
    await tx.run('INSERT INTO transfer_end (id, outcome, at) VALUES (?, ?, ?)', id, outcome, at);
    return true;
  }
}
