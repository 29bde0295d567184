import type { Refusal } from '../../device/safe-mobile/index.ts';
import type { Challenge } from '../approvals/challenge.ts';
import type { Recipient } from '../outgoing/compose.ts';
import type { Tx } from '../store/store.ts';
import type { ServiceEvent } from '../vocabulary/events.ts';
import { PAYMENT_STATES, type PaymentEvent } from '../vocabulary/payment-states.ts';
import type { PaymentContext } from './context.ts';
import { takeEffect } from './effects.ts';
import { insertPayment, type Payment } from './payment.ts';
import { nextState } from './transitions.ts';

/** The values of an event. */
export interface StepDetail {
  readonly reason?: string | undefined;
  readonly approvalCode?: number;
  /** Of the card that paid. */
  readonly lastDigits?: string | undefined;
  /** PIN tries left, for the receipt. */
  readonly triesLeft?: number;
  /** The event blocked the customer's phone. */
  readonly blocked?: boolean;
  /** What the customer's phone said, also when it was late. */
  readonly said?: Refusal | undefined;
  /** The request never left: the customer knows nothing of it. */
  readonly unsent?: boolean;
  /** What the customer was asked, and the phone, where the caller has read them. */
  readonly asked?: { readonly challenge: Challenge; readonly recipient: Recipient };
}

/** An event with its values. */
export type Happening = readonly [event: PaymentEvent, detail: StepDetail];

/**
 * Writes a new payment down together with its first event: nobody sees it as CREATED.
 * @returns the payment after the event, or `undefined` when its merchant has a payment of this mref
 */
export async function begin(
  tx: Tx,
  context: PaymentContext,
  created: Payment,
  event: 'request' | 'reject',
  detail: StepDetail = {},
): Promise<Payment | undefined> {
  const moved = afterEvent(context, created, [event, detail]);
  if (moved === undefined) throw new Error(`a payment cannot begin with ${event}`);
  if (!(await insertPayment(tx, moved))) return undefined;
  const { txn, state } = created;
  const creation: ServiceEvent = { kind: 'payment', txn, event: 'create', to: state };
  await context.journal.record(tx, creation, entryOf(created, moved, [event, detail]));
  return moved;
}

/** One event: see {@link steps}. */
export function step(
  tx: Tx,
  context: PaymentContext,
  payment: Payment,
  event: PaymentEvent,
  detail: StepDetail = {},
): Promise<Payment | undefined> {
  return steps(tx, context, payment, [event, detail]);
}

/**
 * The one place where a payment changes its state: a compare-and-set, in one transaction with the journal entry and the
 * effects of the event (ledger, receipts, timers). Events that follow one another in the same transaction are one change.
 * The caller has the lock by which the payment is read: of its challenge, or of itself.
 * @returns the payment after the change, or `undefined` when the event came too late and changes nothing.
 * @throws Error, at the latest with the commit, when another transaction has changed the payment since it was read
 */
export async function steps(
  tx: Tx,
  context: PaymentContext,
  payment: Payment,
  first: Happening,
  ...more: readonly Happening[]
): Promise<Payment | undefined> {
  const happenings = [first, ...more];
  const states: Payment[] = [];
  for (const happening of happenings) {
    const moved = afterEvent(context, states.at(-1) ?? payment, happening);
    if (moved === undefined) return undefined;
    states.push(moved);
  }
  const last = states.at(-1) ?? payment;
  tx.mustChange(
    () => new Error(`payment ${payment.txn} was changed by another transaction`),
    'UPDATE payment SET state = ?, reason = ?, approval_code = ?, last_digits = ?, changed_at = ? WHERE txn = ? AND state = ?',
    last.state,
    last.reason ?? null,
    last.approvalCode,
    last.lastDigits ?? null,
    last.changedAt,
    payment.txn,
    payment.state,
  );
  const [entry, ...entries] = states.map((moved, index) =>
    entryOf(states[index - 1] ?? payment, moved, happenings[index] ?? first),
  );
  if (entry !== undefined) await context.journal.record(tx, entry, ...entries);
  for (const [index, moved] of states.entries()) {
    const [event, detail] = happenings[index] ?? first;
    await takeEffect(tx, context, moved, event, detail);
  }
  return last;
}

/** The payment after the event, or `undefined` when its state has no such transition. */
function afterEvent(context: PaymentContext, payment: Payment, [event, detail]: Happening): Payment | undefined {
  const state = nextState(payment.state, event);
  if (state === undefined) return undefined;
  // While the outcome is open, the latest reason stays; how the payment ended has a reason of its own or none.
  const reason = detail.reason ?? (PAYMENT_STATES[state].money === 'held' ? payment.reason : undefined);
  const approvalCode = detail.approvalCode ?? payment.approvalCode;
  const lastDigits = detail.lastDigits ?? payment.lastDigits;
  return { ...payment, state, reason, approvalCode, lastDigits, changedAt: context.clock.now() };
}

function entryOf(before: Payment, after: Payment, [event, { reason }]: Happening): ServiceEvent {
  const why = reason === undefined ? {} : { reason };
  return { kind: 'payment', txn: after.txn, event, from: before.state, to: after.state, ...why };
}
