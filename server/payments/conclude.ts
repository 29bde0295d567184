import type { Context } from '../context.ts';
import type { RailAnswer } from '../rails/rail.ts';
import type { Store, Tx } from '../store/store.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';

/** Stores the rail's answer about a charge, given at once or on inquiry. */
export async function concludeCharge(store: Store, context: Context, txn: string, answer: RailAnswer): Promise<void> {
  await store.transaction('answer of the rail', async (tx) => {
    const payment = await paymentByTxn(tx, txn);
    if (payment === undefined) return;
    if (answer.kind === 'done') await step(tx, context, payment, 'capture', { approvalCode: answer.approvalCode });
    else if (answer.kind === 'declined') await step(tx, context, payment, 'decline', { reason: answer.reason });
    else await loseAnswer(tx, context, payment, answer.reason);
  });
}

/** The rail's answer was lost: sets the timer `payment-inquiry`. */
export async function loseAnswer(tx: Tx, context: Context, payment: Payment, reason: string): Promise<void> {
  if ((await step(tx, context, payment, 'lose-answer', { reason })) === undefined) return;
  await context.timers.set(tx, 'payment-inquiry', payment.txn, context.clock.now());
}
