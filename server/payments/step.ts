import type { Context } from '../context.ts';
import type { Tx } from '../store/store.ts';
import { takeEffect } from './effects.ts';
import type { Payment } from './payment.ts';
import { nextState, type PaymentEvent } from './transitions.ts';

/** The values of an event. */
export interface StepDetail {
  readonly reason?: string;
  readonly approvalCode?: number;
  /** PIN tries left, for the receipt. */
  readonly triesLeft?: number;
  /** The event blocked the customer's phone. */
  readonly blocked?: boolean;
}

/**
 * The one place where a payment changes its state: a compare-and-set, in one transaction with the journal entry and the
 * effects of the event (ledger, receipts, timers).
 * @returns the payment after the change, or `undefined` when the event came too late and changes nothing.
 */
export async function step(
  tx: Tx,
  context: Context,
  payment: Payment,
  event: PaymentEvent,
  detail: StepDetail = {},
): Promise<Payment | undefined> {
  const to = nextState(payment.state, event);
  if (to === undefined) return undefined;
  const changedAt = context.clock.now();
  const moved: Payment = {
    ...payment,
    state: to,
    reason: detail.reason ?? payment.reason,
    approvalCode: detail.approvalCode ?? payment.approvalCode,
    changedAt,
  };
  const changed = await tx.run(
    'UPDATE payment SET state = ?, reason = ?, approval_code = ?, changed_at = ? WHERE txn = ? AND state = ?',
    moved.state,
    moved.reason ?? null,
    moved.approvalCode,
    changedAt,
    payment.txn,
    payment.state,
  );
  if (changed === 0) return undefined;
  const { reason } = detail;
  await context.journal.record(tx, {
    kind: 'payment',
    txn: payment.txn,
    event,
    from: payment.state,
    to,
    ...(reason === undefined ? {} : { reason }),
  });
  await takeEffect(tx, context, moved, event, detail);
  return moved;
}
