import type { Amount, Currency } from '../../device/safe-mobile/index.ts';
import type { Ref } from '../ids.ts';
import { readAmount } from '../store/amount.ts';
import type { Store } from '../store/store.ts';

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
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Writes a pending transfer. A second call for the same transfer changes nothing. @throws LedgerError */
  hold(transfer: Transfer, at: number): void {
    const { minor, currency } = transfer.amount;
    const known = this.#store.get(
      'SELECT debit, credit, minor, currency FROM transfer WHERE id = ?',
      (row) => [row.text('debit'), row.text('credit'), row.integer('minor'), row.text('currency')].join(' '),
      transfer.id,
    );
    if (known === [transfer.debit, transfer.credit, minor, currency].join(' ')) return;
    if (known !== undefined) throw new LedgerError(`transfer ${transfer.id} is another movement already`);
    this.#store.run(
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
  post(id: string, at: number): void {
    if (!this.#end(id, 'posted', at)) return;
    this.#store.run(
      'INSERT INTO entry (transfer_id, account, minor, currency) SELECT id, debit, -minor, currency FROM transfer WHERE id = ?',
      id,
    );
    this.#store.run(
      'INSERT INTO entry (transfer_id, account, minor, currency) SELECT id, credit, minor, currency FROM transfer WHERE id = ?',
      id,
    );
  }

  /** The money stays. Voiding again changes nothing. @throws LedgerError when the transfer is not there or was posted */
  void(id: string, at: number): void {
    this.#end(id, 'voided', at);
  }

  /** Whether the transfer is there, and how it ended. */
  outcome(id: string): TransferOutcome | 'pending' | 'absent' {
    const found = this.#store.get(
      'SELECT outcome FROM transfer LEFT JOIN transfer_end USING (id) WHERE id = ?',
      (row) => row.optional('outcome', (end, column) => end.oneOf(column, TRANSFER_OUTCOMES)) ?? 'pending',
      id,
    );
    return found ?? 'absent';
  }

  /** What an account has in one currency. */
  balance(account: Account, currency: Currency): Balance {
    const sum = (sql: string) => this.#store.get(sql, (row) => row.integer('sum'), account, currency) ?? 0;
    return {
      posted: sum('SELECT coalesce(sum(minor), 0) AS sum FROM entry WHERE account = ? AND currency = ?'),
      pending: sum(
        `SELECT coalesce(sum(minor), 0) AS sum FROM transfer
         WHERE debit = ? AND currency = ? AND NOT EXISTS (SELECT 1 FROM transfer_end e WHERE e.id = transfer.id)`,
      ),
    };
  }

  /** What an account has in every currency that it ever had. */
  holdings(account: Account): Amount[] {
    return this.#store.all(
      'SELECT sum(minor) AS minor, currency FROM entry WHERE account = ? GROUP BY currency ORDER BY currency',
      readAmount,
      account,
    );
  }

  /**
   * What an account may spend in every currency that it ever had: what it has, less what pending transfers may take. Never
   * below zero, though a transfer that is more than the account has is pending too, until the rail declines it.
   */
  available(account: Account): Amount[] {
    return this.holdings(account).map(({ minor, currency }) => ({
      minor: Math.max(0, minor - this.balance(account, currency).pending),
      currency,
    }));
  }

  /** @returns whether the transfer was pending until now */
  #end(id: string, outcome: TransferOutcome, at: number): boolean {
    const now = this.outcome(id);
    if (now === outcome) return false;
    if (now !== 'pending') throw new LedgerError(`transfer ${id} is ${now}, so it cannot be ${outcome}`);
    this.#store.run('INSERT INTO transfer_end (id, outcome, at) VALUES (?, ?, ?)', id, outcome, at);
    return true;
  }
}
