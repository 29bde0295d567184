import type { Context } from '../context.ts';
import type { Store, Tx } from '../store/store.ts';
import { concludeCharge, loseAnswer } from './conclude.ts';
import { type Payment, paymentsInMotion } from './payment.ts';
import { step } from './step.ts';
import { chargeTransfer, orderOf } from './transfers.ts';

/**
 * Charges approved payments. The attempt and the state SENDING are on disk before the rail is called: after a crash the
 * service knows that the rail may have moved the money.
 */
export async function chargeApproved(store: Store, context: Context): Promise<void> {
  const sending = await store.transaction('send to the rail', async (tx) => {
    const sent: Payment[] = [];
    for (const payment of await paymentsInMotion(tx, 'APPROVED')) {
      await recordAttempt(tx, context, payment);
      const moved = await step(tx, context, payment, 'send');
      if (moved !== undefined) sent.push(moved);
    }
    return sent;
  });
  await Promise.all(sending.map((payment) => charge(store, context, payment)));
}

/** After a start: payments in SENDING become unknown, because the service ended while the rail was being called. */
export async function resumeCharges(tx: Tx, context: Context): Promise<void> {
  for (const payment of await paymentsInMotion(tx, 'SENDING')) {
    await loseAnswer(tx, context, payment, 'the service stopped while the rail was asked');
  }
}

async function charge(store: Store, context: Context, payment: Payment): Promise<void> {
  const answer = await context.rail.charge(orderOf(chargeTransfer(payment)));
  if (store.isOpen) await concludeCharge(store, context, payment.txn, answer);
}

async function recordAttempt(tx: Tx, context: Context, payment: Payment): Promise<void> {
  await tx.run(
    'INSERT INTO attempt (rail_key, txn, started_at) VALUES (?, ?, ?)',
    chargeTransfer(payment).id,
    payment.txn,
    context.clock.now(),
  );
}
