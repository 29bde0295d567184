import { expect, it } from 'vitest';
import type { Currency } from '../../../device/safe-mobile/index.ts';
import { balancesAfter } from '../../../server/ledger/balances.ts';
import { availableOf, hold, post } from '../../../server/ledger/ledger.ts';
import { testStore } from '../database.ts';

/** A ledger with deposits of 100 each. */
async function paidIn(...accounts: readonly (readonly [account: 'person:1' | 'person:2', currency: Currency])[]) {
  const store = await testStore();
  await store.transaction('deposits', async (tx) => {
    for (const [credit, currency] of accounts) {
      const transfer = {
        id: `${credit} ${currency}`,
        debit: 'cash',
        credit,
        amount: { minor: 100, currency },
      } as const;
      await hold(tx, transfer, 1);
      await post(tx, transfer, 1);
    }
  });
  return store;
}

it('the list of accounts comes in parts, each after the last one of the part before', async () => {
  const store = await paidIn(['person:1', 'EUR'], ['person:1', 'USD'], ['person:2', 'EUR']);
  const parts: string[][] = [];
  let after: Parameters<typeof balancesAfter>[1] = { account: '', currency: '' };
  for (;;) {
    const part = await store.read((tx) => balancesAfter(tx, after, 2));
    const last = part.at(-1);
    if (last === undefined) break;
    parts.push(part.map(({ account, posted }) => `${account} ${posted.currency}`));
    after = { account: last.account, currency: last.posted.currency };
  }
  expect(parts).toEqual([['cash EUR', 'cash USD'], ['person:1 EUR', 'person:1 USD'], ['person:2 EUR']]);
  await store.close();
});

// An earlier version held the money when the customer approved, without a look at the balance.
it.each([
  [99, 1],
  [100, 0],
  [101, 0],
])('an account of 100 of which %i are set aside may spend %i', async (pending, minor) => {
  const store = await paidIn(['person:1', 'EUR']);
  await store.transaction('earlier version', (tx) =>
    tx.run("UPDATE account SET debits_pending = ? WHERE owner = 'person:1'", pending),
  );
  expect(await store.read((tx) => availableOf(tx, 'person:1'))).toEqual([{ minor, currency: 'EUR' }]);
  await store.close();
});
