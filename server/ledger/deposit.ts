import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { Context } from '../context.ts';
import { ServiceError } from '../errors.ts';
import type { Person } from '../people/people.ts';
import type { Tx } from '../store/store.ts';
import { LedgerError } from './ledger.ts';

/**
 * Money that a person paid in, in cash or by bank, comes to their account.
 * @param reference the depositor's key: the same reference is the same deposit.
 * @returns whether the deposit was there before.
 * @throws ServiceError `conflict` when the reference was used for another amount
 */
export async function deposit(
  tx: Tx,
  context: Context,
  person: Person,
  amount: Amount,
  reference: string,
): Promise<boolean> {
  const { ledger, clock } = context;
  if (amount.minor < 1) throw new ServiceError('invalid-request', `${formatAmount(amount)} is nothing to deposit`);
  const id = `deposit:${person.id}:${reference}`;
  try {
    const repeated = (await ledger.outcome(tx, id)) !== 'absent';
    await ledger.hold(tx, { id, debit: 'cash', credit: `person:${person.id}`, amount }, clock.now());
    await ledger.post(tx, id, clock.now());
    return repeated;
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error;
    throw new ServiceError('conflict', `reference ${reference} was used for another deposit: use a new one`);
  }
}
