import { askAgain, type Challenge, challengeByRef, hasExpired } from '../approvals/challenge.ts';
import { hasUndealtFrames } from '../intake/undealt.ts';
import { recipientById } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import type { Tx } from '../store/store.ts';
import type { Ref } from '../vocabulary/ids.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';

/**
 * The timer `payment-due`: no answer came, so the same frame of the request is sent again; after the deadline the payment
 * becomes EXPIRED, and a later answer finds the request closed. While frames wait to be dealt with, one of them may be an
 * answer in time.
 */
export async function paymentIsDue(tx: Tx, context: Context, txn: Ref): Promise<void> {
  const payment = await paymentByTxn(tx, txn);
  const challenge = payment?.state === 'REQUESTED' ? await challengeByRef(tx, txn) : undefined;
  if (payment === undefined || challenge === undefined) return;
  if (!hasExpired(context, challenge)) {
    const recipient = await recipientById(tx, challenge.deviceId);
    if (recipient !== undefined) await askAgain(tx, context, recipient, challenge);
  } else if (await hasUndealtFrames(tx)) {
    await context.timers.set(tx, 'payment-due', txn, context.clock.now() + 1_000);
  } else await step(tx, context, payment, 'expire');
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
