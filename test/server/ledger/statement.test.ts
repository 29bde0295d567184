import { describe, expect, it } from 'vitest';
import { hold, post } from '../../../server/ledger/ledger.ts';
import { statementOf } from '../../../server/ledger/statement.ts';
import { testStore } from '../database.ts';

describe('a statement', () => {
  /** An account that got 1 at 10, 2 at 20 and 4 at 30. */
  it.each([
    [10, 30, 0, [1, 2], 3],
    [11, 30, 1, [2], 3],
    [20, 31, 1, [2, 4], 7],
    [21, 30, 3, [], 3],
    [0, 10, 0, [], 0],
    [31, 40, 7, [], 7],
  ])('from %i to before %i begins with %i, has %j and ends with %i', async (from, to, opening, minors, closing) => {
    const store = await testStore();
    await store.transaction('movements', async (tx) => {
      for (const [minor, at] of [
        [1, 10],
        [2, 20],
        [4, 30],
      ] as const) {
        const amount = { minor, currency: 'EUR' } as const;
        const transfer = { id: `at ${at}`, debit: 'cash', credit: 'person:1', amount } as const;
        await hold(tx, transfer, at);
        await post(tx, transfer, at);
      }
    });
    const statement = await store.read((tx) => statementOf(tx, 'person:1', 'EUR', { from, to }));
    expect([statement.opening, statement.lines.map(({ minor }) => minor), statement.closing]).toEqual([
      ...[opening, minors, closing],
    ]);
    await store.close();
  });

  it('names the account at the other end, whichever of the two gave, and has one currency', async () => {
    const store = await testStore();
    await store.transaction('movements', async (tx) => {
      for (const currency of ['EUR', 'USD'] as const) {
        const transfer = { id: currency, debit: 'cash', credit: 'person:1', amount: { minor: 1, currency } } as const;
        await hold(tx, transfer, 10);
        await post(tx, transfer, 10);
      }
    });
    const lines = async (account: 'cash' | 'person:1') => {
      const statement = await store.read((tx) => statementOf(tx, account, 'USD', { from: 0, to: 20 }));
      return statement.lines.map(({ transfer, counterpart, minor }) => [transfer, counterpart, minor]);
    };
    expect(await lines('person:1')).toEqual([['USD', 'cash', 1]]);
    expect(await lines('cash')).toEqual([['USD', 'person:1', -1]]);
    await store.close();
  });

  it('has movements of one moment in the order in which they came', async () => {
    const store = await testStore();
    await store.transaction('movements', async (tx) => {
      for (const id of ['b', 'c', 'a']) {
        const transfer = { id, debit: 'cash', credit: 'person:1', amount: { minor: 1, currency: 'EUR' } } as const;
        await hold(tx, transfer, 10);
        await post(tx, transfer, 10);
      }
    });
    const { lines } = await store.read((tx) => statementOf(tx, 'person:1', 'EUR', { from: 0, to: 20 }));
    expect(lines.map(({ transfer, balance }) => [transfer, balance])).toEqual([
      ['b', 1],
      ['c', 2],
      ['a', 3],
    ]);
    await store.close();
  });
});
