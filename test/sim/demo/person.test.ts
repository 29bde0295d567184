import { expect, test } from 'vitest';
import { CUSTOMER, MERCHANT } from '../../../sim/demo/cast.ts';
import { Person } from '../../../sim/demo/person.ts';
import { seededRandom } from '../../../sim/index.ts';
import { type CashBench, enrolled } from '../../device/cash-mobile/cash-bench.ts';

const LOOK_MS = { from: 400, to: 699 };
const DIGITS_MS = CUSTOMER.pin.length * 90;

/** Somebody with this phone in hand, and what an action of theirs takes on the clock. */
function holding({ handset, clock, during }: CashBench, pace = 1, role = CUSTOMER) {
  const person = new Person(role, handset, { clock, random: seededRandom('hand'), pace });
  const lasts = async (action: Promise<void>) => {
    const began = clock.now();
    await during(action);
    return clock.now() - began;
  };
  return { person, lasts };
}

test('counts the time of each look and each digit, and not that of waiting', async () => {
  const cash = await enrolled();
  const { person, lasts } = holding(cash);
  const approving = person.approve();
  await cash.clock.advance(10_000);
  await cash.request();
  await lasts(approving);
  const first = person.handMs;
  expect(first).toBeGreaterThanOrEqual(2 * LOOK_MS.from + DIGITS_MS);
  expect(first).toBeLessThanOrEqual(2 * LOOK_MS.to + DIGITS_MS);
  expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([true]);

  await cash.request({ payee: 'Bar Sport', merchantId: 8 });
  await lasts(person.refuse());
  const second = person.handMs - first;
  expect(second).toBeGreaterThanOrEqual(2 * LOOK_MS.from);
  expect(second).toBeLessThanOrEqual(2 * LOOK_MS.to);
  expect(cash.service.last).toMatchObject({ type: 'REFUSE', reason: 'no' });
});

test('is as slow as its pace: twice, or not at all', async () => {
  const times: number[] = [];
  for (const pace of [1, 2, 0]) {
    const cash = await enrolled();
    const { person, lasts } = holding(cash, pace);
    await cash.request();
    await lasts(person.approve());
    times.push(person.handMs);
  }
  expect(times).toEqual([times[0], 2 * (times[0] ?? 0), 0]);
});

test('types another PIN when told so, and its own again', async () => {
  const cash = await enrolled();
  const { person, lasts } = holding(cash, 0);
  const { txn } = await cash.request();
  await lasts(person.approve(MERCHANT.pin));
  await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
  await lasts(person.typePin());
  expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([false, true]);
});

test('lays the phone down when it has read', async () => {
  const cash = await enrolled();
  const { person, lasts } = holding(cash, 0);
  const { txn } = await cash.request();
  const reading = person.read('Cancelled');
  expect(cash.phone.screen.title).toBe('Payment');
  await cash.send(cash.service.receipt(txn, 'cancelled'));
  await lasts(reading);
  expect(cash.phone.screen.kind).toBe('idle');
});

test('of a merchant asks for money, whatever the phone shows, and counts what it types', async () => {
  const cash = await enrolled({ merchant: 'Edicola Duomo' });
  const { person, lasts } = holding(cash, 1, MERCHANT);
  cash.phone.press('soft-left');
  await lasts(person.collect(CUSTOMER.number, '4.20', 'Aaa'));
  expect(cash.service.last).toMatchObject({
    type: 'PAY_INIT',
    customer: { kind: 'number', digits: CUSTOMER.number.slice(1) },
    amount: { minor: 420, currency: 'EUR' },
    reference: 'Aaa',
  });
  // Five looks, and "Aaa" on one key: a second for each letter.
  expect(person.handMs).toBeGreaterThanOrEqual(5 * LOOK_MS.from + 3_000);
});
