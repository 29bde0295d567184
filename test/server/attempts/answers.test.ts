import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../modem/index.ts';
import type { LocalRail, Outcome, RailOrder } from '../../../server/index.ts';
import { rows } from '../database.ts';
import { approved } from '../rails/approved.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { CUSTOMER_NUMBER, DEPOSIT, PIN, World } from '../world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const done = { kind: 'done', approvalCode: 4711 } as const;
const declined = { kind: 'declined', reason: '51' } as const;
const unknown: Outcome = { kind: 'unknown', reason: 'no answer' };
const pending: Outcome = { kind: 'pending' };

/** A promise that the test settles. */
function later<T>(): { readonly promise: Promise<T>; readonly settle: (value: T) => void } {
  const { promise, resolve } = Promise.withResolvers<T>();
  return { promise, settle: resolve };
}

describe('a rail that has not decided', () => {
  it('is asked each hour, and days of that do not use up the tries after a lost answer', async () => {
    const rail = new ScriptedRail();
    rail.charges = [pending];
    rail.otherwise = pending;
    const { world, state } = await approved(rail);
    await world.clock.advance(2 * DAY);
    expect(await state()).toBe('PENDING');
    expect(rail.calls).toHaveLength(49);
    rail.inquiries = [unknown, done];
    await world.clock.advance(HOUR);
    expect(await state()).toBe('CAPTURED');
  });

  it('and answers again after a lost answer has all its tries again', async () => {
    const rail = new ScriptedRail({ retryMs: [1_000, 1_000] });
    rail.charges = [unknown];
    rail.inquiries = [unknown, { kind: 'pending', askAgainMs: 1_000 }, unknown, unknown, done];
    const { world, state } = await approved(rail);
    await world.clock.advance(6_000);
    expect(await state()).toBe('CAPTURED');
  });

  it.each([
    ['a second after, when it says at once', 0, 9_000, 11],
    ['a day after, when it says never', Number.MAX_SAFE_INTEGER, 3 * DAY, 4],
    ['when it says', 60_000, 600_000, 11],
  ])('is asked %s', async (_, askAgainMs, ms, calls) => {
    const rail = new ScriptedRail();
    rail.charges = [{ kind: 'pending', askAgainMs }];
    rail.otherwise = { kind: 'pending', askAgainMs };
    const { world } = await approved(rail);
    await world.clock.advance(ms);
    expect(rail.calls).toHaveLength(calls);
  });

  it('for 30 days is given up, and may say it afterwards', async () => {
    const rail = new ScriptedRail();
    rail.charges = [{ kind: 'pending', askAgainMs: DAY }];
    rail.otherwise = { kind: 'pending', askAgainMs: DAY };
    const { world, txn, state, alarms } = await approved(rail);
    await world.clock.advance(29.9 * DAY);
    expect(await state()).toBe('PENDING');
    await world.clock.advance(DAY);
    expect(await world.service.payment(txn)).toMatchObject({ state: 'REVIEW', reason: 'the rail does not decide' });
    expect(alarms()).toEqual(['payment-needs-review']);
    rail.notices = [{ key: `${txn}:charge`, outcome: done }];
    await world.service.notice('card', new Uint8Array());
    expect(await state()).toBe('CAPTURED');
    expect(await world.breaches()).toEqual([]);
  });

  it.each([
    ['tells by itself, is waited for', true, 'PENDING', []],
    ['does not tell by itself, ends with a person', false, 'REVIEW', ['payment-needs-review']],
  ])('and cannot be asked any more, but %s', async (_, tells, expected, raised) => {
    const keyLifeMs = { charge: HOUR, refund: HOUR, reversal: HOUR };
    const rail = new ScriptedRail({ onUnknown: 'repeat', keyLifeMs });
    Object.assign(rail, { inquire: undefined, ...(!tells && { accept: undefined }) });
    rail.charges = [pending];
    const { world, txn, state, alarms } = await approved(rail);
    await world.clock.advance(3 * HOUR);
    expect(rail.calls).toEqual(['charge']);
    expect([await state(), alarms()]).toEqual([expected, raised]);
    if (!tells) return;
    await world.clock.advance(30 * DAY);
    expect([await state(), alarms()]).toEqual(['REVIEW', ['payment-needs-review']]);
    rail.notices = [{ key: `${txn}:charge`, outcome: done }];
    await world.service.notice('card', new Uint8Array());
    expect(await state()).toBe('CAPTURED');
  });

  it('is asked by the same order again where it cannot be asked', async () => {
    const rail = new ScriptedRail({ onUnknown: 'repeat' });
    Object.assign(rail, { inquire: undefined });
    rail.charges = [pending, done];
    const { world, state } = await approved(rail);
    await world.clock.advance(HOUR);
    expect(rail.calls).toEqual(['charge', 'charge']);
    expect(await state()).toBe('CAPTURED');
  });
});

