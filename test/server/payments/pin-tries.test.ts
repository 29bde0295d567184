import { describe, expect, it } from 'vitest';
import { consequenceOf, triesLeft } from '../../../server/approvals/pin-policy.ts';
import { PIN, shop } from '../world.ts';

const DAY = 24 * 3_600_000;

describe('what wrong PINs lead to', () => {
  it.each([
    // in this challenge, in a row, in 90 days
    [1, 1, 1, 'try-again', 2],
    [2, 2, 2, 'try-again', 1],
    [3, 3, 3, 'refuse', 0],
    [1, 4, 4, 'try-again', 1],
    [2, 5, 5, 'block', 0],
    [1, 6, 6, 'try-again', 2],
    [1, 1, 9, 'try-again', 1],
    [1, 1, 10, 'block-for-good', 0],
    [2, 10, 10, 'block-for-good', 0],
  ])(
    '%i in the request, %i in a row, %i in 90 days: %s, %i left',
    (inChallenge, inRow, inWindow, consequence, left) => {
      expect(consequenceOf({ inChallenge, inRow, inWindow })).toBe(consequence);
      expect(triesLeft({ inChallenge, inRow, inWindow })).toBe(left);
    },
  );
});

describe('a wrong PIN', () => {
  async function requested() {
    const base = await shop();
    const ask = async (mref: string) => {
      const payment = await base.world.request(base.merchant, { mref });
      await base.world.clock.advance(2_000);
      return payment;
    };
    const type = async (...pins: string[]) => {
      for (const pin of pins) {
        base.customer.phone.approve(pin);
        await base.world.clock.advance(3_000);
      }
    };
    const statuses = () => base.customer.phone.receipts().map(({ status, triesLeft: left }) => `${status} ${left}`);
    return { ...base, ask, type, statuses };
  }

  it('leaves the request open, and the right one pays', async () => {
    const { world, ask, type, statuses } = await requested();
    const payment = await ask('a');
    await type('11111', PIN);
    expect(statuses()).toEqual(['active 3', 'wrong-pin 2', 'paid 2']);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
    expect(await world.breaches()).toEqual([]);
  });

  it('refuses the request at the third try, and the right one comes too late', async () => {
    const { world, ask, type, statuses } = await requested();
    const payment = await ask('a');
    await type('11111', '11112', '11113', PIN);
    expect(statuses()).toEqual(['active 3', 'wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0', 'wrong-pin 0']);
    expect(await world.service.payment(payment.txn)).toMatchObject({ state: 'REFUSED', reason: 'wrong-pin' });
  });

  it('blocks the phone at the fifth in a row, for an hour', async () => {
    const { world, merchant, customer, ask, type, statuses } = await requested();
    await ask('a');
    await type('11111', '11112', '11113');
    await ask('b');
    await type('11114', '11115');
    expect(statuses().at(-1)).toBe('blocked 0');
    expect((await world.service.devices(customer.person.id)).at(-1)?.state).toBe('blocked');
    expect(await world.request(merchant, { mref: 'c' })).toMatchObject({
      state: 'REJECTED',
      reason: 'customer-unreachable',
    });
    await world.clock.advance(3_600_000);
    const payment = await ask('d');
    await type(PIN);
    expect((await world.service.payment(payment.txn)).state).toBe('CAPTURED');
  });

  it('refuses other requests of a blocked phone without looking at the PIN', async () => {
    const { world, customer, ask, type } = await requested();
    const waiting = await ask('w');
    const asked = customer.phone.lastAsked();
    await ask('a');
    await type('11111', '11112', '11113');
    await ask('b');
    await type('11114', '11115');
    customer.phone.approve(PIN, asked);
    await world.clock.advance(3_000);
    expect(await world.service.payment(waiting.txn)).toMatchObject({ state: 'REFUSED', reason: 'blocked' });
    expect(customer.phone.receipts().at(-1)?.status).toBe('blocked');
  });

  it('blocks for good at the tenth within 90 days, right ones between them or not', async () => {
    const { world, merchant, customer, ask, type, statuses } = await requested();
    for (let n = 1; n <= 9; n += 1) {
      await ask(`a${n}`);
      await type('11111', PIN);
      await world.clock.advance(2 * DAY);
    }
    await ask('last');
    await type('11111');
    expect(statuses().at(-1)).toBe('blocked 0');
    await world.clock.advance(30 * DAY);
    expect(await world.request(merchant, { mref: 'z' })).toMatchObject({ reason: 'customer-unreachable' });
    await world.enrolPhone(customer.person);
    expect((await world.request(merchant, { mref: 'zz' })).state).toBe('REQUESTED');
  });

  it('is forgotten after 90 days', async () => {
    const { world, ask, type, statuses } = await requested();
    for (let n = 1; n <= 9; n += 1) {
      await ask(`a${n}`);
      await type('11111', PIN);
    }
    await world.clock.advance(91 * DAY);
    await ask('later');
    await type('11111', PIN);
    expect(statuses().slice(-2)).toEqual(['wrong-pin 2', 'paid 2']);
  });
});
