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

/** Whether the payment is settled: only a refund can change it. */
export function isSettled(state: PaymentState): boolean {
  return PAYMENT_STATES[state].settled;
}

/** Whether the text names a state. */
export function isPaymentState(text: string): text is PaymentState {
  return Object.hasOwn(PAYMENT_STATES, text);
}

/** The states of a refund. `review`: it is unknown whether the money went back, and a person must find out. */
export const REFUND_STATES = ['in-progress', 'refunded', 'declined', 'review'] as const;
export type RefundState = (typeof REFUND_STATES)[number];
