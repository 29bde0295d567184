import { describe, expect, it } from 'vitest';
import { takenOver } from '../../../server/service/taken-over.ts';
import { onPostgres } from '../database.ts';
import type { Body } from '../run-twice.ts';
import { PIN, shop, type World } from '../world.ts';

/** The pauses after which a frame is tried again, ms; after the fifth failure it is set aside. */
const TRIED_AGAIN_AT = [0, 1_000, 6_000, 36_000, 156_000];

/** A customer who approves a payment of 150 s; every try to keep the evidence fails as long as the test says. */
async function failing(fails: (tries: number) => boolean, approvesAfterMs = 2_000) {
  const base = await shop();
  const { world, customer, merchant } = base;
  const { txn } = await world.request(merchant, { ttl: 150 });
  await world.clock.advance(approvesAfterMs);
  const times: number[] = [];
  let arrived = 0;
  world.beforeStatement = (sql) => {
    if (!sql.includes('INTO evidence')) return;
    if (times.length === 0) arrived = world.clock.now();
    times.push(world.clock.now() - arrived);
    if (fails(times.length)) throw new Error('disk I/O error');
  };
  customer.phone.approve(PIN);
  const state = async () => (await world.service.payment(txn)).state;
  const faults = () => world.journal.flatMap(({ event }) => (event.kind === 'fault' ? [event.reason] : []));
  return { ...base, txn, times, state, faults };
}

/** The first transaction of this name takes longer than those that run beside it on PostgreSQL. */
function slowAtFirst(slow: string): Body {
  let isFirst = true;
  return (name, work) => {
    if (name !== slow || !isFirst) return work;
    isFirst = false;
    return async (tx) => {
      if (onPostgres) await tx.get('SELECT pg_sleep(0.3)', () => true);
      return work(tx);
    };
  };
}

/** What came of each frame, and how often it was tried in vain. */
const inbox = (world: World) =>
  world.look((tx) =>
    tx.all("SELECT coalesce(result, 'undealt') || ', ' || tries AS kept FROM inbox ORDER BY id", (row) =>
      row.text('kept'),
    ),
  );

