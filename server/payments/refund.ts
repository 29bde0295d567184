import type { Context } from '../context.ts';
import { ServiceError } from '../errors.ts';
import type { RailOrder } from '../rails/rail.ts';
import type { Store, Tx } from '../store/store.ts';
import { type Payment, paymentByTxn, requirePayment } from './payment.ts';
import { step } from './step.ts';
import { orderOf, refundTransfer } from './transfers.ts';

/**
 * The merchant refunds the whole payment. A second refund changes nothing.
 * @returns the payment after the rail has answered. @throws ServiceError `conflict` when there is nothing to give back
 */
export async function refundPayment(store: Store, context: Context, txn: string): Promise<Payment> {
  const begun = await store.transaction('refund', (tx) => begin(tx, context, txn));
  if ('refunded' in begun) return begun.refunded;
  const { refunding, order } = begun;
  const answer = await context.rail.refund(order);
  return store.transaction('answer about a refund', async (tx) => {
    const current = (await paymentByTxn(tx, txn)) ?? refunding;
    if (answer.kind === 'done') return (await step(tx, context, current, 'confirm-refund')) ?? current;
    if (answer.kind !== 'declined') return current;
    return (await step(tx, context, current, 'fail-refund', { reason: answer.reason })) ?? current;
  });
}

type Begun = { readonly refunded: Payment } | { readonly refunding: Payment; readonly order: RailOrder };

async function begin(tx: Tx, context: Context, txn: string): Promise<Begun> {
  const payment = await requirePayment(tx, txn);
  if (payment.state === 'REFUNDED') return { refunded: payment };
  const refunding = payment.state === 'REFUNDING' ? payment : await step(tx, context, payment, 'refund');
  if (refunding === undefined) {
    throw new ServiceError('conflict', `payment ${payment.txn} is ${payment.state}: only a paid one can be refunded`);
  }
  return { refunding, order: orderOf(await refundTransfer(tx, refunding)) };
}
