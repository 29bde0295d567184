import { describe, expect, it } from 'vitest';
import { Ledger } from '../../../server/ledger/ledger.ts';
import { LedgerRail } from '../../../server/rails/ledger-rail.ts';
import type { RailOrder } from '../../../server/rails/rail.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { memoryStore } from '../books.ts';

async function open() {
  const clock = new VirtualClock();
  const store = memoryStore(clock);
  const ledger = new Ledger();
  const rail = new LedgerRail(store, ledger, clock);
  const move = (id: string, minor: number, end: 'post' | 'leave' = 'post') =>
    store.transaction('test', async (tx) => {
      const debit = id === 'deposit' ? 'cash' : 'person:1';
      const credit = id === 'deposit' ? 'person:1' : 'merchant:1';
      await ledger.hold(tx, { id, debit, credit, amount: { minor, currency: 'EUR' } }, 0);
      if (end === 'post') await ledger.post(tx, id, 0);
    });
  await move('deposit', 1_000);
  return { store, ledger, rail, clock, move };
}

const order = (txn: string, minor: number): RailOrder => ({
  key: `${txn}:charge`,
  amount: { minor, currency: 'EUR' },
  from: 'person:1',
  to: 'merchant:1',
});

describe('the ledger rail', () => {
  it('charges what the account covers and declines the rest', async () => {
    const { rail } = await open();
    expect(await rail.charge(order('a', 1_000))).toEqual({ kind: 'done', approvalCode: 100_001 });
    expect(await rail.charge(order('b', 1_001))).toEqual({ kind: 'declined', reason: 'insufficient-funds' });
  });

  it('decides once a key and answers the same for ever', async () => {
    const { rail } = await open();
    const first = await rail.charge(order('a', 600));
    expect(await rail.charge(order('a', 600))).toEqual(first);
    expect(await rail.inquire('a:charge')).toEqual(first);
    expect(await rail.inquire('b:charge')).toEqual({ kind: 'absent' });
  });

  it('counts what it has promised and not yet moved', async () => {
    const { rail, move } = await open();
    await move('a:charge', 600, 'leave');
    expect((await rail.charge(order('a', 600))).kind).toBe('done');
    await move('b:charge', 600, 'leave');
    expect((await rail.charge(order('b', 600))).kind).toBe('declined');
  });

  it('takes a charge back, once, and says so ever after', async () => {
    const { rail } = await open();
    await rail.charge(order('a', 600));
    expect((await rail.reverse('a:charge')).kind).toBe('done');
    expect((await rail.reverse('a:charge')).kind).toBe('done');
    expect(await rail.inquire('a:charge')).toEqual({ kind: 'declined', reason: 'reversed' });
    expect((await rail.reverse('never:charge')).kind).toBe('done');
  });

  it('settles what it moved in a time, without what was declined or reversed', async () => {
    const { rail, clock } = await open();
    await rail.charge(order('a', 100));
    await rail.charge(order('b', 5_000));
    await rail.charge(order('c', 200));
    await rail.reverse('c:charge');
    await clock.advance(1_000);
    await rail.charge(order('d', 300));
    const from = clock.now() - 1_000;
    expect(await rail.settlement(from, from + 1)).toEqual([
      { key: 'a:charge', amount: { minor: 100, currency: 'EUR' }, at: from },
    ]);
    expect((await rail.settlement(from, from + 1_001)).map(({ key }) => key)).toEqual(['a:charge', 'd:charge']);
  });
});
