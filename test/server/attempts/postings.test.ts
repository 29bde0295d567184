import { describe, expect, it } from 'vitest';
import { book, setAside } from '../../../server/attempts/postings.ts';
import { balanceOf, hold, LARGEST_SUM, post } from '../../../server/ledger/ledger.ts';
import type { AttemptKind, RailOrder } from '../../../server/rails/rail.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { testStore } from '../database.ts';

const txn = ref('a'.repeat(16));

/** An order of a card rail, whose clearing account may be below zero; the merchant has 1,000. */
function orderOf(kind: AttemptKind, minor: number): RailOrder {
  const key = kind === 'refund' ? (`${txn}:refund-1` as const) : (`${txn}:${kind}` as const);
  return {
    key,
    txn,
    kind,
    amount: { minor, currency: 'EUR' },
    payer: 'clearing:card',
    merchant: 'merchant:1',
    note: '',
  };
}

describe('the money of an order to a rail outside', () => {
  it('is set aside once a key, and freed only where it was set aside', async () => {
    const store = await testStore();
    const order = orderOf('charge', 5_000);
    await store.transaction('set aside', async (tx) => {
      const attempt = {
        rail: 'card',
        tries: 1,
        unanswered: 0,
        reason: undefined,
        approvalCode: 0,
        createdAt: 0,
      } as const;
      await book(tx, { ...attempt, order, state: 'declined' }, 1);
      for (const _ of ['first', 'again']) expect(await setAside(tx, order, 1)).toBeUndefined();
      await expect(setAside(tx, orderOf('charge', 5_001), 1)).rejects.toThrow('is another movement already');
      await book(tx, { ...attempt, order: orderOf('reversal', 5_000), state: 'declined' }, 2);
      expect(await balanceOf(tx, 'clearing:card', 'EUR')).toEqual({ posted: 0, pending: 5_000 });
      await book(tx, { ...attempt, order: orderOf('reversal', 5_000), state: 'done' }, 2);
      expect(await balanceOf(tx, 'clearing:card', 'EUR')).toEqual({ posted: 0, pending: 0 });
    });
  });

  it.each([
    ['charge', 5_000, undefined, 5_000, 0],
    ['charge', LARGEST_SUM, 'limit-exceeded', 0, 0],
    ['refund', 1_000, undefined, 0, 1_000],
    ['refund', 1_001, 'insufficient-funds', 0, 0],
    ['reversal', 5_000, undefined, 0, 0],
  ] as const)('%s of %i: %s', async (kind, minor, expected, ofClearing, ofMerchant) => {
    const store = await testStore();
    const earned = { id: 'e', debit: 'cash', credit: 'merchant:1', amount: { minor: 1_000, currency: 'EUR' } } as const;
    await store.transaction('earned', async (tx) => {
      await hold(tx, earned, 0);
      await post(tx, earned, 0);
    });
    expect(await store.transaction('set aside', (tx) => setAside(tx, orderOf(kind, minor), 1))).toBe(expected);
    const pending = async (account: 'clearing:card' | 'merchant:1') =>
      (await store.read((tx) => balanceOf(tx, account, 'EUR'))).pending;
    expect([await pending('clearing:card'), await pending('merchant:1')]).toEqual([ofClearing, ofMerchant]);
  });
});
