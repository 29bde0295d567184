import { describe, expect, it } from 'vitest';
import { CUSTOMER_NUMBER, DEPOSIT, MERCHANT_NUMBER, PIN, World } from './world.ts';

/** Kills the service right after its `nth` commit from now. @returns how many commits there were so far */
function killAfterCommit(world: World, nth: number): () => number {
  let commits = 0;
  world.afterCommit = () => {
    commits += 1;
    if (commits === nth) world.kill();
  };
  return () => commits;
}

/** Merchant's phone, customer's phone, each asking again after a minute without a receipt, as the application does. */
async function payingPair(seed: number) {
  const world = new World(seed);
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const owner = await world.subscriber(MERCHANT_NUMBER);
  await world.merchant(owner.person.id);
  const amount = { minor: 1_250, currency: 'EUR' } as const;
  let approved = false;
  customer.phone.onMessage = (message) => {
    if (message.type !== 'PAY_REQUEST' || approved) return;
    approved = true;
    customer.phone.approve(PIN);
    world.clock.after(60_000, () => customer.phone.query(message.txn));
  };
  const start = () => {
    const mref = owner.phone.payInit({ kind: 'number', digits: CUSTOMER_NUMBER.slice(1) }, amount, '47');
    world.clock.after(90_000, () => owner.phone.query(mref, 'request'));
  };
  return { world, customer, owner, start };
}

describe('a service that is killed', () => {
  it('goes on where it was: one charge and two receipts, whichever commit was the last', async () => {
    const undisturbed = await payingPair(7);
    const count = killAfterCommit(undisturbed.world, Number.POSITIVE_INFINITY);
    undisturbed.start();
    await undisturbed.world.clock.advance(300_000);
    const commits = count();
    expect(commits).toBeGreaterThan(7);

    for (let nth = 1; nth <= commits; nth += 1) {
      const { world, customer, owner, start } = await payingPair(7);
      const count = killAfterCommit(world, nth);
      start();
      await world.clock.runUntil(() => count() >= nth, 200_000);
      await world.open();
      await world.clock.advance(300_000);

      const where = `killed after commit ${nth}`;
      expect(await world.service.holdings(customer.person.id), where).toEqual([
        { minor: DEPOSIT.minor - 1_250, currency: 'EUR' },
      ]);
      expect(
        customer.phone.receipts().map(({ status }) => status),
        where,
      ).toContain('paid');
      expect(
        owner.phone.receipts().map(({ status }) => status),
        where,
      ).toContain('paid');
      expect(await world.breaches(), where).toEqual([]);
    }
  }, 60_000);

  it('expires at its start what ran out of time meanwhile', async () => {
    const world = new World(8);
    await world.open();
    const customer = await world.subscriber(CUSTOMER_NUMBER);
    const { merchant } = await world.merchant();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    world.kill();
    await world.clock.advance(600_000);
    await world.open();
    await world.clock.advance(3_000);
    expect((await world.service.payment(payment.txn)).state).toBe('EXPIRED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('expired');
  });

  it('reads what had arrived before it fires what is due', async () => {
    const world = new World(9);
    await world.open();
    const customer = await world.subscriber(CUSTOMER_NUMBER);
    const { merchant } = await world.merchant();
    const payment = await world.request(merchant);
    await world.clock.advance(2_000);
    // The commit of the frame's arrival, and not the one of its reading, is the last.
    killAfterCommit(world, 1);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    await world.clock.advance(600_000);
    await world.open();
    await world.clock.advance(3_000);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
  });
});
