import { describe, expect, it } from 'vitest';
import { attemptByKey, changeAttempt } from '../../../server/attempts/attempt.ts';
import type { Outcome } from '../../../server/index.ts';
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
        'SELECT * FROM attempt WHERE rail_key = ?',
        (found) => ({
          state: found.text('state'),
          reason: found.optionalText('reason'),
          approvalCode: found.integer('approval_code'),
          tries: found.integer('tries'),
          unanswered: found.integer('unanswered'),
          note: found.text('note'),
          changedAt: found.integer('changed_at'),
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
      { state: 'unknown', reason: 'no answer', approvalCode: 0, note: 'n3', tries: 2, unanswered: 2 },
      AGAIN,
    ],
    [
      { kind: 'unknown', reason: 'lost', note: 'n4' },
      { state: 'given-up', reason: 'lost', approvalCode: 0, note: 'n4' },
      [],
    ],
    [{ kind: 'pending', note: 'n5' }, { state: 'pending', reason: undefined, approvalCode: 0, note: 'n5' }, AGAIN],
  ] as const)('after %o', async (outcome, expected, retryMs) => {
    const { store, row, changedAt } = await answered(outcome, retryMs);
    expect(await row()).toEqual({ tries: 1, unanswered: 0, changedAt, ...expected });
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
