import { describe, expect, it } from 'vitest';
import { decodeDown } from '../../../device/safe-mobile/index.ts';
import { DAY_MS } from '../../../server/time/days.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, shop } from '../world.ts';

const SECOND = 1_000;

describe('the receipt on the phone', () => {
  it.each([
    ['pays', 'paid'],
    ['refuses', 'refused'],
  ] as const)('of a customer who %s after a wrong PIN has the tries that were left', async (what, status) => {
    const { world, customer, merchant } = await shop();
    await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve('00000');
    await world.clock.advance(3 * SECOND);
    if (what === 'pays') customer.phone.approve(PIN);
    else customer.phone.refuse();
    await world.clock.advance(3 * SECOND);
    const receipts = customer.phone.receipts().slice(-2);
    expect(receipts.map((receipt) => [receipt.status, receipt.triesLeft])).toEqual([
      ['wrong-pin', 2],
      [status, 2],
    ]);
  });
});

describe('the receipt of a merchant without a phone', () => {
  it('has the time of the payment, also when it is asked for a day later', async () => {
    const { world, customer, merchant } = await shop();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    const { changedAt } = await world.service.payment(txn);
    await world.clock.advance(DAY_MS);
    const { receipt } = await world.service.receipt(txn);
    expect(decodeDown(receipt)).toMatchObject({ type: 'RECEIPT', time: Math.floor(changedAt / 1000) });
  });
});

describe("the receipt on a merchant's phone", () => {
  it('is the same frame once more when the phone cancels what was paid', async () => {
    const { world, customer } = await shop();
    const { person, phone } = await world.subscriber(MERCHANT_NUMBER);
    await world.merchant(person.id);
    const to = { kind: 'number', digits: CUSTOMER_NUMBER.slice(1) } as const;
    const mref = phone.payInit(to, { minor: 100, currency: 'EUR' }, '');
    await world.clock.advance(3 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    phone.say({ type: 'PAY_CANCEL', mref, reason: 1 });
    await world.clock.advance(3 * SECOND);
    const [paid, again] = world.air.sent.filter(({ destination }) => destination === MERCHANT_NUMBER).slice(-2);
    expect(again?.content).toEqual(paid?.content);
    expect(
      phone
        .receipts()
        .slice(-2)
        .map(({ status }) => status),
    ).toEqual(['paid', 'paid']);
  });
});
