import { expect, it } from 'vitest';
import { LARGEST_SUM, move, type Transfer } from '../../../server/ledger/ledger.ts';
import type { Tx } from '../../../server/store/store.ts';
import { testStore } from '../database.ts';

it('of two payments to an account that has room for one, the other is refused, also when both have looked before', async () => {
  const store = await testStore();
  const has = (tx: Tx, owner: string, minor: number) =>
    tx.run("INSERT INTO account (owner, currency, credits_posted) VALUES (?, 'EUR', ?)", owner, minor);
  await store.transaction('accounts', async (tx) => {
    for (const owner of ['person:1', 'person:2']) await has(tx, owner, 10);
    await has(tx, 'merchant:1', LARGEST_SUM - 1);
  });
  const both = Promise.withResolvers<void>();
  let begun = 0;
  const pay = (person: 1 | 2) =>
    store.transaction(`payment ${person}`, async (tx) => {
      const amount = { minor: 1, currency: 'EUR' } as const;
      const transfer: Transfer = { id: `t${person}`, debit: `person:${person}`, credit: 'merchant:1', amount };
      const moved = await move(tx, transfer, 1);
      begun += 1;
      if (begun === 2) both.resolve();
      await both.promise;
      return moved;
    });
  expect((await Promise.all([pay(1), pay(2)])).toSorted()).toEqual(['moved', 'too-large']);
});
