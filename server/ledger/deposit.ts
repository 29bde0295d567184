import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { PersonId } from '../vocabulary/ids.ts';
import { hold, post, type Transfer } from './ledger.ts';

/**
 * Money that a person paid in, in cash or by bank, comes to their account.
 * @param reference the depositor's key: the same reference is the same deposit. @param at ms since 1970.
 * @returns whether the deposit was there before.
 * @throws ServiceError `conflict` when the reference was used for another amount, `limit-exceeded` when a sum would pass 2⁵³
 */
export async function deposit(
  tx: Tx,
  person: { readonly id: PersonId },
  amount: Amount,
  reference: string,
  at: number,
): Promise<boolean> {
  if (amount.minor < 1) throw new ServiceError('invalid-request', `${formatAmount(amount)} is nothing to deposit`);
  const id = `deposit:${person.id}:${reference}`;
  const transfer: Transfer = { id, debit: 'cash', credit: `person:${person.id}`, amount };
  const outcome = await hold(tx, transfer, at);
  if (outcome === 'too-large') {
    const sum = `the deposits in ${amount.currency}, of person ${person.id} or of all people`;
    throw new ServiceError('limit-exceeded', `${sum}, would be more than can be counted exactly: deposit less`);
  }
  if (outcome === 'other-movement') {
    throw new ServiceError('conflict', `reference ${reference} was used for another deposit: use a new one`);
  }
  if (outcome === 'closed') return true;
  await post(tx, transfer, at);
  return false;
}
