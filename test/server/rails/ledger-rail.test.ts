import { describe, expect, it } from 'vitest';
import { balanceOf, hold, post } from '../../../server/ledger/ledger.ts';
import { LedgerRail } from '../../../server/rails/ledger-rail.ts';
import { type RailOrder, transferOf } from '../../../server/rails/rail.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { testStore } from '../database.ts';

/** A ledger with 1,000 in the account of person 1. */
async function open() {
  const clock = new VirtualClock();
  const store = await testStore(clock);
  const rail = new LedgerRail(store, clock);
  const amount = { minor: 1_000, currency: 'EUR' } as const;
  const deposit = { id: 'deposit', debit: 'cash', credit: 'person:1', amount } as const;
  await store.transaction('deposit', async (tx) => {
    await hold(tx, deposit, 0);
    await post(tx, deposit, 0);
  });
  const decide = (order: RailOrder) => store.transaction('decide', (tx) => rail.decide(tx, order));
  const left = async () => (await store.read((tx) => balanceOf(tx, 'person:1', 'EUR'))).posted;
  return { store, rail, clock, decide, left };
}

const txnOf = (letter: string) => ref(letter.repeat(16));

const charge = (letter: string, minor: number): RailOrder => ({
  key: `${txnOf(letter)}:charge`,
  txn: txnOf(letter),
  kind: 'charge',
  amount: { minor, currency: 'EUR' },
  payer: 'person:1',
  merchant: 'merchant:1',
  note: '',
});

const refund = (letter: string, number: number, minor: number): RailOrder => ({
  ...charge(letter, minor),
  key: `${txnOf(letter)}:refund-${number}`,
  kind: 'refund',
});

