import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Currency } from '../../../device/safe-mobile/index.ts';
import { checkLedger } from '../../../server/ledger/invariants.ts';
import {
  type Account,
  availableOf,
  balanceOf,
  hold,
  holdingsOf,
  LARGEST_SUM,
  LedgerError,
  move,
  post,
  type Transfer,
  transferOutcome,
  voidTransfer,
} from '../../../server/ledger/ledger.ts';
import type { Tx } from '../../../server/store/store.ts';
import { onPostgres, testStore } from '../database.ts';

const transfer: Transfer = {
  id: 'deposit:1:a',
  debit: 'cash',
  credit: 'person:1',
  amount: { minor: 500, currency: 'EUR' },
};

async function open() {
  const store = await testStore();
  const run = <T>(work: (it: ReturnType<typeof ledgerIn>, tx: Tx) => Promise<T>) =>
    store.transaction('test', (tx) => work(ledgerIn(tx), tx));
  const ledger = {
    balance: (account: Account, currency: Currency) => store.read((tx) => balanceOf(tx, account, currency)),
    available: (account: Account) => store.read((tx) => availableOf(tx, account)),
    holdings: (account: Account) => store.read((tx) => holdingsOf(tx, account)),
    outcome: (id: string) => store.read((tx) => transferOutcome(tx, id)),
  };
  return { store, ledger, run };
}

/** The ledger inside one transaction. */
function ledgerIn(tx: Tx) {
  return {
    hold: (transfer: Transfer, at: number) => hold(tx, transfer, at),
    move: (transfer: Transfer, at: number) => move(tx, transfer, at),
    post: (transfer: Transfer, at: number) => post(tx, transfer, at),
    void: (transfer: Transfer, at: number) => voidTransfer(tx, transfer, at),
  };
}

