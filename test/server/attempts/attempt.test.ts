import { describe, expect, it } from 'vitest';
import { attemptByKey, changeAttempt } from '../../../server/attempts/attempt.ts';
import { AttemptEngine } from '../../../server/attempts/engine.ts';
import type { LocalRail, Outcome, Rail, RailOrder } from '../../../server/index.ts';
import { Journal } from '../../../server/journal/journal.ts';
import { transferOutcome } from '../../../server/ledger/ledger.ts';
import { Rails } from '../../../server/rails/rail.ts';
import type { Store } from '../../../server/store/store.ts';
import { Timers } from '../../../server/time/timers.ts';
import { personId, ref } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { PIN, shop } from '../world.ts';

/** Pauses of a rail that is asked again, ms. */
const AGAIN = [0, 5_000];

/** The file of a service whose customer approved a payment, about which the rail answered so. */
async function answered(outcome: Outcome, retryMs: readonly number[] = AGAIN) {
  const rail = new ScriptedRail({ retryMs });
  rail.charges.push(outcome);
  const { world, customer, merchant } = await shop('attempt', { rails: [rail] });
  const { txn } = await world.request(merchant);
  await world.clock.advance(2_000);
  customer.phone.approve(PIN);
  await world.clock.advance(3_000);
  const { changedAt } = await world.service.payment(txn);
  await world.service.close();
  const store = await world.store();
  const key = `${txn}:charge`;
  const row = () =>
    store.read((tx) =>
      tx.get(
        `SELECT attempt.*, (SELECT count(*) FROM timer WHERE kind = 'attempt' AND subject = rail_key) AS timers
         FROM attempt WHERE rail_key = ?`,
        (found) => ({
          state: found.text('state'),
          reason: found.optionalText('reason'),
          approvalCode: found.integer('approval_code'),
          tries: found.integer('tries'),
          unanswered: found.integer('unanswered'),
          note: found.text('note'),
          changedAt: found.integer('changed_at'),
          timers: found.integer('timers'),
        }),
        key,
      ),
    );
  return { store, key, row, changedAt };
}

describe('the row of an attempt', () => {
  it.each([
    [
      { kind: 'done', approvalCode: 4711, note: 'n1' },
      { state: 'done', reason: undefined, approvalCode: 4711, note: 'n1' },
      AGAIN,
    ],
    [
      { kind: 'declined', reason: '51', note: 'n2' },
      { state: 'declined', reason: '51', approvalCode: 0, note: 'n2' },
      AGAIN,
    ],
    [
      { kind: 'unknown', reason: 'lost', note: 'n3' },
      { state: 'unknown', reason: 'no answer', approvalCode: 0, note: 'n3', tries: 2, unanswered: 2, timers: 1 },
      AGAIN,
    ],
    [
      { kind: 'unknown', reason: 'lost', note: 'n4' },
      { state: 'given-up', reason: 'lost', approvalCode: 0, note: 'n4' },
      [],
    ],
    [
      { kind: 'pending', note: 'n5' },
      { state: 'pending', reason: undefined, approvalCode: 0, note: 'n5', timers: 1 },
      AGAIN,
    ],
  ] as const)('after %o', async (outcome, expected, retryMs) => {
    const { store, row, changedAt } = await answered(outcome, retryMs);
    expect(await row()).toEqual({ tries: 1, unanswered: 0, changedAt, timers: 0, ...expected });
    await store.close();
  });

  it.each([
    ['was asked again since', (tries: number) => ({ tries: tries - 1 })],
    ['is in another state by now', () => ({ state: 'pending' as const })],
  ])('is not changed by who read it before it %s', async (_, earlier) => {
    const { store, key, row } = await answered({ kind: 'unknown', reason: 'lost' });
    const before = await row();
    const changed = await store.transaction('late', async (tx) => {
      const attempt = await attemptByKey(tx, key);
      if (attempt === undefined) throw new Error('no attempt');
      return changeAttempt(tx, { ...attempt, ...earlier(attempt.tries) }, { state: 'done', approvalCode: 1 }, 7);
    });
    expect(changed).toBeUndefined();
    expect(await row()).toEqual(before);
    await store.close();
  });
});

function engineOf(store: Store, rail: Rail): AttemptEngine {
  const clock = new VirtualClock();
  const journal = new Journal(clock);
  return new AttemptEngine(store, clock, new Timers(store, clock, journal), journal, new Rails(rail, []));
}

describe('an attempt', () => {
  const local: LocalRail = {
    name: 'paypal',
    local: true,
    capabilities: new ScriptedRail().capabilities,
    payerOf: () => 'clearing:paypal',
    settlement: async () => [],
    decide: async () => ({ kind: 'done', approvalCode: 0 }),
  };
  const card = new ScriptedRail();
  card.refunds = [new Promise(() => {})];

  it.each([
    ['outside', card, []],
    ['of the service', local, ['done']],
  ] as const)('at a rail %s is made once a key', async (_, rail, outcomes) => {
    const { store, key } = await answered({ kind: 'done', approvalCode: 1 });
    const engine = engineOf(store, rail);
    const heard: string[] = [];
    engine.listen({ changed: async (_tx, { state }) => void heard.push(state), reverse: async () => {} });
    const txn = ref(key.slice(0, 16));
    const order: RailOrder = {
      ...{ key: `${txn}:refund-1`, txn, kind: 'refund', amount: { minor: 5, currency: 'EUR' }, note: '' },
      ...{ payer: rail.payerOf(personId(1)), merchant: 'merchant:1' },
    };
    for (const _time of ['first', 'again']) await store.transaction('refund', (tx) => engine.begin(tx, rail, order));
    expect([heard, card.calls]).toEqual([outcomes, ['refund']]);
    await store.close();
  });

  // A local rail leaves nothing open, but an earlier version of the service did.
  it.each([
    ['outside', new ScriptedRail()],
    ['of the service', { ...local, name: 'card' }],
  ] as const)(
    'that was given up at a rail %s moves its money when a person says so, and then no more',
    async (_, rail) => {
      const { store, key } = await answered({ kind: 'unknown', reason: 'lost' }, []);
      const engine = engineOf(store, rail);
      const outcome = () => store.read((tx) => transferOutcome(tx, key));
      const resolve = (said: Parameters<AttemptEngine['resolve']>[2]) =>
        store.transaction('resolve', (tx) => engine.resolve(tx, key, said));
      expect(await outcome()).toBe('pending');
      await resolve({ kind: 'done', approvalCode: 0 });
      expect(await outcome()).toBe('posted');
      await expect(resolve({ kind: 'declined', reason: '51' })).rejects.toThrow(`${key} was not given up`);
      expect(await outcome()).toBe('posted');
      await store.close();
    },
  );
});
