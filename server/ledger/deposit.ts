import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import { readAmount } from '../store/amount.ts';
import type { ReadTx, Tx } from '../store/store.ts';
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
  const transfer: Transfer = {
    id: transferOf(person, reference),
    debit: 'cash',
    credit: `person:${person.id}`,
    amount,
  };
  const outcome = await hold(tx, transfer, at);
  if (outcome === 'too-large') {
    const sum = `the deposits in ${amount.currency}, of person ${person.id} or of all people`;
    throw new ServiceError('limit-exceeded', `${sum}, would be more than can be counted exactly: deposit less`);
  }
  if (outcome === 'other-movement') throw usedBefore(reference);
  if (outcome === 'closed') return true;
  await post(tx, transfer, at);
  return false;
}

/** Whether this deposit was booked before. @throws ServiceError `conflict` when the reference was used for another amount */
export async function depositedBefore(
  tx: ReadTx,
  person: { readonly id: PersonId },
  { minor, currency }: Amount,
  reference: string,
): Promise<boolean> {
  const id = transferOf(person, reference);
  const known = await tx.get('SELECT minor, currency FROM transfer WHERE id = ?', readAmount, id);
  if (known === undefined) return false;
  if (known.minor === minor && known.currency === currency) return true;
  throw usedBefore(reference);
}

/** The reference belongs to another deposit. */
export function usedBefore(reference: string): ServiceError {
  return new ServiceError('conflict', `reference ${reference} was used for another deposit: use a new one`);
}

function transferOf({ id }: { readonly id: PersonId }, reference: string): string {
  return `deposit:${id}:${reference}`;
}
