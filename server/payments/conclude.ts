import type { Context } from '../context.ts';
import type { RailAnswer } from '../rails/rail.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';

/** Stores the rail's answer about a charge, given at once or on inquiry. */
export function concludeCharge(context: Context, txn: string, answer: RailAnswer): void {
  context.store.transaction(() => {
    const payment = paymentByTxn(context.store, txn);
    if (payment === undefined) return;
    if (answer.kind === 'done') step(context, payment, 'capture', { approvalCode: answer.approvalCode });
    else if (answer.kind === 'declined') step(context, payment, 'decline', { reason: answer.reason });
    else loseAnswer(context, payment, answer.reason);
  });
}

/** The rail's answer was lost: sets the timer `payment-inquiry`. */
export function loseAnswer(context: Context, payment: Payment, reason: string): void {
  if (step(context, payment, 'lose-answer', { reason }) === undefined) return;
  context.timers.set('payment-inquiry', payment.txn, context.clock.now());
}
