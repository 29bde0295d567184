import type { Context } from '../context.ts';
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
export function step(
  context: Context,
  payment: Payment,
  event: PaymentEvent,
  detail: StepDetail = {},
): Payment | undefined {
  const to = nextState(payment.state, event);
  if (to === undefined) return undefined;
  return context.store.transaction(() => {
    const changedAt = context.clock.now();
    const moved: Payment = {
      ...payment,
      state: to,
      reason: detail.reason ?? payment.reason,
      approvalCode: detail.approvalCode ?? payment.approvalCode,
      changedAt,
    };
    const changed = context.store.run(
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
    context.journal.record({
      kind: 'payment',
      txn: payment.txn,
      event,
      from: payment.state,
      to,
      ...(reason === undefined ? {} : { reason }),
    });
    takeEffect(context, moved, event, detail);
    return moved;
  });
}
