import { type Amount, type Currency, formatAmount } from '../../device/safe-mobile/index.ts';
import { isSameAmount, readAmount } from '../store/amount.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { MerchantId } from '../vocabulary/ids.ts';
import { balanceOf, move } from './ledger.ts';

/** Money that a merchant earned and gets, as an operator orders it. */
export interface PayoutOrder {
  /** The operator's key, as the number of a bank transfer: the same reference is the same payout. */
  readonly reference: string;
  /** Default: all that the merchant is owed. */
  readonly amount?: Amount | undefined;
}

/** Money that a merchant got. */
export interface Payout {
  readonly merchantId: MerchantId;
  readonly reference: string;
  readonly amount: Amount;
  /** Whether it was booked before; nothing was booked again. */
  readonly repeated: boolean;
}

/** Who is paid, and in which currency unless the order says another one. */
export interface Payee {
  readonly id: MerchantId;
  readonly currency: Currency;
}

/**
 * Books that a merchant got money, once a reference. What open refunds may take is not paid out.
 * @param at ms since 1970
 * @throws ServiceError `conflict` when the reference was used for another amount, `not-possible-now` when the merchant is not owed so much
 */
export async function payOut(tx: Tx, payee: Payee, order: PayoutOrder, at: number): Promise<Payout> {
  const currency = order.amount?.currency ?? payee.currency;
  // Before the look for an earlier payout: whoever is paid out in between is found by that.
  const { posted, pending } = await balanceOf(tx, `merchant:${payee.id}`, currency);
  const owed: Amount = { minor: Math.max(posted - pending, 0), currency };
  const { reference } = order;
  const id = `${transfersOf(payee.id)}${reference}`;
  const earlier = await amountOf(tx, id);
  if (earlier !== undefined) {
    if (!isSameAmount(order.amount ?? { ...earlier, currency }, earlier)) throw usedBefore(order, earlier);
    return { merchantId: payee.id, reference, amount: earlier, repeated: true };
  }
  const amount = order.amount ?? owed;
  if (amount.minor > owed.minor || owed.minor === 0) throw notOwed(payee, owed);
  const outcome = await move(tx, { id, debit: `merchant:${payee.id}`, credit: 'cash', amount }, at);
  if (outcome === 'insufficient') throw notOwed(payee, owed);
  if (outcome === 'too-large') throw new ServiceError('limit-exceeded', `the payouts in ${currency} cannot be counted`);
  if (outcome === 'other-movement') throw usedBefore(order, amount);
  return { merchantId: payee.id, reference, amount, repeated: outcome !== 'moved' };
}

/** The reference of the payout to this merchant that a transfer is; `undefined`: it is another movement. */
export function payoutReference(merchant: MerchantId, transfer: string): string | undefined {
  const begin = transfersOf(merchant);
  return transfer.startsWith(begin) ? transfer.slice(begin.length) : undefined;
}

/** How the ids of the transfers to a merchant begin. */
function transfersOf(merchant: MerchantId): string {
  return `payout:${merchant}:`;
}

function amountOf(tx: ReadTx, id: string): Promise<Amount | undefined> {
  return tx.get('SELECT minor, currency FROM transfer WHERE id = ?', readAmount, id);
}

function usedBefore({ reference }: PayoutOrder, amount: Amount): ServiceError {
  return new ServiceError(
    'conflict',
    `reference ${reference} was used for another payout, of ${formatAmount(amount)}: use a new one`,
  );
}

function notOwed({ id }: Payee, owed: Amount): ServiceError {
  const why = 'besides what open refunds may take';
  return new ServiceError(
    'not-possible-now',
    `merchant ${id} is owed ${formatAmount(owed)}, ${why}: pay out at most that`,
  );
}
