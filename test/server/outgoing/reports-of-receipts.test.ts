import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import type { Clock, OutgoingSms } from '../../../modem/index.ts';
import type { Outcome } from '../../../server/index.ts';
import { write } from '../database.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/**
 * A payment whose rail answers when the phone has stopped to ask, so that a report is asked for with its receipt; the service has a clock that can be set.
 * @returns `sent`: what left since then
 */
async function paidLate() {
  const ahead = { ms: 0 };
  const made: { world?: World } = {};
  const clock: Clock = {
    now: () => (made.world?.clock.now() ?? 0) + ahead.ms,
    after: (delay, task) => made.world?.clock.after(delay, task) ?? (() => {}),
  };
  const answer = Promise.withResolvers<Outcome>();
  const rail = new ScriptedRail({ timeoutMs: 20 * MINUTE });
  rail.charges = [answer.promise];
  const world = new World('reports', { rails: [rail], clock });
  made.world = world;
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant } = await world.merchant();
  const { txn } = await world.request(merchant);
  await world.clock.advance(2 * SECOND);
  customer.phone.approve(PIN);
  await world.clock.advance(9 * MINUTE);
  const { sent } = world.air;
  sent.length = 0;
  rail.otherwise = { kind: 'done', approvalCode: 4711 };
  answer.resolve(rail.otherwise);
  await world.clock.advance(0);
  return { world, customer, merchant, ahead, txn, sent };
}

const asksForReport = ({ statusReport }: OutgoingSms) => statusReport === true;

describe('a report that the phone has a receipt', () => {
  it.each([
    ['in the same millisecond', 0],
    ['by a clock that was put back', -90 * SECOND],
    ['by a clock that was put forward', 90 * SECOND],
  ])('says nothing of the one that took its place %s', async (_, step) => {
    const { world, txn, ahead, sent } = await paidLate();
    ahead.ms = step;
    await world.service.refund(txn);
    await world.clock.advance(0);
    expect(sent.map(asksForReport)).toEqual([true, true]);
    const [paid, refunded] = sent;
    expect(paid?.content).not.toEqual(refunded?.content);
    world.air.report(paid, 'delivered');
    await world.clock.advance(MINUTE + SECOND);
    expect(sent.slice(2).map(({ content }) => content)).toEqual([refunded?.content]);
    world.air.report(refunded, 'delivered');
    await world.clock.advance(3 * DAY);
    expect(sent).toHaveLength(3);
  });

  it.each([-90 * SECOND, 0, 90 * SECOND])(
    'ends its repeats, also when it was sent again by a clock that differs by %d ms',
    async (step) => {
      const { world, ahead, sent } = await paidLate();
      ahead.ms = step;
      await world.clock.advance(3 * MINUTE);
      expect(sent.map(asksForReport)).toEqual([true, true]);
      world.air.report(sent[1], 'delivered');
      await world.clock.advance(3 * DAY);
      expect(sent).toHaveLength(2);
    },
  );

  it('says nothing when the tables were of an earlier version, until the receipt is sent again', async () => {
    const { world, sent } = await paidLate();
    await write(world.database, 'UPDATE receipt SET first_frame = NULL');
    world.air.report(sent[0], 'delivered');
    await world.clock.advance(3 * MINUTE);
    expect(sent).toHaveLength(2);
    world.air.report(sent[1], 'delivered');
    await world.clock.advance(3 * DAY);
    expect(sent).toHaveLength(2);
  });

  it('is waited for as long for a receipt that took the place of one that was sent again often', async () => {
    const { world, txn, sent } = await paidLate();
    await world.clock.advance(80 * MINUTE);
    expect(sent).toHaveLength(4);
    await world.service.refund(txn);
    await world.clock.advance(80 * MINUTE);
    expect(sent).toHaveLength(8);
  });

  it('ends its repeats when the report was asked for while the receipt waited for the bearer', async () => {
    const { world, customer, merchant, sent } = await paidLate();
    world.air.report(sent[0], 'delivered');
    const { txn } = await world.request(merchant, { mref: 'waits' });
    await world.clock.advance(2 * SECOND);
    world.air.fate = () => ({ kind: 'failed', reason: '+CMS ERROR: 38', retry: true });
    customer.phone.approve(PIN);
    await world.clock.advance(9 * MINUTE);
    customer.phone.query(octetsOf(txn));
    await world.clock.advance(2 * SECOND);
    world.air.fate = () => 'deliver';
    sent.length = 0;
    await world.clock.advance(15 * MINUTE);
    expect(sent.map(asksForReport)).toEqual([true]);
    world.air.report(sent[0], 'delivered');
    await world.clock.advance(3 * DAY);
    expect(sent).toHaveLength(1);
  });
});