describe('a rail that works by reversal', () => {
  it('is asked about what it has not decided, and reverses only what it does not answer', async () => {
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [1_000] });
    rail.charges = [pending];
    rail.inquiries = [pending, unknown];
    rail.reversals = [done];
    const { world, state } = await approved(rail);
    await world.clock.advance(HOUR);
    expect(rail.calls).toEqual(['charge', 'inquire charge']);
    expect(await state()).toBe('PENDING');
    await world.clock.advance(HOUR - 5_000);
    expect(await state()).toBe('PENDING');
    await world.clock.advance(10_000);
    expect(rail.calls).toEqual(['charge', 'inquire charge', 'inquire charge', 'reversal']);
    expect(await state()).toBe('REVERSED');
    expect(await world.breaches()).toEqual([]);
  });
});

describe('a process that is stopped between the commit and the call', () => {
  it.each([
    [14_999, ['charge']],
    [15_000, ['inquire charge']],
  ])('for %i ms: the rail first hears %j', async (stoppedMs, calls) => {
    const rail = new ScriptedRail();
    let late = 0;
    const clock: Clock = {
      now: () => world.clock.now() + late,
      after: (ms, task) => world.clock.after(ms, task),
    };
    const world: World = new World('stopped', { rails: [rail], clock });
    await world.open();
    const customer = await world.subscriber(CUSTOMER_NUMBER);
    const { merchant } = await world.merchant();
    await world.request(merchant);
    await world.clock.advance(2_000);
    const before = rail.calls.length;
    world.afterCommit = () => {
      late = stoppedMs;
    };
    customer.phone.approve(PIN);
    await world.clock.advance(1_500);
    late = 0;
    world.afterCommit = () => {};
    await world.clock.advance(16_000);
    expect(rail.calls.slice(before, before + 1)).toEqual(calls);
  });
});

describe('what a rail noted about an order', () => {
  const note = '{"stan":17}';

  it('comes with each further question and with the reversal', async () => {
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [1_000, 1_000] });
    rail.charges = [{ ...pending, askAgainMs: 1_000, note }];
    const inquired: string[] = [];
    rail.inquire = async (order) => {
      inquired.push(order.note);
      return unknown;
    };
    rail.reversals = [unknown, done];
    const { world, txn, state } = await approved(rail);
    await world.clock.advance(10_000);
    expect(await state()).toBe('REVERSED');
    expect(inquired).toEqual([note]);
    expect(rail.orders.map(({ key, note: said }) => [key, said])).toEqual([
      [`${txn}:charge`, ''],
      [`${txn}:reversal`, note],
      [`${txn}:reversal`, note],
    ]);
  });

  it('is its own for a refund, and may be made before the first question', async () => {
    const rail = Object.assign(new ScriptedRail(), { prepare: async (_: unknown, { key }: RailOrder) => `"${key}"` });
    rail.charges = [done];
    rail.refunds = [done];
    const { world, txn } = await approved(rail);
    await world.service.refund(txn);
    expect(rail.orders.map(({ note: said }) => said)).toEqual([`"${txn}:charge"`, `"${txn}:refund-1"`]);
  });
});

