import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PIN, shop } from './world.ts';

const Problem = z.object({ type: z.string(), status: z.int(), detail: z.string() });

/** A shop whose disk can become full, and what the service says about it. */
async function shopOnDisk() {
  const told: boolean[] = [];
  const opened = await shop('disk', { onRoom: (hasRoom) => told.push(hasRoom) });
  const { world, apiKey } = opened;
  const disk = { full: false };
  world.beforeStatement = (sql) => {
    if (disk.full && !/^\s*(SELECT|WITH|PRAGMA)/.test(sql))
      throw Object.assign(new Error('database or disk is full'), { errcode: 13 });
  };
  const order = (mref: string) =>
    world.service.http.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: { authorization: `Bearer ${apiKey}` },
      payload: { mref, customer: opened.customer.person.number, amount: { minor: 100, currency: 'EUR' } },
    });
  return { ...opened, disk, told, order };
}

describe('a service on a full disk', () => {
  it('refuses requests, loses nothing, says so once, and goes on when there is room', async () => {
    const { world, customer, merchant, disk, told, order } = await shopOnDisk();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    disk.full = true;
    const refused = await order('refused');
    expect(refused.statusCode).toBe(503);
    expect(refused.headers['retry-after']).toBe('60');
    expect(Problem.parse(refused.json())).toEqual({
      type: 'urn:cash-mobile:problem:no-room',
      status: 503,
      detail: 'The service cannot write now: there is no room on the disk: request was not done',
    });
    // The answer of the phone arrives, and timers are due.
    customer.phone.approve(PIN);
    await world.clock.advance(40_000);
    expect((await order('refused')).statusCode).toBe(503);
    expect((await world.service.payment(payment.txn)).state).toBe('REQUESTED');
    expect(told).toEqual([false]);
    const ready = async () => {
      const { statusCode, body } = await world.service.http.inject({ url: '/health/ready' });
      return [statusCode, JSON.parse(body).status];
    };
    expect(await ready()).toEqual([503, 'no-room']);

    disk.full = false;
    await world.clock.advance(10_000);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
    expect(told).toEqual([false]);
    await world.clock.advance(60_000);
    expect((await order('taken')).statusCode).toBe(201);
    expect(told).toEqual([false, true]);
    expect(await ready()).toEqual([200, 'ok']);
    expect(await world.breaches()).toEqual([]);
  });

  it('counts as full as long as writing fails now and then', async () => {
    const { world, disk, told, order } = await shopOnDisk();
    for (let n = 0; n < 5; n += 1) {
      disk.full = true;
      expect((await order(`refused-${n}`)).statusCode).toBe(503);
      disk.full = false;
      await world.clock.advance(30_000);
      expect((await order(`taken-${n}`)).statusCode).toBeLessThan(503);
    }
    expect(told).toEqual([false]);
  });

  it.each([
    ['drained and closed', 6_000],
    ['closed', undefined],
  ])('ends at once when it is %s, and the next start goes on', async (_, drainMs) => {
    const { world, customer, merchant, disk } = await shopOnDisk();
    let taken = () => {};
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    world.air.delay = new Promise<void>((resolve) => {
      taken = resolve;
    });
    await world.request(merchant, { mref: 'at the modem' });
    await world.clock.advance(500);
    disk.full = true;
    // An approval, a timer and the outcome of a frame wait for room; and one more writes while the service ends.
    customer.phone.approve(PIN);
    await world.clock.advance(30_000);
    const begun = world.clock.now();
    const draining = drainMs === undefined ? undefined : world.service.drain(drainMs);
    taken();
    await draining;
    await world.service.close();
    expect(world.clock.now()).toBe(begun);
    expect(world.journal.filter(({ event }) => event.kind === 'fault')).toEqual([]);

    disk.full = false;
    world.air.delay = undefined;
    await world.open();
    await world.clock.advance(5_000);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
    expect(await world.breaches()).toEqual([]);
  });

  it('can be closed', async () => {
    const { world, customer, merchant, disk } = await shopOnDisk();
    await world.request(merchant);
    await world.clock.advance(2_000);
    disk.full = true;
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    disk.full = false;
    await world.clock.advance(6_000);
    await world.service.close();
  });
});
