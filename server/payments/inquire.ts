import type { Context } from '../context.ts';
import type { RailAnswer } from '../rails/rail.ts';
import { concludeCharge } from './conclude.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { step } from './step.ts';
import { chargeTransfer, orderOf } from './transfers.ts';

/** Pauses between inquiries at the rail, ms. After the last one the payment goes to REVIEW. */
const INQUIRY_PAUSES_MS: readonly number[] = [5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000];

/** After this long, ms, a charge is not tried again but only asked about: a rail that forgot the key would charge twice. */
const REPEAT_LIMIT_MS = 24 * 60 * 60 * 1000;

/**
 * The timer `payment-inquiry`: asks the rail about the outcome of a charge, or reverses the charge, as the rail requires.
 * The next inquiry is arranged first, so that a crash meanwhile loses nothing; after the last one comes REVIEW.
 */
export function inquireAgain(context: Context, txn: string): void {
  const payment = paymentByTxn(context.store, txn);
  if (payment === undefined || (payment.state !== 'UNKNOWN' && payment.state !== 'REVERSING')) return;
  const asked = countInquiry(context, payment);
  const pause = INQUIRY_PAUSES_MS[asked - 1];
  if (pause === undefined) {
    step(context, payment, 'give-up');
    return;
  }
  context.timers.set('payment-inquiry', txn, context.clock.now() + pause);
  const reversing = context.rail.recovery === 'reverse' ? (step(context, payment, 'reverse') ?? payment) : undefined;
  queueMicrotask(() => void (reversing === undefined ? inquire(context, payment) : reverse(context, reversing)));
}

async function inquire(context: Context, payment: Payment): Promise<void> {
  const order = orderOf(chargeTransfer(payment));
  const found = await context.rail.inquire(order.key);
  const fresh = context.clock.now() - payment.createdAt < REPEAT_LIMIT_MS;
  const answer = found.kind === 'absent' ? await settleAbsent(context, order, fresh) : found;
  if (context.store.isOpen) concludeCharge(context, payment.txn, answer);
}

/** The rail does not know the key: charges again with the same key, or, when it is too late for that, declines the payment. */
function settleAbsent(context: Context, order: ReturnType<typeof orderOf>, fresh: boolean): Promise<RailAnswer> {
  return fresh ? context.rail.charge(order) : Promise.resolve({ kind: 'declined', reason: 'never-sent' });
}

async function reverse(context: Context, payment: Payment): Promise<void> {
  const answer = await context.rail.reverse(chargeTransfer(payment).id);
  if (!context.store.isOpen || answer.kind === 'unknown') return;
  context.store.transaction(() => {
    const current = paymentByTxn(context.store, payment.txn);
    if (current === undefined) return;
    if (answer.kind === 'done') step(context, current, 'confirm-reversal', { reason: 'reversed' });
    else step(context, current, 'give-up', { reason: answer.reason });
  });
}

/** @returns how often the rail was asked, this time included */
function countInquiry(context: Context, payment: Payment): number {
  const counted = context.store.get(
    'UPDATE attempt SET inquiries = inquiries + 1 WHERE rail_key = ? RETURNING inquiries',
    (row) => row.integer('inquiries'),
    chargeTransfer(payment).id,
  );
  return counted ?? 0;
}