describe('an attempt whose answer was lost', () => {
  it('ends with a person at once where the rail knows no retries', async () => {
    const { state, alarms } = await approved(new ScriptedRail({ retryMs: [] }));
    expect(await state()).toBe('REVIEW');
    expect(alarms()).toEqual(['payment-needs-review']);
  });

  it('is reversed at once where the rail works by reversal and knows no pause', async () => {
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [] });
    rail.reversals = [done];
    const { state } = await approved(rail);
    expect(await state()).toBe('REVERSED');
  });

  it('is the same when the rail throws at once', async () => {
    const rail = new ScriptedRail();
    rail.send = () => {
      throw new TypeError('not a function');
    };
    const { world, txn } = await approved(rail);
    expect(await world.service.payment(txn)).toMatchObject({ state: 'UNKNOWN', reason: 'not a function' });
  });

  it.each([
    [14_900, 'SENDING'],
    [15_100, 'UNKNOWN'],
  ])('is lost 5 s after the time-out of the rail, which is 10 s: after %i ms it is %s', async (ms, expected) => {
    const rail = new ScriptedRail();
    rail.charges = [later<Outcome>().promise];
    const { world, state } = await approved(rail);
    await world.clock.advance(ms - 1_500);
    expect(await state()).toBe(expected);
  });

  /** keyLifeMs less the rail's time-out is how long an order is sent again. */
  it.each([
    ['repeat', 60_000, 49_999, ['charge', 'charge'], 'CAPTURED'],
    ['repeat', 60_000, 50_000, ['charge', 'inquire charge'], 'DECLINED'],
    ['inquire', 60_000, 49_999, ['charge', 'inquire charge', 'charge'], 'CAPTURED'],
    ['inquire', 60_000, 50_000, ['charge', 'inquire charge'], 'DECLINED'],
  ] as const)(
    'is sent again only while the rail knows its key: %s, %i ms, after %i',
    async (onUnknown, life, pause, calls, end) => {
      const keyLifeMs = { charge: life, refund: DAY, reversal: DAY };
      const rail = new ScriptedRail({ onUnknown, keyLifeMs, retryMs: [pause] });
      rail.charges = [unknown, done];
      rail.inquiries = [{ kind: 'absent', final: true }];
      const { world, txn } = await approved(rail);
      await world.clock.advance(pause);
      expect(rail.calls).toEqual(calls);
      const reason = end === 'DECLINED' ? 'never-sent' : undefined;
      expect(await world.service.payment(txn)).toMatchObject({ state: end, reason });
      expect(await world.breaches()).toEqual([]);
    },
  );

  it.each([
    ['can be asked', ['charge', 'reversal', 'inquire reversal', 'reversal']],
    ['cannot be asked', ['charge', 'reversal', 'reversal']],
  ])('is sent again however old its key is when it is a reversal, at a rail that %s', async (asked, calls) => {
    const keyLifeMs = { charge: DAY, refund: DAY, reversal: 0 };
    const rail = new ScriptedRail({ onUnknown: 'reverse', keyLifeMs, retryMs: [1_000, 1_000] });
    rail.charges = [unknown];
    rail.reversals = [unknown, done];
    rail.inquiries = [{ kind: 'absent', final: true }];
    if (asked === 'cannot be asked') Object.assign(rail, { inquire: undefined });
    const { world, state } = await approved(rail);
    await world.clock.advance(5_000);
    expect(rail.calls).toEqual(calls);
    expect(await state()).toBe('REVERSED');
  });

  it('is not sent again after the life of its key where the rail cannot be asked: a person looks', async () => {
    const keyLifeMs = { charge: 60_000, refund: DAY, reversal: DAY };
    const rail = new ScriptedRail({ onUnknown: 'repeat', keyLifeMs, retryMs: [60_000] });
    Object.assign(rail, { inquire: undefined });
    const { world, state } = await approved(rail);
    await world.clock.advance(60_000);
    expect(rail.calls).toEqual(['charge']);
    expect(await state()).toBe('REVIEW');
  });

  it('ends with a person when the answers to its repeats are lost too', async () => {
    const rail = new ScriptedRail({ onUnknown: 'repeat', retryMs: [1_000, 2_000] });
    const { world, state } = await approved(rail);
    await world.clock.advance(3_000);
    expect(rail.calls).toEqual(['charge', 'charge', 'charge']);
    expect(await state()).toBe('REVIEW');
  });

  it('has a key life of its own as a refund', async () => {
    const keyLifeMs = { charge: 0, refund: DAY, reversal: 0 };
    const rail = new ScriptedRail({ onUnknown: 'repeat', keyLifeMs, retryMs: [60_000] });
    rail.charges = [done];
    rail.refunds = [unknown, done];
    const { world, txn, state } = await approved(rail);
    const refunding = world.service.refund(txn, {}, 0);
    await world.clock.advance(61_000);
    await refunding;
    expect(rail.calls).toEqual(['charge', 'refund', 'refund']);
    expect(await state()).toBe('REFUNDED');
  });

  it('in the database is asked about again when its time is over, and the fault is in the journal', async () => {
    const answer = later<Outcome>();
    const rail = new ScriptedRail();
    rail.charges = [answer.promise];
    const { world, state } = await approved(rail);
    world.beforeStatement = (sql) => {
      if (sql.startsWith('UPDATE attempt SET state = ?')) throw new Error('disk I/O error');
    };
    answer.settle(done);
    await world.clock.advance(10);
    expect(world.journal.at(-1)?.event).toEqual({ kind: 'fault', reason: 'disk I/O error' });
    world.beforeStatement = () => {};
    rail.inquiries = [done];
    await world.clock.advance(16_000);
    expect(await state()).toBe('CAPTURED');
  });

  it('stays open while the rail only does not know the order yet', async () => {
    const rail = new ScriptedRail();
    rail.inquiries = [{ kind: 'absent', final: false }, done];
    const { world, state } = await approved(rail);
    expect(await state()).toBe('UNKNOWN');
    await world.clock.advance(5_000);
    expect(rail.calls).toEqual(['charge', 'inquire charge', 'inquire charge']);
    expect(await state()).toBe('CAPTURED');
  });
});

