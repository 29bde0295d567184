import { describe, expect, it } from 'vitest';
import { rows } from '../database.ts';
import { shop } from '../world.ts';

/** How much later than the phone's deadline an answer may arrive, s. */
const GRACE = 5;

describe('a request without an answer', () => {
  it.each([30, 60, 120])('of %i s expires 1 ms after the last answer that counts, not before', async (ttl) => {
    const { world, merchant } = await shop();
    await world.clock.advance(1_000 - (world.clock.now() % 1_000));
    const { txn } = await world.request(merchant, { ttl });
    await world.clock.advance((ttl + GRACE) * 1_000);
    expect((await world.service.payment(txn)).state).toBe('REQUESTED');
    await world.clock.advance(1);
    expect((await world.service.payment(txn)).state).toBe('EXPIRED');
  });

  it('after a wrong PIN expires as exactly', async () => {
    const { world, merchant, customer } = await shop();
    await world.clock.advance(1_000 - (world.clock.now() % 1_000));
    const { txn } = await world.request(merchant, { ttl: 60 });
    await world.clock.advance(2_000);
    customer.phone.approve('48214');
    await world.clock.advance((60 + GRACE) * 1_000 - 2_000);
    expect((await world.service.payment(txn)).state).toBe('REQUESTED');
    await world.clock.advance(1);
    expect((await world.service.payment(txn)).state).toBe('EXPIRED');
  });
});

describe('the counters of a phone', () => {
  it('are kept for ten days, and one day more at most', async () => {
    const { world, customer } = await shop();
    for (let day = 0; day < 20; day += 1) {
      await world.clock.advance(86_400_000);
      customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
      await world.clock.advance(3_000);
    }
    const [kept] = await rows(world.database, 'SELECT count(*) AS n FROM counter');
    expect(kept?.['n']).toBeGreaterThanOrEqual(10);
    expect(kept?.['n']).toBeLessThanOrEqual(11);
  });
});