describe('the ledger rail', () => {
  it('charges what the account covers, declines the rest, and counts its approvals', async () => {
    const { decide, left } = await open();
    expect(await decide(charge('a', 600))).toEqual({ kind: 'done', approvalCode: 100_001 });
    expect(await decide(charge('b', 401))).toEqual({ kind: 'declined', reason: 'insufficient-funds' });
    expect(await decide(charge('c', 400))).toEqual({ kind: 'done', approvalCode: 100_002 });
    expect(await left()).toBe(0);
  });

  it('moves the money once a key', async () => {
    const { decide, left } = await open();
    await decide(charge('a', 600));
    expect((await decide(charge('a', 600))).kind).toBe('done');
    expect(await left()).toBe(400);
    await expect(decide(charge('a', 601))).rejects.toThrow('is another movement already');
  });

  it('gives back from what the merchant has', async () => {
    const { decide, left } = await open();
    await decide(charge('a', 600));
    expect(await decide(refund('a', 1, 250))).toEqual({ kind: 'done', approvalCode: 0 });
    expect(await decide(refund('a', 2, 351))).toEqual({ kind: 'declined', reason: 'insufficient-funds' });
    expect(await left()).toBe(650);
  });

  // An earlier version held the money when the customer approved, without a look at the balance.
  it.each([
    [1_000, 'done', 0],
    [1_001, 'declined', 1_000],
  ])('decides about %i that an earlier version has held: %s', async (minor, kind, expected) => {
    const { store, decide, left } = await open();
    const { key } = charge('a', minor);
    await store.transaction('earlier version', async (tx) => {
      await tx.run(
        `INSERT INTO transfer VALUES ('${key}', '${txnOf('a')}', 'person:1', 'merchant:1', ${minor}, 'EUR', 0)`,
      );
      await tx.run("UPDATE account SET debits_pending = ? WHERE owner = 'person:1'", minor);
    });
    expect((await decide(charge('a', minor))).kind).toBe(kind);
    expect(await left()).toBe(expected);
    expect(await store.read((tx) => balanceOf(tx, 'person:1', 'EUR'))).toEqual({ posted: expected, pending: 0 });
  });

  /** The account has 1,000: 600 are to be decided and 500 are set aside for two others, which count unless they wait as well. */
  it.each([
    ['wait for the same decision', {}, 'done'],
    ['have no timer any more', { timer: '' }, 'declined'],
    ['have a timer of another kind', { timer: 'outbox-retry' }, 'declined'],
    ['were asked in this version', { state: 'asked' }, 'declined'],
    ['are at another rail', { rail: 'card' }, 'declined'],
    ['were decided by the earlier version', { note: '{"approved":7}' }, 'declined'],
    ['are in another currency', { currency: 'USD' }, 'declined'],
    ['are paid by somebody else', { payer: 'person:2' }, 'declined'],
    ['are refunds to the account', { kind: 'refund' }, 'declined'],
    ['are refunds from the account', { kind: 'refund', payer: 'person:2', merchant: 'person:1' }, 'done'],
  ])('decides about money held by an earlier version, while two others %s', async (_, changed, expected) => {
    const { store, decide } = await open();
    await store.transaction('earlier version', async (tx) => {
      await tx.run("INSERT INTO person VALUES (1, '+391', 'Anna', 'en', 0)");
      await tx.run(
        "INSERT INTO merchant (id, name, currency, api_key_hash, created_at) VALUES (1, 'E', 'EUR', x'00', 0)",
      );
      await tx.run(
        `INSERT INTO transfer VALUES ('${charge('a', 0).key}', '${txnOf('a')}', 'person:1', 'merchant:1', 600, 'EUR', 0)`,
      );
      await tx.run("UPDATE account SET debits_pending = 1100 WHERE owner = 'person:1'");
      for (const letter of ['b', 'c']) {
        const { key, txn, payer, merchant } = charge(letter, 250);
        const row = { kind: 'charge', rail: 'ledger', state: 'unknown', currency: 'EUR', payer, merchant, note: '' };
        const { timer, ...other } = { timer: 'attempt', ...row, ...changed };
        await tx.run(
          `INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code,
             state, created_at, changed_at) VALUES (?1, 1, ?1, '', 1, 250, 'EUR', '', 0, 0, 'UNKNOWN', 0, 0)`,
          txn,
        );
        await tx.run(
          `INSERT INTO attempt (rail_key, txn, kind, rail, state, currency, payer, merchant, note, minor, tries, created_at,
             changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 250, 1, 0, 0)`,
          ...[key, txn, ...Object.values(other)],
        );
        if (timer !== '') await tx.run('INSERT INTO timer (kind, subject, due) VALUES (?, ?, 0)', timer, key);
      }
    });
    expect((await decide(charge('a', 600))).kind).toBe(expected);
  });

  it('reports what it has moved, in a stretch of time: no deposits, nothing declined, nothing of another rail', async () => {
    const { store, decide, rail, clock } = await open();
    await store.transaction('card', async (tx) => {
      for (const order of [charge('e', 500), refund('e', 1, 200)]) {
        const byCard = transferOf({ ...order, payer: 'clearing:card' });
        await hold(tx, byCard, clock.now());
        await post(tx, byCard, clock.now());
      }
    });
    await decide(charge('a', 100));
    await clock.advance(1_000);
    await decide(charge('b', 5_000));
    await decide(charge('d', 300));
    await decide(refund('d', 1, 50));
    const from = clock.now() - 1_000;
    expect(await rail.settlement(from, from + 1)).toEqual([
      { key: charge('a', 1).key, amount: { minor: 100, currency: 'EUR' }, at: from },
    ]);
    expect((await rail.settlement(from, from + 1_001)).map(({ key }) => key)).toEqual([
      charge('a', 1).key,
      charge('d', 1).key,
      refund('d', 1, 1).key,
    ]);
  });

  it('settles what it moved from the first moment of a time to before its last, and no deposits', async () => {
    const { rail, clock, decide } = await open();
    const begun = clock.now();
    await decide(charge('a', 100));
    await clock.advance(1_000);
    await decide(charge('b', 50));
    await decide(refund('a', 1, 30));
    await decide(charge('c', 5_000));
    const keys = async (from: number, to: number) =>
      (await rail.settlement(begun + from, begun + to)).map(
        ({ key, amount, at }) => `${key} ${amount.minor} ${at - begun}`,
      );
    const [a, b, r] = [`${txnOf('a')}:charge 100 0`, `${txnOf('b')}:charge 50 1000`, `${txnOf('a')}:refund-1 30 1000`];
    expect(await keys(-begun, 1_001)).toEqual([a, r, b]);
    expect(await keys(0, 1_000)).toEqual([a]);
    expect(await keys(1, 1_001)).toEqual([r, b]);
    expect(await keys(1_000, 1_000)).toEqual([]);
    expect(await keys(1_001, 9_000)).toEqual([]);
  });
});