describe('a frame that could not be dealt with', () => {
  it('is tried again: one passing fault does not lose an approval', async () => {
    const { world, customer, times, state, faults } = await failing((tries) => tries === 1);
    await world.clock.advance(1_500);
    expect(await state()).toBe('REQUESTED');
    await world.clock.advance(3_000);
    expect(await state()).toBe('CAPTURED');
    expect(times).toEqual(TRIED_AGAIN_AT.slice(0, 2));
    expect(faults()).toHaveLength(1);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
    expect(await world.breaches()).toEqual([]);
  });

  it('keeps the time at which it arrived', async () => {
    const { world } = await failing((tries) => tries === 1);
    await world.clock.advance(1_500);
    const last = await world.look((tx) =>
      tx.get('SELECT received_at FROM inbox ORDER BY id DESC', (row) => row.integer('received_at')),
    );
    const ago = world.clock.now() - (last ?? 0);
    expect([ago > 0, ago <= 1_500]).toEqual([true, true]);
  });

  it('in time counts, though the time is over when it is dealt with', async () => {
    const { world, state } = await failing((tries) => tries < 3, 153_000);
    await world.clock.advance(4_000);
    expect(await state()).toBe('REQUESTED');
    await world.clock.advance(10_000);
    expect(await state()).toBe('CAPTURED');
  });

  it('five times is set aside with an alarm, and what waited for it goes on', async () => {
    const { world, customer, times, state, faults } = await failing(() => true);
    await world.clock.advance(156_000);
    expect(await state()).toBe('REQUESTED');
    await world.clock.advance(5_000);
    expect(times).toEqual(TRIED_AGAIN_AT);
    const fault = expect.stringMatching(/^message \d could not be dealt with: disk I\/O error$/);
    expect(faults()).toEqual(times.map(() => fault));
    expect(await inbox(world)).toEqual(['ENROL: enrolling, 0', 'APPROVE, 0', 'set aside: disk I/O error, 5']);
    expect(world.journal.map(({ event }) => event)).toContainEqual({
      kind: 'alarm',
      alarm: 'message-set-aside',
      ref: expect.stringMatching(/^\d+$/),
    });
    expect(await state()).toBe('EXPIRED');
    await world.clock.advance(3_000);
    expect(customer.phone.receipts().at(-1)?.status).toBe('expired');
  });

  it('is taken up after a crash, in the order of arrival, and once', async () => {
    const { world, customer, state, faults } = await failing(() => true);
    world.beforeStatement = (sql) => {
      if (sql.startsWith('UPDATE challenge SET state')) throw new Error('disk I/O error');
    };
    customer.phone.refuse('no');
    await world.clock.advance(1_200);
    expect((await inbox(world)).slice(-2)).toEqual(['undealt, 1', 'undealt, 1']);
    world.kill();
    world.beforeStatement = () => {};
    world.body = slowAtFirst('frame');
    await world.open();
    expect(await state()).toBe('CAPTURED');
    await world.clock.advance(10_000);
    expect((await inbox(world)).slice(-2)).toEqual(['APPROVE, 1', 'REFUSE, 1']);
    expect(faults()).toHaveLength(2);
  });

  it('is tried again itself, beside another one', async () => {
    const { world, customer, state, faults } = await failing(() => true);
    let fails = true;
    world.beforeStatement = (sql) => {
      if (fails && /INTO (evidence|balance_answer)/.test(sql)) throw new Error('disk I/O error');
    };
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(1_500);
    expect((await inbox(world)).slice(-2)).toEqual(['undealt, 1', 'undealt, 1']);
    fails = false;
    await world.clock.advance(3_000);
    expect(await state()).toBe('CAPTURED');
    expect(customer.phone.received.map(({ type }) => type)).toContain('BALANCE');
    expect((await inbox(world)).slice(-2)).toEqual(['APPROVE, 1', 'STATUS_QUERY, 1']);
    expect(faults()).toHaveLength(2);
  });

  it.each<['next start' | 'next minute']>([['next start'], ['next minute']])(
    'stays for the %s when not even its failure can be written',
    async (when) => {
      const { world, state } = await failing((tries) => tries === 1);
      const { beforeStatement } = world;
      await world.clock.advance(1_500);
      world.beforeStatement = (sql) => {
        if (/INTO evidence|UPDATE inbox SET tries/.test(sql)) throw new Error('disk I/O error');
      };
      await world.clock.advance(3_000);
      expect(world.journal.at(-1)?.event).toEqual({ kind: 'fault', reason: 'disk I/O error' });
      world.beforeStatement = beforeStatement;
      if (when === 'next start') {
        world.kill();
        await world.open();
      } else {
        await world.clock.advance(50_000);
        expect(await state()).toBe('REQUESTED');
        await world.clock.advance(10_000);
      }
      expect(await state()).toBe('CAPTURED');
      const { timersOverdue } = await world.look((tx) => takenOver(tx, Number.MAX_SAFE_INTEGER));
      expect(timersOverdue, 'only the daily jobs are planned').toBe(2);
    },
  );

  it('and that another process has dealt with meanwhile is not tried again', async () => {
    const { world, times, faults } = await failing(() => true);
    const dealtWith = "UPDATE inbox SET frame = NULL, result = 'of another process' WHERE tries = 1";
    world.body = (name, work) => async (tx) => {
      if (name === 'frame failed') await tx.run(dealtWith);
      return work(tx);
    };
    await world.clock.advance(200_000);
    expect(times).toEqual(TRIED_AGAIN_AT.slice(0, 2));
    expect((await inbox(world)).at(-1)).toBe('of another process, 1');
    expect(faults()).toHaveLength(1);
  });

  it('does not hold up the frames that come after it', async () => {
    const { world, customer } = await failing(() => true);
    await world.clock.advance(2_000);
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3_000);
    expect(customer.phone.received.at(-1)?.type).toBe('BALANCE');
  });
});