describe('a local rail', () => {
  it.each([
    ['done, its note takes the place of that of the order', { ...done, note: '{"line":7}' }, 'CAPTURED'],
    ['done, without a note the order keeps its own', done, 'CAPTURED'],
    ['declined', declined, 'DECLINED'],
  ])('decides at once: %s', async (_, outcome, state) => {
    const rail: LocalRail = {
      name: 'paypal',
      local: true,
      capabilities: new ScriptedRail().capabilities,
      payerOf: () => 'clearing:paypal',
      settlement: async () => [],
      decide: async () => outcome,
    };
    const { world, txn } = await approved(rail);
    const [code, reason] = outcome.kind === 'done' ? [4711, undefined] : [0, '51'];
    expect(await world.service.payment(txn)).toMatchObject({ state, approvalCode: code, reason, rail: 'paypal' });
    const columns = 'rail_key, rail, state, tries, unanswered, note, reason, approval_code';
    const found = await rows(world.database, `SELECT ${columns} FROM attempt`);
    const row = { rail_key: `${txn}:charge`, rail: 'paypal', state: outcome.kind, tries: 1, unanswered: 0 };
    const note = 'note' in outcome ? outcome.note : '';
    expect(found).toEqual([{ ...row, note, reason: reason ?? null, approval_code: code }]);
  });
});

describe('a payment that is cancelled while its rail decides', () => {
  it('is not charged, and the answer of the phone is tried again', async () => {
    const rail: LocalRail = {
      name: 'paypal',
      local: true,
      capabilities: new ScriptedRail().capabilities,
      payerOf: () => 'clearing:paypal',
      settlement: async () => [],
      decide: async (tx, { txn }) => {
        await tx.run("UPDATE payment SET state = 'CANCELLED' WHERE txn = ?", txn);
        return done;
      },
    };
    const { world, txn, state } = await approved(rail);
    expect(await state()).toBe('REQUESTED');
    const faults = world.journal.flatMap(({ event }) => (event.kind === 'fault' ? [event.reason] : []));
    expect(faults[0]).toContain(`payment ${txn} was changed by another transaction`);
  });
});

