import type { Context } from '../context.ts';
import type { RailAnswer } from '../rails/rail.ts';
import type { Store, Tx } from '../store/store.ts';
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
export async function inquireAgain(tx: Tx, store: Store, context: Context, txn: string): Promise<void> {
  const payment = await paymentByTxn(tx, txn);
  if (payment === undefined || (payment.state !== 'UNKNOWN' && payment.state !== 'REVERSING')) return;
  const asked = await countInquiry(tx, payment);
  const pause = INQUIRY_PAUSES_MS[asked - 1];
  if (pause === undefined) {
    await step(tx, context, payment, 'give-up');
    return;
  }
  await context.timers.set(tx, 'payment-inquiry', txn, context.clock.now() + pause);
  const reversing =
    context.rail.recovery === 'reverse' ? ((await step(tx, context, payment, 'reverse')) ?? payment) : undefined;
  tx.afterCommit(
    () => void (reversing === undefined ? inquire(store, context, payment) : reverse(store, context, reversing)),
  );
}

async function inquire(store: Store, context: Context, payment: Payment): Promise<void> {
  const order = orderOf(chargeTransfer(payment));
  const found = await context.rail.inquire(order.key);
  const fresh = context.clock.now() - payment.createdAt < REPEAT_LIMIT_MS;
  const answer = found.kind === 'absent' ? await settleAbsent(context, order, fresh) : found;
  if (store.isOpen) await concludeCharge(store, context, payment.txn, answer);
}

/** The rail does not know the key: charges again with the same key, or, when it is too late for that, declines the payment. */
function settleAbsent(context: Context, order: ReturnType<typeof orderOf>, fresh: boolean): Promise<RailAnswer> {
  return fresh ? context.rail.charge(order) : Promise.resolve({ kind: 'declined', reason: 'never-sent' });
}

async function reverse(store: Store, context: Context, payment: Payment): Promise<void> {
  const answer = await context.rail.reverse(chargeTransfer(payment).id);
  if (!store.isOpen || answer.kind === 'unknown') return;
  await store.transaction('answer about a reversal', async (tx) => {
    const current = await paymentByTxn(tx, payment.txn);
    if (current === undefined) return;
    if (answer.kind === 'done') await step(tx, context, current, 'confirm-reversal', { reason: 'reversed' });
    else await step(tx, context, current, 'give-up', { reason: answer.reason });
  });
}

/** @returns how often the rail was asked, this time included */
async function countInquiry(tx: Tx, payment: Payment): Promise<number> {
  const counted = await tx.get(
    'UPDATE attempt SET inquiries = inquiries + 1 WHERE rail_key = ? RETURNING inquiries',
    (row) => row.integer('inquiries'),
    chargeTransfer(payment).id,
  );
  return counted ?? 0;
}
