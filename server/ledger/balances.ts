import type { Amount, Currency } from '../../device/safe-mobile/index.ts';
import { readCurrency } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx } from '../store/store.ts';
import type { Account } from './ledger.ts';

/** What an account has in one currency. */
export interface AccountBalance {
  readonly account: string;
  readonly posted: Amount;
  /** Set aside for pending transfers. */
  readonly pending: Amount;
}

/** What one account has, in every currency that it ever had. */
export function balancesOf(tx: ReadTx, account: Account): Promise<AccountBalance[]> {
  return tx.all('SELECT * FROM account WHERE owner = ? ORDER BY currency', readBalance, account);
}

/** A part of the list of all accounts, by name and currency. @param after the last one of the part before */
export function balancesAfter(
  tx: ReadTx,
  after: { readonly account: string; readonly currency: Currency | '' },
  limit: number,
): Promise<AccountBalance[]> {
  return tx.all(
    'SELECT * FROM account WHERE (owner, currency) > (?, ?) ORDER BY owner, currency LIMIT ?',
    readBalance,
    after.account,
    after.currency,
    limit,
  );
}

function readBalance(row: Row): AccountBalance {
  const currency = readCurrency(row);
  return {
    account: row.text('owner'),
    posted: { minor: row.integer('credits_posted') - row.integer('debits_posted'), currency },
    pending: { minor: row.integer('debits_pending'), currency },
  };
}
