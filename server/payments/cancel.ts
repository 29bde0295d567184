import type { PayCancel } from '../../device/safe-mobile/index.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import { type Recipient, sendNak } from '../outgoing/compose.ts';
import { repeatReceipt } from '../outgoing/receipts.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type Ref, refOf } from '../vocabulary/ids.ts';
import type { PaymentContext } from './context.ts';
import { mrefOfPhone, type Payment, paymentByMref, requirePayment } from './payment.ts';
import { sendStanding } from './receipts.ts';
import { step } from './step.ts';

/**
 * The merchant cancels a request. A second cancel changes nothing.
 * @throws ServiceError `not-found`; `conflict` when the customer has answered or the request has expired
 */
export async function cancelPayment(tx: Tx, context: PaymentContext, txn: string): Promise<Payment> {
  const cancelled = await cancel(tx, context, await requirePayment(tx, txn));
  if (cancelled !== undefined) return cancelled;
  const payment = await requirePayment(tx, txn);
  if (payment.state === 'CANCELLED') return payment;
  throw new ServiceError('conflict', `payment ${txn} is ${payment.state} and cannot be cancelled any more`);
}

/**
 * Whoever ends the question to the customer decides: its answer, its expiry, or this.
 * @returns `undefined` when the question has ended before, or nobody was asked
 */
async function cancel(
  tx: Tx,
  context: PaymentContext,
  payment: Payment,
  reason: 'merchant' | 'phone-locked' = 'merchant',
): Promise<Payment | undefined> {
  const { txn, deviceId } = payment;
  if (deviceId === undefined) return undefined;
  const request = await context.approvals.withdraw(tx, { ref: txn, purpose: 'payment', deviceId });
  if (request === undefined) return undefined;
  return step(tx, context, payment, 'cancel', { reason, unsent: request === 'unsent' });
}

/** The customer's phone is locked or wiped: a request that it has not answered is cancelled. */
export async function cancelForPhone(tx: Tx, context: PaymentContext, txn: Ref): Promise<void> {
  await cancel(tx, context, await requirePayment(tx, txn), 'phone-locked');
}

/** PAY_CANCEL: a cancel from the merchant's phone, which gets the receipt of the payment's state, cancelled or not. */
export async function cancelByPhone(
  tx: Tx,
  context: PaymentContext,
  recipient: Recipient,
  message: PayCancel,
): Promise<void> {
  const mref = refOf(message.mref);
  const merchant = await merchantOfPerson(tx, recipient.personId);
  const payment = merchant && (await paymentByMref(tx, merchant.id, mrefOfPhone(mref)));
  if (payment?.init?.deviceId !== recipient.id) {
    await sendNak(tx, context, recipient, mref, 'unknown-reference');
    return;
  }
  if ((await cancel(tx, context, payment)) !== undefined) return;
  if (await repeatReceipt(tx, context, recipient, mref)) return;
  await sendStanding(tx, context, await requirePayment(tx, payment.txn), recipient);
}
