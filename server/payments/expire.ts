import type { Challenge } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { hasUndealtFrames } from '../messaging/undealt.ts';
import type { Tx } from '../store/store.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';

/**
 * The timer `payment-expiry`: an unanswered payment becomes EXPIRED, and a later answer finds the request closed. If an
 * answer came first, the payment has another state and nothing happens; while frames wait to be dealt with, one of them may
 * be an answer in time.
 */
export async function expirePayment(tx: Tx, context: Context, txn: string): Promise<void> {
  const payment = await paymentByTxn(tx, txn);
  if (payment === undefined) return;
  if (await hasUndealtFrames(tx)) await context.timers.set(tx, 'payment-expiry', txn, context.clock.now() + 1_000);
  else await step(tx, context, payment, 'expire');
}

/** Expires the payment if an answer arrived after the deadline, even when the timer has not fired yet. */
export async function expireIfLate(
  tx: Tx,
  context: Context,
  payment: Payment,
  challenge: Challenge,
  arrivedAt: number,
): Promise<boolean> {
  if (arrivedAt <= challenge.deadline) return false;
  await step(tx, context, payment, 'expire');
  return true;
}
