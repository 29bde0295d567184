import { describe, expect, it } from 'vitest';
import { Store } from '../../server/store/store.ts';
import { type TimerHandlers, Timers } from '../../server/timers.ts';
import { VirtualClock } from '../../sim/index.ts';

function open(store = new Store(':memory:'), clock = new VirtualClock()) {
  const timers = new Timers(store, clock);
  const fired: string[] = [];
  const note = (kind: string) => (subject: string) => {
    fired.push(`${kind} ${subject}`);
  };
  const handlers: TimerHandlers = {
    'payment-resend': note('resend'),
    'payment-expiry': note('expiry'),
    'payment-inquiry': (subject) => {
      if (subject === 'broken') throw new Error('broken');
    },
    'enrolment-resend': note('enrolment resend'),
    'enrolment-expiry': note('enrolment expiry'),
    'receipt-repeat': note('receipt-repeat'),
    'outbox-retry': note('retry'),
    'device-unblock': note('unblock'),
  };
  const set = (subject: string, afterMs: number) =>
    store.transaction(() => timers.set('payment-expiry', subject, clock.now() + afterMs));
  return { store, clock, timers, handlers, fired, set };
}

describe('a timer', () => {
  it('fires when it is due, the earliest first, and once', async () => {
    const { clock, timers, handlers, fired, set } = open();
    timers.start(handlers);
    set('late', 2_000);
    set('early', 1_000);
    await clock.advance(999);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['expiry early']);
    await clock.advance(10_000);
    expect(fired).toEqual(['expiry early', 'expiry late']);
  });

  it('set again takes the new time, and cancelled does not fire', async () => {
    const { store, clock, timers, handlers, fired, set } = open();
    timers.start(handlers);
    set('moved', 1_000);
    set('moved', 3_000);
    set('cancelled', 1_000);
    store.transaction(() => timers.cancel('payment-expiry', 'cancelled'));
    await clock.advance(2_999);
    expect(fired).toEqual([]);
    expect(timers.isSet('payment-expiry', 'moved')).toBe(true);
    await clock.advance(1);
    expect(fired).toEqual(['expiry moved']);
    expect(timers.isSet('payment-expiry', 'moved')).toBe(false);
  });

  it('survives the program: it fires at the next start if it was due meanwhile', async () => {
    const before = open();
    before.set('overdue', 1_000);
    await before.clock.advance(60_000);
    const after = open(before.store, before.clock);
    after.timers.start(after.handlers);
    await after.clock.advance(0);
    expect(after.fired).toEqual(['expiry overdue']);
  });

  it('further away than a day is not forgotten', async () => {
    const { clock, timers, handlers, fired, set } = open();
    timers.start(handlers);
    set('next week', 7 * 86_400_000);
    await clock.advance(7 * 86_400_000 - 1);
    expect(fired).toEqual([]);
    await clock.advance(1);
    expect(fired).toEqual(['expiry next week']);
  });

  it('does not fire once the service has stopped', async () => {
    const { clock, timers, handlers, fired, set } = open();
    timers.start(handlers);
    set('a', 1_000);
    timers.stop();
    await clock.advance(5_000);
    expect(fired).toEqual([]);
  });
});
