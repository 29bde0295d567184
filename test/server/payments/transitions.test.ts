import { describe, expect, it } from 'vitest';
import { nextState, TRANSITIONS } from '../../../server/payments/transitions.ts';
import {
  isSettled,
  PAYMENT_STATES,
  type PaymentEvent,
  type PaymentState,
} from '../../../server/vocabulary/payment-states.ts';

// The design's table of states: where each leads to.
const WAYS: Readonly<Record<PaymentState, readonly PaymentState[]>> = {
  CREATED: ['REQUESTED', 'REJECTED'],
  REQUESTED: ['APPROVED', 'REFUSED', 'CANCELLED', 'EXPIRED'],
  APPROVED: ['SENDING', 'CAPTURED', 'DECLINED'],
  SENDING: ['CAPTURED', 'DECLINED', 'PENDING', 'UNKNOWN', 'REVIEW'],
  PENDING: ['CAPTURED', 'DECLINED', 'UNKNOWN', 'REVIEW'],
  UNKNOWN: ['CAPTURED', 'DECLINED', 'PENDING', 'REVERSING', 'REVIEW'],
  REVERSING: ['REVERSED', 'REVIEW'],
  CAPTURED: ['REFUNDING'],
  REFUNDING: ['REFUNDED', 'CAPTURED'],
  REVIEW: ['CAPTURED', 'DECLINED', 'REVERSED'],
  REFUSED: [],
  CANCELLED: [],
  EXPIRED: [],
  DECLINED: [],
  REVERSED: [],
  REJECTED: [],
  REFUNDED: [],
};

const states = Object.keys(PAYMENT_STATES).filter((name): name is PaymentState => name in PAYMENT_STATES);
const events = [...new Set(TRANSITIONS.map(({ on }) => on))];

describe('the state machine of a payment', () => {
  it.each(Object.entries(WAYS))('%s leads to %j', (from, ways) => {
    const found = TRANSITIONS.filter((transition) => transition.from === from).map(({ to }) => to);
    expect(found.toSorted()).toEqual(ways.toSorted());
  });

  it('has one way at most for a state and an event', () => {
    const ways = TRANSITIONS.map(({ from, on }) => `${from} ${on}`);
    expect(new Set(ways).size).toBe(ways.length);
  });

  it('leaves a settled state only when somebody asks for a refund', () => {
    const leaving = TRANSITIONS.filter(({ from }) => isSettled(from)).map(({ from, on }) => `${from} ${on}`);
    expect(leaving).toEqual(['CAPTURED refund']);
  });

  it('reaches every state from CREATED', () => {
    const reached = new Set<PaymentState>(['CREATED']);
    for (const state of reached) for (const { from, to } of TRANSITIONS) if (from === state) reached.add(to);
    expect([...reached].toSorted()).toEqual(states.toSorted());
  });

  it('approves, refuses, cancels and expires only what waits for the customer', () => {
    const answers: readonly PaymentEvent[] = ['approve', 'refuse', 'cancel', 'expire'];
    for (const event of answers) {
      expect(states.filter((state) => nextState(state, event) !== undefined)).toEqual(['REQUESTED']);
    }
  });

  it('ignores every event that is not in the table', () => {
    const pairs = states.flatMap((state) => events.map((event) => [state, event] as const));
    const defined = pairs.filter(([state, event]) => nextState(state, event) !== undefined);
    expect(defined).toHaveLength(TRANSITIONS.length);
  });

  it('moves money only when the rail has said so, or an operator for it', () => {
    const moving = TRANSITIONS.filter(
      ({ from, to }) => PAYMENT_STATES[from].money !== 'moved' && PAYMENT_STATES[to].money === 'moved',
    );
    expect(moving.map(({ on }) => on)).toEqual(moving.map(() => 'capture'));
    expect(moving.map(({ from }) => from).toSorted()).toEqual(['APPROVED', 'PENDING', 'REVIEW', 'SENDING', 'UNKNOWN']);
  });
});
