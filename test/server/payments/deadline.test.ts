import { describe, expect, it } from 'vitest';
import { APPLICATION_PORT } from '../../../server/index.ts';
import { rows } from '../database.ts';
import { CUSTOMER_NUMBER, PIN, shop } from '../world.ts';

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

  it.each([
    ['an approval', 'at the deadline', 'CAPTURED'],
    ['a refusal', 'at the deadline', 'REFUSED'],
    ['an approval', 'a moment later', 'EXPIRED'],
    ['a refusal', 'a moment later', 'EXPIRED'],
  ] as const)('has %s that arrives %s: %s', async (answer, arrives, state) => {
    const { world, merchant, customer } = await shop();
    await world.clock.advance(1_000 - (world.clock.now() % 1_000));
    const { txn } = await world.request(merchant, { ttl: 60 });
    await world.clock.advance(2_000);
    const frames: Uint8Array[] = [];
    customer.phone.sendWith((frame) => frames.push(frame));
    if (answer === 'an approval') customer.phone.approve(PIN);
    else customer.phone.refuse('no');
    await world.clock.advance((60 + GRACE) * 1_000 - 2_000 + (arrives === 'at the deadline' ? 0 : 1));
    const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
    const sentAt = world.clock.now();
    for (const data of frames)
      await world.air.handOverAgain({ originator: CUSTOMER_NUMBER, sentAt, content: { kind: 'data', data, ports } });
    expect((await world.service.payment(txn)).state).toBe(state);
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
