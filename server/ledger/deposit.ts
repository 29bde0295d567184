import { type Amount, type Currency, formatAmount } from '../../device/safe-mobile/index.ts';
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

/** What operators have deposited for a person in a currency since a moment, as the audit log says. @param since ms since 1970 */
export async function operatorDepositsSince(
  tx: ReadTx,
  person: { readonly id: PersonId },
  currency: Currency,
  since: number,
): Promise<{ readonly reference: string; readonly minor: number }[]> {
  return tx.all(
    `SELECT t.id, t.minor FROM entry e JOIN transfer t ON t.id = e.transfer_id
     WHERE e.account = ? AND e.currency = ? AND t.debit = 'cash' AND t.at >= ?
       AND EXISTS (SELECT 1 FROM audit a WHERE a.subject = t.id AND a.outcome = 'done') ORDER BY t.id`,
    (row) => ({ reference: row.text('id').slice(transferOf(person, '').length), minor: row.integer('minor') }),
    `person:${person.id}`,
    currency,
    since,
  );
}

/**
 * What an operator alone has deposited for all people in a currency since a moment, minor units; without what another one confirmed.
 * @param since ms since 1970
 */
export async function depositsOfOperatorSince(
  tx: ReadTx,
  operator: string,
  currency: Currency,
  since: number,
): Promise<number> {
  const sum = await tx.get(
    `SELECT CAST(coalesce(sum(t.minor), 0) AS BIGINT) AS minor FROM transfer t
     WHERE t.currency = ? AND t.debit = 'cash' AND t.at >= ? AND t.id IN (
       SELECT a.subject FROM audit a WHERE a.operator = ? AND a.at >= ? AND a.outcome = 'done')
       AND NOT EXISTS (SELECT 1 FROM audit c
         WHERE c.subject = t.id AND c.route = 'POST /v1/deposits/:id/confirm' AND c.outcome = 'done')`,
    (row) => row.integer('minor'),
    currency,
    since,
    operator,
    since,
  );
  return sum ?? 0;
}

/** The reference belongs to another deposit. */
export function usedBefore(reference: string): ServiceError {
  return new ServiceError('conflict', `reference ${reference} was used for another deposit: use a new one`);
}

function transferOf({ id }: { readonly id: PersonId }, reference: string): string {
  return `deposit:${id}:${reference}`;
}
