import type { PaymentEvent, PaymentState } from '../vocabulary/payment-states.ts';

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