describe('the ledger', () => {
  it('moves money when a pending transfer is posted, and not before', async () => {
    const { ledger, run } = await open();
    await run((it) => it.hold(transfer, 1));
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 0, pending: 0 });
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 500 });
    await run((it) => it.post(transfer, 2));
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 0 });
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: -500, pending: 0 });
  });

  // What a person may spend after a deposit of 500 and a transfer from their account that is pending, then posted or voided.
  it.each([
    [200, 300, 300, 500],
    [499, 1, 1, 500],
    [500, 0, 0, 500],
  ])('of 500 less %i pending, %i is available; posted %i, voided %i', async (minor, pending, posted, voided) => {
    const purchase: Transfer = {
      id: 'x:charge',
      debit: 'person:1',
      credit: 'merchant:1',
      amount: { minor, currency: 'EUR' },
    };
    const yen: Transfer = { ...transfer, id: 'deposit:1:b', amount: { minor: 7, currency: 'JPY' } };
    for (const [end, left] of [
      ['post', posted],
      ['void', voided],
    ] as const) {
      const { ledger, run } = await open();
      await run(async (it) => {
        for (const paid of [transfer, yen]) {
          await it.hold(paid, 1);
          await it.post(paid, 1);
        }
        await it.hold(purchase, 2);
      });
      const available = (euros: number) => [
        { minor: euros, currency: 'EUR' },
        { minor: 7, currency: 'JPY' },
      ];
      expect(await ledger.available('person:1')).toEqual(available(pending));
      await run((it) => it[end](purchase, 3));
      expect(await ledger.available('person:1')).toEqual(available(left));
      expect(await ledger.available('person:2')).toEqual([]);
    }
  });

  it('forgets a voided transfer', async () => {
    const { ledger, run } = await open();
    await run((it) => it.hold(transfer, 1));
    await run((it) => it.void(transfer, 2));
    expect(await ledger.outcome(transfer.id)).toBe('voided');
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 0 });
  });

  it.each([
    ['post', 'void', 'posted, so it cannot be voided'],
    ['void', 'post', 'voided, so it cannot be posted'],
  ] as const)('ends a transfer exactly once: %s, then not %s', async (first, second, message) => {
    const { run } = await open();
    await run((it) => it.hold(transfer, 1));
    await run((it) => it[first](transfer, 2));
    await run((it) => it[first](transfer, 3));
    await expect(run((it) => it[second](transfer, 4))).rejects.toThrow(message);
  });

  it('says of an end whether it came now, and takes nothing from the account the second time', async () => {
    const { ledger, run } = await open();
    const other: Transfer = { ...transfer, id: 'deposit:1:b', amount: { minor: 40, currency: 'EUR' } };
    await run((it) => it.hold(transfer, 1));
    await run((it) => it.hold(other, 1));
    expect(await run((it) => it.void(transfer, 2))).toBe(true);
    expect(await run((it) => it.void(transfer, 3))).toBe(false);
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 40 });
    expect(await run((it) => it.post(other, 4))).toBe(true);
    expect(await run((it) => it.post(other, 5))).toBe(false);
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: -40, pending: 0 });
  });

  it('shows the currencies that an account ever had, by name: what is spent to nothing too, what was never paid in not', async () => {
    const { ledger, run } = await open();
    const move = (id: string, debit: Account, credit: Account, minor: number, currency: Currency) =>
      run((it) => it.move({ id, debit, credit, amount: { minor, currency } }, 1));
    await move('a', 'cash', 'person:1', 7, 'JPY');
    await move('b', 'cash', 'person:1', 500, 'EUR');
    await move('c', 'person:1', 'merchant:1', 500, 'EUR');
    const left = [
      { minor: 0, currency: 'EUR' },
      { minor: 7, currency: 'JPY' },
    ];
    expect(await ledger.holdings('person:1')).toEqual(left);
    expect(await ledger.available('person:1')).toEqual(left);
    // A deposit that is pending has made a row for the account that gives, and has moved nothing.
    await run((it) => it.hold({ ...transfer, id: 'd', debit: 'clearing:card' }, 2));
    expect(await ledger.holdings('clearing:card')).toEqual([]);
    expect(await ledger.available('clearing:card')).toEqual([]);
  });

  it('sets aside in the currency of the transfer, and leaves the others', async () => {
    const { ledger, run } = await open();
    const yen = { minor: 7, currency: 'JPY' } as const;
    await run((it) => it.move(transfer, 1));
    await run((it) => it.move({ ...transfer, id: 'yen', amount: yen }, 1));
    const wanted: Transfer = { id: 'x', debit: 'person:1', credit: 'merchant:1', amount: yen };
    expect(await run((it) => it.hold(wanted, 2))).toBe('held');
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 0 });
    await run((it) => it.post(wanted, 3));
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 0 });
    expect(await ledger.balance('person:1', 'JPY')).toEqual({ posted: 0, pending: 0 });
  });

  // The account that gets is full up to one unit: from each kind of account that gives, one fits and two do not.
  it.each([
    ['clearing:card', 1, 'moved'],
    ['clearing:card', 2, 'too-large'],
    ['person:1', 1, 'moved'],
    ['person:1', 2, 'too-large'],
    ['cash', 1, 'moved'],
    ['cash', 2, 'too-large'],
  ] as const)('moves from %s to an account that can count one unit more: %i is %s', async (debit, minor, expected) => {
    const { ledger, run } = await open();
    const amount = { minor: LARGEST_SUM - 1, currency: 'EUR' } as const;
    const full: Transfer = {
      id: 'full',
      debit: debit === 'cash' ? 'cash' : 'clearing:bank',
      credit: 'merchant:1',
      amount,
    };
    expect(await run((it) => it.move(full, 1))).toBe('moved');
    if (debit === 'person:1') await run((it) => it.move(transfer, 1));
    const wanted: Transfer = { id: 'x', debit, credit: 'merchant:1', amount: { minor, currency: 'EUR' } };
    const held = await run((it) => it.hold({ ...wanted, id: 'y' }, 2));
    expect(held).toBe(expected === 'moved' ? 'held' : expected);
    if (held === 'held') await run((it) => it.void({ ...wanted, id: 'y' }, 3));
    expect(await run((it) => it.move(wanted, 4))).toBe(expected);
    const posted = expected === 'moved' ? LARGEST_SUM : LARGEST_SUM - 1;
    expect(await ledger.balance('merchant:1', 'EUR')).toEqual({ posted, pending: 0 });
  });

  it('refuses another movement under the same id', async () => {
    const { run } = await open();
    await run((it) => it.hold(transfer, 1));
    await run((it) => it.hold(transfer, 2));
    const other = { ...transfer, amount: { minor: 501, currency: 'EUR' } } as const;
    expect(await run((it) => it.hold(other, 3))).toBe('other-movement');
  });

  it.each<Partial<Transfer>>([
    { debit: 'clearing:card' },
    { credit: 'person:2' },
    { amount: { minor: 501, currency: 'EUR' } },
    { amount: { minor: 500, currency: 'USD' } },
    { amount: { minor: 500, currency: 'CHF' } },
  ])('knows by its id that a transfer is another movement: %j', async (other) => {
    const { run } = await open();
    await run((it) => it.hold(transfer, 1));
    expect(await run((it) => it.hold({ ...transfer, ...other }, 2))).toBe('other-movement');
  });

  // Accounts of people and merchants never give what they have not; cash and clearing accounts stand for the outside world.
  it.each([
    ['person:1', 500, 'held'],
    ['person:1', 501, 'insufficient'],
    ['person:2', 1, 'insufficient'],
    ['merchant:1', 1, 'insufficient'],
    ['cash', 1_000_000, 'held'],
    ['clearing:card', 1_000_000, 'held'],
  ] as const)('from %s with 500 in person:1, %i is %s', async (debit, minor, expected) => {
    const { ledger, run, store } = await open();
    await run(async (it) => {
      await it.hold(transfer, 1);
      await it.post(transfer, 1);
    });
    const wanted: Transfer = { id: 'x', debit, credit: 'merchant:2', amount: { minor, currency: 'EUR' } };
    expect(await run((it) => it.hold(wanted, 2))).toBe(expected);
    expect(await ledger.outcome('x')).toBe(expected === 'held' ? 'pending' : 'absent');
    expect((await ledger.balance(debit, 'EUR')).pending).toBe(expected === 'held' ? minor : 0);
    expect(await store.read(checkLedger)).toEqual([]);
  });

  it.each([
    ['person:1', 500, 'moved'],
    ['person:1', 501, 'insufficient'],
    ['person:2', 1, 'insufficient'],
    ['cash', 1_000_000, 'moved'],
    ['clearing:card', 1_000_000, 'moved'],
    ['cash', LARGEST_SUM, 'too-large'],
  ] as const)('moved at once from %s with 500 in person:1, %i is %s', async (debit, minor, expected) => {
    const { ledger, run, store } = await open();
    await run((it) => it.move(transfer, 1));
    const wanted: Transfer = { id: 'x', debit, credit: 'merchant:2', amount: { minor, currency: 'EUR' } };
    const before = await ledger.balance(debit, 'EUR');
    expect(await run((it) => it.move(wanted, 2))).toBe(expected);
    const moved = expected === 'moved' ? minor : 0;
    expect(await ledger.outcome('x')).toBe(expected === 'moved' ? 'posted' : 'absent');
    expect(await ledger.balance(debit, 'EUR')).toEqual({ posted: before.posted - moved, pending: 0 });
    expect(await ledger.balance('merchant:2', 'EUR')).toEqual({ posted: moved, pending: 0 });
    expect(await store.read(checkLedger)).toEqual([]);
  });

  it('moves nothing at once of what it knows already, or of what is set aside', async () => {
    const { ledger, run, store } = await open();
    await run((it) => it.move(transfer, 1));
    const wanted: Transfer = { ...transfer, id: 'a', debit: 'person:1', credit: 'merchant:1' };
    await run((it) => it.hold(wanted, 2));
    const outcomes = [
      await run((it) => it.move(wanted, 3)),
      await run((it) => it.move({ ...wanted, id: 'b', amount: { minor: 1, currency: 'EUR' } }, 3)),
      await run((it) => it.move(transfer, 3)),
      await run((it) => it.move({ ...transfer, credit: 'person:2' }, 3)),
    ];
    expect(outcomes).toEqual(['held-before', 'insufficient', 'closed', 'other-movement']);
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 500 });
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: -500, pending: 0 });
    expect(await store.read(checkLedger)).toEqual([]);
  });

  it('counts what is pending: two transfers that fit only one at a time', async () => {
    const { ledger, run } = await open();
    await run(async (it) => {
      await it.hold(transfer, 1);
      await it.post(transfer, 1);
    });
    const wanted = (id: string): Transfer => ({
      ...transfer,
      id,
      debit: 'person:1',
      credit: 'merchant:1',
      amount: { minor: 300, currency: 'EUR' },
    });
    expect(await run((it) => it.hold(wanted('a'), 2))).toBe('held');
    expect(await run((it) => it.hold(wanted('b'), 2))).toBe('insufficient');
    await run((it) => it.void(wanted('a'), 3));
    expect(await run((it) => it.hold(wanted('b'), 4))).toBe('held');
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 300 });
  });

  it('holds a transfer once, and says so of one that is pending and of one that has ended', async () => {
    const { ledger, run } = await open();
    const outcomes = [await run((it) => it.hold(transfer, 1)), await run((it) => it.hold(transfer, 2))];
    expect(await run((it) => it.post(transfer, 3))).toBe(true);
    expect(await run((it) => it.post(transfer, 4))).toBe(false);
    outcomes.push(await run((it) => it.hold(transfer, 5)));
    expect(outcomes).toEqual(['held', 'held-before', 'closed']);
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: -500, pending: 0 });
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 0 });
  });

  it('refuses a sum that cannot be counted exactly, and leaves all as it was', async () => {
    const { ledger, run } = await open();
    const pay = (id: string, minor: number): Transfer => ({ ...transfer, id, amount: { minor, currency: 'EUR' } });
    await run(async (it) => {
      await it.hold(pay('a', LARGEST_SUM - 1), 1);
      await it.post(pay('a', LARGEST_SUM - 1), 1);
    });
    expect(await run((it) => it.hold(pay('b', 2), 1))).toBe('too-large');
    expect(await ledger.outcome('b')).toBe('absent');
    // Of two that are pending at the same time only one fits.
    const card = (id: string): Transfer => ({ ...pay(id, 1), debit: 'clearing:card' });
    expect(await run((it) => it.hold(card('c'), 1))).toBe('held');
    expect(await run((it) => it.hold(card('d'), 1))).toBe('held');
    await run((it) => it.post(card('c'), 2));
    await expect(run((it) => it.post(card('d'), 2))).rejects.toThrow(LedgerError);
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: LARGEST_SUM, pending: 0 });
    expect(await ledger.outcome('d')).toBe('pending');
  });

  it('says that the account that gets is full to one that gives all that it has', async () => {
    const { run } = await open();
    await run(async (it) => {
      await it.hold(transfer, 1);
      await it.post(transfer, 1);
      const full = { ...transfer, id: 'full', debit: 'clearing:card', credit: 'person:2' } as const;
      const most = { ...full, amount: { minor: LARGEST_SUM - 499, currency: 'EUR' } } as const;
      await it.hold(most, 1);
      await it.post(most, 1);
    });
    const all = { ...transfer, id: 'all', debit: 'person:1', credit: 'person:2' } as const;
    expect(await run((it) => it.hold(all, 2))).toBe('too-large');
    const more = { ...all, amount: { minor: 501, currency: 'EUR' } } as const;
    expect(await run((it) => it.hold(more, 2))).toBe('insufficient');
  });

  it('counts what is pending in the sum of an account that may owe', async () => {
    const { ledger, run } = await open();
    const pay = (id: string, minor: number, credit: Account): Transfer => ({
      ...{ id, debit: 'clearing:card', credit, amount: { minor, currency: 'EUR' } },
    });
    expect(await run((it) => it.hold(pay('a', LARGEST_SUM - 1, 'person:1'), 1))).toBe('held');
    expect(await run((it) => it.hold(pay('b', 2, 'person:2'), 1))).toBe('too-large');
    expect(await run((it) => it.move(pay('c', 2, 'person:2'), 1))).toBe('too-large');
    expect(await run((it) => it.move(pay('d', 1, 'person:2'), 1))).toBe('moved');
    expect(await ledger.balance('clearing:card', 'EUR')).toEqual({ posted: -1, pending: LARGEST_SUM - 1 });
  });

  it('refuses to post what nobody asked for', async () => {
    await expect((await open()).run((it) => it.post(transfer, 1))).rejects.toThrow('transfer deposit:1:a is absent');
  });

  it.each([
    ['transfer', 'id'],
    ['transfer_end', 'id'],
    ['entry', 'transfer_id'],
    ['evidence', 'ref'],
    ['journal', 'seq'],
    ['merchant_receipt', 'txn'],
  ])('history stays: %s cannot be changed or deleted', async (table, column) => {
    const { store, run } = await open();
    await run(async (it, tx) => {
      await it.hold(transfer, 1);
      await it.post(transfer, 2);
      await tx.run("INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)");
      await tx.run(
        "INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at) VALUES (1, 1, 'active', x'', 0, 0, 0)",
      );
      await tx.run(
        "INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline) VALUES ('c', 'payment', 1, x'', x'', 0, 0)",
      );
      await tx.run("INSERT INTO evidence VALUES ('c', 1, 0, 0, x'', 0)");
      await tx.run("INSERT INTO journal (at, subject, event) VALUES (0, 's', '{}')");
      await tx.run(
        "INSERT INTO merchant (id, name, currency, api_key_hash, created_at) VALUES (1, 'M', 'EUR', x'00', 0)",
      );
      await tx.run(
        "INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code, state, created_at, changed_at) VALUES ('p', 1, 'm', 'f', 1, 1, 'EUR', '', 120, 0, 'CAPTURED', 0, 0)",
      );
      await tx.run("INSERT INTO merchant_receipt VALUES ('p', 'CAPTURED', x'', x'', 0)");
    });
    const write = (sql: string) => store.transaction('rewrite history', (tx) => tx.run(sql));
    await expect(write(`UPDATE ${table} SET ${column} = ${column}`)).rejects.toThrow('append only');
    await expect(write(`DELETE FROM ${table}`)).rejects.toThrow('append only');
  });

  it('sums to zero in every currency under any transfers', async () => {
    const accounts = ['cash', 'person:1', 'person:2', 'merchant:1'] as const;
    const movement = fc.record({
      debit: fc.constantFrom(...accounts),
      credit: fc.constantFrom(...accounts),
      minor: fc.oneof(fc.integer({ min: 1, max: 2 ** 40 - 1 }), fc.integer({ min: 1, max: 9 })),
      currency: fc.constantFrom('EUR', 'JPY'),
      end: fc.constantFrom('post', 'void', 'leave'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(movement, { maxLength: 20 }), async (movements) => {
        const { store, ledger, run } = await open();
        for (const [index, { debit, credit, minor, currency, end }] of movements.entries()) {
          if (debit === credit) continue;
          await run(async (it) => {
            const moved: Transfer = { id: String(index), debit, credit, amount: { minor, currency } };
            const held = await it.hold(moved, 1);
            if (held === 'held' && end !== 'leave') await it[end](moved, 2);
          });
        }
        for (const currency of ['EUR', 'JPY'] as const) {
          const balances = await Promise.all(accounts.map((account) => ledger.balance(account, currency)));
          expect(balances.reduce((sum, { posted }) => sum + posted, 0)).toBe(0);
        }
        expect(await store.read(checkLedger)).toEqual([]);
        await store.close();
      }),
      { numRuns: onPostgres ? 4 : 40 },
    );
  });
});
