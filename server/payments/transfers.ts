import type { Transfer } from '../ledger/ledger.ts';
import type { RailKey, RailOrder } from '../rails/rail.ts';
import type { Store } from '../store/store.ts';
import type { Payment } from './payment.ts';

/** A transfer whose id is the key on the rail: one movement, one name. */
export interface PaymentTransfer extends Transfer {
  readonly id: RailKey;
}

/** The customer pays the merchant. */
export function chargeTransfer(payment: Payment): PaymentTransfer {
  return {
    id: `${payment.txn}:charge`,
    txn: payment.txn,
    debit: `person:${payment.personId}`,
    credit: `merchant:${payment.merchantId}`,
    amount: payment.amount,
  };
}

/** The merchant gives it back: the refund under way, or the next one where earlier ones were declined. */
export function refundTransfer(store: Store, payment: Payment): PaymentTransfer {
  const declined = store.get(
    `SELECT count(*) AS n FROM transfer JOIN transfer_end USING (id)
     WHERE txn = ? AND credit LIKE 'person:%' AND outcome = 'voided'`,
    (row) => row.integer('n'),
    payment.txn,
  );
  return {
    id: `${payment.txn}:refund-${(declined ?? 0) + 1}`,
    txn: payment.txn,
    debit: `merchant:${payment.merchantId}`,
    credit: `person:${payment.personId}`,
    amount: payment.amount,
  };
}

/** The same movement as the rail is asked for it. */
export function orderOf(transfer: PaymentTransfer): RailOrder {
  return { key: transfer.id, amount: transfer.amount, from: transfer.debit, to: transfer.credit };
}
