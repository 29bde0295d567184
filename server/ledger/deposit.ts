import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { Context } from '../context.ts';
import { ServiceError } from '../errors.ts';
import type { Person } from '../people/people.ts';
import { LedgerError } from './ledger.ts';

/**
 * Money that a person paid in, in cash or by bank, comes to their account.
 * @param reference the depositor's key: the same reference is the same deposit.
 * @returns whether the deposit was there before.
 * @throws ServiceError `conflict` when the reference was used for another amount
 */
export function deposit(context: Context, person: Person, amount: Amount, reference: string): boolean {
  const { store, ledger, clock } = context;
  if (amount.minor < 1) throw new ServiceError('invalid-request', `${formatAmount(amount)} is nothing to deposit`);
  const id = `deposit:${person.id}:${reference}`;
  try {
    return store.transaction(() => {
      const repeated = ledger.outcome(id) !== 'absent';
      ledger.hold({ id, debit: 'cash', credit: `person:${person.id}`, amount }, clock.now());
      ledger.post(id, clock.now());
      return repeated;
    });
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new ServiceError('conflict', `reference ${reference} was used for another deposit: use a new one`);
  }
}
