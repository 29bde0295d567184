import type { Status } from '../../device/safe-mobile/index.ts';

export type PaymentState =
  /** The merchant's request is accepted. */
  | 'CREATED'
  /** PAY_REQUEST is in the outbox; the customer is asked. */
  | 'REQUESTED'
  /** A valid signature is on disk as evidence, and the money is held. */
  | 'APPROVED'
  /** The attempt is on disk and the rail is asked. */
  | 'SENDING'
  /** The rail took the order and has not decided; it may last days. */
  | 'PENDING'
  /** The rail's answer was lost: it is not known yet whether the money moved. */
  | 'UNKNOWN'
  /** The charge is being reversed, whether or not it happened. */
  | 'REVERSING'
  /** The outcome is still unknown and the service has stopped asking the rail: a person must find out. */
  | 'REVIEW'
  /** Paid. */
  | 'CAPTURED'
  /** The merchant gives money back, all or a part; the rail has not decided yet. */
  | 'REFUNDING'
  /** All of it was given back. */
  | 'REFUNDED'
  /** Refused by the customer, or the PIN tries are used up. */
  | 'REFUSED'
  /** Cancelled by the merchant. */
  | 'CANCELLED'
  /** No answer arrived in time. */
  | 'EXPIRED'
  /** Declined by the rail. */
  | 'DECLINED'
  | 'REVERSED'
  /** Refused by the service, before the customer was asked. */
  | 'REJECTED';

interface StateFacts {
  /** Settled: only a person's request (a refund) changes the state, and the receipts were sent. */
  readonly settled: boolean;
  /** Where the charge stands in the ledger. */
  readonly money: 'none' | 'held' | 'moved';
  /** What a receipt says. */
  readonly status: Status;
}

/** Every state and what is true in it. */
export const PAYMENT_STATES: Readonly<Record<PaymentState, StateFacts>> = {
  CREATED: { settled: false, money: 'none', status: 'in-progress' },
  REQUESTED: { settled: false, money: 'none', status: 'in-progress' },
  APPROVED: { settled: false, money: 'held', status: 'in-progress' },
  SENDING: { settled: false, money: 'held', status: 'in-progress' },
  PENDING: { settled: false, money: 'held', status: 'in-progress' },
  UNKNOWN: { settled: false, money: 'held', status: 'in-progress' },
  REVERSING: { settled: false, money: 'held', status: 'in-progress' },
  REVIEW: { settled: false, money: 'held', status: 'in-progress' },
  CAPTURED: { settled: true, money: 'moved', status: 'paid' },
  REFUNDING: { settled: false, money: 'moved', status: 'in-progress' },
  REFUNDED: { settled: true, money: 'moved', status: 'refunded' },
  REFUSED: { settled: true, money: 'none', status: 'refused' },
  CANCELLED: { settled: true, money: 'none', status: 'cancelled' },
  EXPIRED: { settled: true, money: 'none', status: 'expired' },
  DECLINED: { settled: true, money: 'none', status: 'declined' },
  REVERSED: { settled: true, money: 'none', status: 'reversed' },
  REJECTED: { settled: true, money: 'none', status: 'rejected' },
};

/** The events of a payment. */
export type PaymentEvent =
  | 'request'
  | 'reject'
  | 'approve'
  | 'refuse'
  | 'cancel'
  | 'expire'
  | 'send'
  | 'wait'
  | 'capture'
  | 'decline'
  | 'lose-answer'
  | 'reverse'
  | 'confirm-reversal'
  | 'give-up'
  | 'refund'
  | 'confirm-refund'
  | 'end-refund';

interface Transition {
  readonly from: PaymentState;
  readonly on: PaymentEvent;
  readonly to: PaymentState;
}

/** All transitions. An event that has none in the present state came too late and changes nothing. */
export const TRANSITIONS: readonly Transition[] = [
  { from: 'CREATED', on: 'request', to: 'REQUESTED' },
  { from: 'CREATED', on: 'reject', to: 'REJECTED' },
  { from: 'REQUESTED', on: 'approve', to: 'APPROVED' },
  { from: 'REQUESTED', on: 'refuse', to: 'REFUSED' },
  { from: 'REQUESTED', on: 'cancel', to: 'CANCELLED' },
  { from: 'REQUESTED', on: 'expire', to: 'EXPIRED' },
  { from: 'APPROVED', on: 'send', to: 'SENDING' },
  { from: 'APPROVED', on: 'capture', to: 'CAPTURED' },
  { from: 'APPROVED', on: 'decline', to: 'DECLINED' },
  { from: 'SENDING', on: 'capture', to: 'CAPTURED' },
  { from: 'SENDING', on: 'decline', to: 'DECLINED' },
  { from: 'SENDING', on: 'wait', to: 'PENDING' },
  { from: 'SENDING', on: 'lose-answer', to: 'UNKNOWN' },
  { from: 'SENDING', on: 'give-up', to: 'REVIEW' },
  { from: 'PENDING', on: 'capture', to: 'CAPTURED' },
  { from: 'PENDING', on: 'decline', to: 'DECLINED' },
  { from: 'PENDING', on: 'lose-answer', to: 'UNKNOWN' },
  { from: 'PENDING', on: 'give-up', to: 'REVIEW' },
  { from: 'UNKNOWN', on: 'capture', to: 'CAPTURED' },
  { from: 'UNKNOWN', on: 'decline', to: 'DECLINED' },
  { from: 'UNKNOWN', on: 'wait', to: 'PENDING' },
  { from: 'UNKNOWN', on: 'reverse', to: 'REVERSING' },
  { from: 'UNKNOWN', on: 'give-up', to: 'REVIEW' },
  { from: 'REVERSING', on: 'confirm-reversal', to: 'REVERSED' },
  { from: 'REVERSING', on: 'give-up', to: 'REVIEW' },
  { from: 'REVIEW', on: 'capture', to: 'CAPTURED' },
  { from: 'REVIEW', on: 'decline', to: 'DECLINED' },
  { from: 'REVIEW', on: 'confirm-reversal', to: 'REVERSED' },
  { from: 'CAPTURED', on: 'refund', to: 'REFUNDING' },
  { from: 'REFUNDING', on: 'confirm-refund', to: 'REFUNDED' },
  { from: 'REFUNDING', on: 'end-refund', to: 'CAPTURED' },
];

/** The state after the event, or `undefined` when the payment's state has no such transition. */
export function nextState(state: PaymentState, event: PaymentEvent): PaymentState | undefined {
  return TRANSITIONS.find((transition) => transition.from === state && transition.on === event)?.to;
}

/** Whether the payment is settled: only a refund can change it. */
export function isSettled(state: PaymentState): boolean {
  return PAYMENT_STATES[state].settled;
}

/** Whether the text names a state. */
export function isPaymentState(text: string): text is PaymentState {
  return Object.hasOwn(PAYMENT_STATES, text);
}
