import type { Transfer } from '../ledger/ledger.ts';
import type { RailKey, RailOrder } from '../rails/rail.ts';
import type { ReadTx } from '../store/store.ts';
import type { Payment } from './payment.ts';

/** A transfer with the rail's key as its id: the ledger and the rail use the same name for one movement. */
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

/** The refund: the one that is being made, or the next one when earlier refunds were declined. */
export async function refundTransfer(tx: ReadTx, payment: Payment): Promise<PaymentTransfer> {
  const declined = await tx.get(
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

/** The movement of a transfer in the form that the rail takes. */
export function orderOf(transfer: PaymentTransfer): RailOrder {
  return { key: transfer.id, amount: transfer.amount, from: transfer.debit, to: transfer.credit };
}