describe('the reason of a payment', () => {
  it.each([
    ['paid', done, 'CAPTURED', undefined],
    ['declined', declined, 'DECLINED', '51'],
  ])('is not the lost answer any more once it is %s', async (_, outcome, state, reason) => {
    const rail = new ScriptedRail();
    rail.inquiries = [unknown, outcome];
    const { world, txn } = await approved(rail);
    expect(await world.service.payment(txn)).toMatchObject({ state: 'UNKNOWN', reason: 'no answer' });
    await world.clock.advance(5_000);
    expect(await world.service.payment(txn)).toMatchObject({ state, reason });
  });

  it('stays the lost answer while a person finds out', async () => {
    const rail = new ScriptedRail({
      onUnknown: 'repeat',
      keyLifeMs: { charge: 60_000, refund: 0, reversal: 0 },
      retryMs: [60_000],
    });
    Object.assign(rail, { inquire: undefined });
    const { world, txn } = await approved(rail);
    await world.clock.advance(60_000);
    expect(await world.service.payment(txn)).toMatchObject({ state: 'REVIEW', reason: 'no answer' });
  });

  it('of a refund that was declined does not stay with the next one', async () => {
    const rail = new ScriptedRail();
    rail.charges = [done];
    rail.refunds = [declined, done];
    const { world, txn } = await approved(rail);
    expect(await world.service.refund(txn)).toMatchObject({ state: 'CAPTURED', reason: '51' });
    expect(await world.service.refund(txn)).toMatchObject({ state: 'REFUNDED', reason: undefined });
  });
});

describe('a late answer', () => {
  it('without a decision to an earlier question does not count while a later question is open', async () => {
    const first = later<Outcome>();
    const second = later<Outcome>();
    const rail = new ScriptedRail({ retryMs: [1_000, 60_000] });
    rail.charges = [first.promise];
    rail.inquiries = [];
    rail.inquire = () => second.promise;
    const { world, state } = await approved(rail);
    await world.clock.advance(16_000);
    expect(await state()).toBe('UNKNOWN');
    first.settle(pending);
    await world.clock.advance(10);
    expect(await state()).toBe('UNKNOWN');
    second.settle(done);
    await world.clock.advance(10);
    expect(await state()).toBe('CAPTURED');
  });

  it('counts while the outcome is open, and an answer without a decision does not', async () => {
    for (const [outcome, expected] of [
      [done, 'CAPTURED'],
      [declined, 'DECLINED'],
      [pending, 'UNKNOWN'],
    ] as const) {
      const answer = later<Outcome>();
      const rail = new ScriptedRail();
      rail.charges = [answer.promise];
      const { world, state } = await approved(rail);
      await world.clock.advance(16_000);
      answer.settle(outcome);
      await world.clock.advance(10);
      expect(await state()).toBe(expected);
      expect(await world.breaches()).toEqual([]);
    }
  });

  it.each([
    [done, 'CAPTURED'],
    [declined, 'DECLINED'],
  ])('takes a payment out of REVIEW: %o, %s', async (outcome, expected) => {
    const answer = later<Outcome>();
    const rail = new ScriptedRail({ retryMs: [] });
    rail.charges = [answer.promise];
    const { world, state, alarms } = await approved(rail);
    await world.clock.advance(16_000);
    expect(await state()).toBe('REVIEW');
    answer.settle(outcome);
    await world.clock.advance(10);
    expect(await state()).toBe(expected);
    expect(alarms()).toEqual(['payment-needs-review']);
    expect(await world.breaches()).toEqual([]);
  });

  it.each([
    [true, declined, 'CAPTURED', ['payment-needs-review', 'rail-contradicts-itself']],
    [true, done, 'CAPTURED', ['payment-needs-review']],
    [false, done, 'DECLINED', ['payment-needs-review', 'rail-contradicts-itself']],
  ])('does not change what an operator has said: moved %s, %o', async (moved, outcome, expected, raised) => {
    const answer = later<Outcome>();
    const rail = new ScriptedRail({ retryMs: [] });
    rail.charges = [answer.promise];
    const { world, txn, state, alarms } = await approved(rail);
    await world.clock.advance(16_000);
    await world.service.resolve(txn, { moved, reason: 'statement, line 7' });
    answer.settle(outcome);
    await world.clock.advance(10);
    expect(await state()).toBe(expected);
    expect(alarms()).toEqual(raised);
    expect(await world.breaches()).toEqual([]);
  });

  it.each([
    ['open', unknown, 'REVERSING', 'the rail did not answer in time'],
    ['done', done, 'REVERSED', 'reversed'],
    ['refused', declined, 'REVIEW', '51'],
  ] as const)('does not take back a reversal that is %s', async (_, reversal, expected, reason) => {
    const answer = later<Outcome>();
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [1_000, HOUR] });
    rail.charges = [answer.promise];
    rail.reversals = [reversal];
    const { world, txn, state, alarms } = await approved(rail);
    await world.clock.advance(17_000);
    expect(await state()).toBe(expected);
    answer.settle(done);
    await world.clock.advance(10);
    expect(await world.service.payment(txn)).toMatchObject({ state: expected, reason });
    expect(alarms().filter((alarm) => alarm !== 'payment-needs-review')).toEqual(['answer-after-reversal']);
    expect(await world.breaches()).toEqual([]);
  });

  it.each([
    ['ends the review', undefined, 'REVERSED', []],
    ['changes nothing after an operator', true, 'CAPTURED', ['answer-after-reversal']],
    ['changes nothing after an operator', false, 'DECLINED', ['answer-after-reversal']],
  ])('about a reversal that was given up %s: moved %s', async (_, moved, expected, raised) => {
    const answer = later<Outcome>();
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [] });
    rail.charges = [unknown];
    rail.send = async (order) => (order.kind === 'reversal' ? answer.promise : unknown);
    const { world, txn, customer, state, alarms } = await approved(rail);
    await world.clock.advance(16_000);
    expect(await state()).toBe('REVIEW');
    if (moved !== undefined) await world.service.resolve(txn, { moved, reason: 'statement, line 7' });
    answer.settle(done);
    await world.clock.advance(3_000);
    expect(await state()).toBe(expected);
    expect(alarms()).toEqual(['payment-needs-review', ...raised]);
    expect(await world.service.holdings(customer.person.id)).toEqual([DEPOSIT]);
    expect(await world.breaches()).toEqual([]);
  });
});

