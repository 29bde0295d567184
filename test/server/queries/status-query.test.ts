import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, World } from '../world.ts';

/** A merchant's phone has asked for more than a customer with a new phone may pay: it hears NAK, and no receipt is kept. */
async function rejectedByPhone() {
  const world = new World('status');
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  await world.enrolPhone(customer.person);
  const owner = await world.subscriber(MERCHANT_NUMBER);
  await world.merchant(owner.person.id);
  const amount = { minor: 10_001, currency: 'EUR' } as const;
  const mref = owner.phone.payInit({ kind: 'number', digits: CUSTOMER_NUMBER.slice(1) }, amount, '47');
  await world.clock.advance(3_000);
  const ask = async () => {
    owner.phone.query(mref, 'request');
    await world.clock.advance(5_000);
  };
  const receipts = () =>
    owner.phone
      .receipts()
      .filter(({ ref }) => hexOf(ref) === hexOf(mref))
      .map(({ status, time, signature }) => [status, time, hexOf(signature)]);
  return { world, owner, ask, receipts };
}

describe('a phone that asks about a payment that has ended without a receipt', () => {
  it('gets a receipt that is composed once, also over a restart', async () => {
    const { world, owner, ask, receipts } = await rejectedByPhone();
    expect(owner.phone.received.at(-1)?.type).toBe('NAK');
    await ask();
    await ask();
    world.kill();
    await world.open();
    await ask();
    const [first, ...others] = receipts();
    expect(first?.[0]).toBe('rejected');
    expect(others).toEqual([first, first]);
  });

  it.each([
    [7, false],
    [9, true],
  ])('%i minutes after it was asked for: the network is asked for a report: %s', async (minutes, report) => {
    const { world, ask } = await rejectedByPhone();
    await world.clock.advance(minutes * 60_000);
    await ask();
    expect(world.air.sent.at(-1)?.statusReport).toBe(report ? true : undefined);
  });
});
