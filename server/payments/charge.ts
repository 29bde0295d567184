import type { Context } from '../context.ts';
import { concludeCharge, loseAnswer } from './conclude.ts';
import { type Payment, paymentsInMotion } from './payment.ts';
import { step } from './step.ts';
import { chargeTransfer, orderOf } from './transfers.ts';

/**
 * Charges approved payments. The attempt and the state SENDING are on disk before the rail is called: after a crash the
 * service knows that the rail may have moved the money.
 */
export function chargeApproved(context: Context): void {
  for (const payment of paymentsInMotion(context.store, 'APPROVED')) {
    const sending = context.store.transaction(() => {
      recordAttempt(context, payment);
      return step(context, payment, 'send');
    });
    if (sending !== undefined) void charge(context, sending);
  }
}

/** After a start: payments in SENDING become unknown, because the service ended while the rail was being called. */
export function resumeCharges(context: Context): void {
  for (const payment of paymentsInMotion(context.store, 'SENDING')) {
    context.store.transaction(() => loseAnswer(context, payment, 'the service stopped while the rail was asked'));
  }
}

async function charge(context: Context, payment: Payment): Promise<void> {
  const answer = await context.rail.charge(orderOf(chargeTransfer(payment)));
  if (context.store.isOpen) concludeCharge(context, payment.txn, answer);
}

function recordAttempt(context: Context, payment: Payment): void {
  context.store.run(
    'INSERT INTO attempt (rail_key, txn, started_at) VALUES (?, ?, ?)',
    chargeTransfer(payment).id,
    payment.txn,
    context.clock.now(),
  );
}