describe('a payment whose rail', () => {
  it('is gone when the customer approves is declined, and no other rail takes its place', async () => {
    const { world, txn, customer, state, alarms } = await approved(new ScriptedRail(), { rails: [] });
    expect(await state()).toBe('CAPTURED');
    await world.clock.advance(1_000);
    world.kill();
    await world.open(undefined, { rails: [new ScriptedRail()] });
    const { merchant } = await world.merchant();
    const second = await world.request(merchant);
    expect(second.rail).toBe('card');
    await world.clock.advance(2_000);
    world.kill();
    await world.open(undefined, { rails: [] });
    customer.phone.approve('48213');
    await world.clock.advance(3_000);
    expect(await world.service.payment(second.txn)).toMatchObject({ state: 'DECLINED', reason: 'rail-missing' });
    expect(customer.phone.receipts().at(-1)?.status).toBe('declined');
    expect(alarms()).toEqual(['rail-missing']);
    expect(await world.service.holdings(customer.person.id)).toEqual([
      { minor: DEPOSIT.minor - 1_250, currency: 'EUR' },
    ]);
    expect((await world.service.payment(txn)).rail).toBe('ledger');
  });

  it('is gone while the outcome is open waits for it, with an alarm', async () => {
    const { world, state, alarms } = await approved(new ScriptedRail());
    world.kill();
    await world.open(undefined, { rails: [] });
    await world.clock.advance(2 * HOUR);
    expect(await state()).toBe('UNKNOWN');
    expect(alarms()).toEqual(['rail-missing', 'rail-missing']);
    world.kill();
    // The 30 days are those of a rail that says that it has not decided.
    await world.clock.advance(31 * DAY);
    const rail = new ScriptedRail();
    rail.inquiries = [done];
    await world.open(undefined, { rails: [rail] });
    await world.clock.advance(2 * HOUR);
    expect(await state()).toBe('CAPTURED');
  });

  it.each([
    [1_250, 'REQUESTED'],
    [1_249, 'amount-limit'],
  ])('moves at most %i: %s', async (maxMinor, expected) => {
    const { world, merchant } = await approved(new ScriptedRail({ maxMinor: 2_000_000 }));
    world.kill();
    await world.open(undefined, { rails: [new ScriptedRail({ maxMinor })] });
    expect(
      await world.request(merchant).then(
        ({ state }) => state,
        ({ reason }) => reason,
      ),
    ).toBe(expected);
  });
});
