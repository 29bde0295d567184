import { describe, expect, it } from 'vitest';
import { balanceOf, hold, post, voidTransfer } from '../../../server/ledger/ledger.ts';
import { LedgerRail } from '../../../server/rails/ledger-rail.ts';
import type { RailOrder } from '../../../server/rails/rail.ts';
import { type Ref, ref } from '../../../server/vocabulary/ids.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import { onPostgres, testStore } from '../database.ts';

const EUR = 'EUR';
const txnOf = (number: number): Ref => ref(number.toString(16).padStart(16, '0'));

/** People with money, a merchant, and a rail. */
async function market(people: number, minor: number) {
  const clock = new VirtualClock();
  const store = await testStore(clock);
  const rail = new LedgerRail(store, clock);
  for (let person = 1; person <= people; person += 1) {
    await store.transaction('deposit', async (tx) => {
      const transfer = {
        id: `d${person}`,
        debit: 'cash',
        credit: `person:${person}`,
        amount: { minor, currency: EUR },
      } as const;
      await hold(tx, transfer, 0);
      await post(tx, transfer, 0);
    });
  }
  const charge = (number: number, person: number, price: number): RailOrder => ({
    key: `${txnOf(number)}:charge`,
    txn: txnOf(number),
    kind: 'charge',
    amount: { minor: price, currency: EUR },
    payer: `person:${person}`,
    merchant: 'merchant:1',
    note: '',
  });
  const decide = (order: RailOrder) => store.transaction('decide', (tx) => rail.decide(tx, order));
  const posted = async (account: `person:${number}` | 'merchant:1') =>
    (await store.read((tx) => balanceOf(tx, account, EUR))).posted;
  return { store, charge, decide, posted };
}

describe('100 buyers at once', () => {
  // 999 cents: 33 times 30 fit, with 9 left; 1,000: 33 and 10 left; 30: one; 29: none.
  it.each([
    [3_000, 100],
    [2_999, 99],
    [999, 33],
    [30, 1],
    [29, 0],
  ])('of one account with %i, at 30 each: exactly %i are paid', async (money, paid) => {
    const { charge, decide, posted } = await market(1, money);
    const outcomes = await Promise.all(Array.from({ length: 100 }, (_, number) => decide(charge(number, 1, 30))));
    expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(paid);
    expect(new Set(outcomes.flatMap((outcome) => (outcome.kind === 'declined' ? [outcome.reason] : [])))).toEqual(
      new Set(paid === 100 ? [] : ['insufficient-funds']),
    );
    expect(await posted('person:1')).toBe(money - 30 * paid);
    expect(await posted('merchant:1')).toBe(30 * paid);
  });

  it.each([1, 2, 3])('of 10 accounts, at any price (seed %i): each is refused only what it has not', async (seed) => {
    const random = seededRandom(`market ${seed}`);
    const { charge, decide, posted } = await market(10, 1_000);
    const orders = Array.from({ length: 100 }, (_, number) =>
      charge(number, 1 + Math.floor(random.fraction() * 10), 1 + Math.floor(random.fraction() * 300)),
    );
    const outcomes = await Promise.all(orders.map(decide));
    // A model of ten purses; with SQLite the orders are decided in the order in which they were asked.
    const purses = new Map<string, number>();
    for (const [index, { payer, amount }] of orders.entries()) {
      const left = (purses.get(payer) ?? 1_000) - amount.minor;
      const isDone = outcomes[index]?.kind === 'done';
      if (!onPostgres) expect(isDone, `order ${index}`).toBe(left >= 0);
      if (isDone) purses.set(payer, left);
    }
    for (let person = 1; person <= 10; person += 1) {
      const left = await posted(`person:${person}`);
      expect(left).toBe(purses.get(`person:${person}`) ?? 1_000);
      const refused = orders.filter(
        ({ payer }, index) => payer === `person:${person}` && outcomes[index]?.kind === 'declined',
      );
      for (const { amount } of refused) expect(amount.minor).toBeGreaterThan(left);
    }
  });

  it('while money is set aside for others, and some of it comes back', async () => {
    const { store, charge, decide, posted } = await market(1, 1_000);
    const aside = {
      id: 'aside',
      debit: 'person:1',
      credit: 'merchant:2',
      amount: { minor: 400, currency: EUR },
    } as const;
    await store.transaction('hold', (tx) => hold(tx, aside, 0));
    const first = await Promise.all(Array.from({ length: 100 }, (_, number) => decide(charge(number, 1, 100))));
    expect(first.filter(({ kind }) => kind === 'done')).toHaveLength(6);
    await store.transaction('void', (tx) => voidTransfer(tx, aside, 0));
    const second = await Promise.all(Array.from({ length: 100 }, (_, number) => decide(charge(100 + number, 1, 100))));
    expect(second.filter(({ kind }) => kind === 'done')).toHaveLength(4);
    expect(await posted('person:1')).toBe(0);
  });
});
