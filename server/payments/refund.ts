import type { Context } from '../context.ts';
import { ServiceError } from '../errors.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';
import { orderOf, refundTransfer } from './transfers.ts';

/**
 * The merchant refunds the whole payment. A second refund changes nothing.
 * @returns the payment after the rail has answered. @throws ServiceError `conflict` when there is nothing to give back
 */
export async function refundPayment(context: Context, payment: Payment): Promise<Payment> {
  if (payment.state === 'REFUNDED') return payment;
  const refunding = payment.state === 'REFUNDING' ? payment : step(context, payment, 'refund');
  if (refunding === undefined) {
    throw new ServiceError('conflict', `payment ${payment.txn} is ${payment.state}: only a paid one can be refunded`);
  }
  const answer = await context.rail.refund(orderOf(refundTransfer(context.store, refunding)));
  return context.store.transaction(() => {
    const current = paymentByTxn(context.store, payment.txn) ?? refunding;
    if (answer.kind === 'done') return step(context, current, 'confirm-refund') ?? current;
    if (answer.kind === 'declined') return step(context, current, 'fail-refund', { reason: answer.reason }) ?? current;
    return current;
  });
}
