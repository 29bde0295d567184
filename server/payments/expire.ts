import type { Challenge } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';

/**
 * The timer `payment-expiry`: an unanswered payment becomes EXPIRED, and a later answer finds the request closed. If an
 * answer came first, the payment has another state and nothing happens.
 */
export function expirePayment(context: Context, txn: string): void {
  const payment = paymentByTxn(context.store, txn);
  if (payment !== undefined) step(context, payment, 'expire');
}

/** Expires the payment if an answer arrived after the deadline, even when the timer has not fired yet. */
export function expireIfLate(context: Context, payment: Payment, challenge: Challenge, arrivedAt: number): boolean {
  if (arrivedAt <= challenge.deadline) return false;
  step(context, payment, 'expire');
  return true;
}
