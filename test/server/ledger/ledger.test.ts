import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLedger } from '../../../server/ledger/invariants.ts';
import { LedgerError, type Transfer } from '../../../server/ledger/ledger.ts';
import type { Tx } from '../../../server/store/store.ts';
import { ledgerIn, ledgerOf, memoryStore } from '../books.ts';

const transfer: Transfer = {
  id: 'deposit:1:a',
  debit: 'cash',
  credit: 'person:1',
  amount: { minor: 500, currency: 'EUR' },
};

function open() {
  const store = memoryStore();
  const run = (work: (it: ReturnType<typeof ledgerIn>, tx: Tx) => Promise<void>) =>
    store.transaction('test', (tx) => work(ledgerIn(tx), tx));
  return { store, ledger: ledgerOf(store), run };
}

describe('the ledger', () => {
  it('moves money when a pending transfer is posted, and not before', async () => {
    const { ledger, run } = open();
    await run((it) => it.hold(transfer, 1));
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 0, pending: 0 });
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 500 });
    await run((it) => it.post(transfer.id, 2));
    expect(await ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 0 });
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: -500, pending: 0 });
  });

  // What a person may spend after a deposit of 500 and a transfer from their account that is pending, then posted or voided.
  it.each([
    [200, 300, 300, 500],
    [500, 0, 0, 500],
    [501, 0, 0, 500],
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
      const { ledger, run } = open();
      await run(async (it) => {
        for (const paid of [transfer, yen]) {
          await it.hold(paid, 1);
          await it.post(paid.id, 1);
        }
        await it.hold(purchase, 2);
      });
      const available = (euros: number) => [
        { minor: euros, currency: 'EUR' },
        { minor: 7, currency: 'JPY' },
      ];
      expect(await ledger.available('person:1')).toEqual(available(pending));
      await run((it) => it[end](purchase.id, 3));
      expect(await ledger.available('person:1')).toEqual(available(left));
      expect(await ledger.available('person:2')).toEqual([]);
    }
  });

  it('forgets a voided transfer', async () => {
    const { ledger, run } = open();
    await run((it) => it.hold(transfer, 1));
    await run((it) => it.void(transfer.id, 2));
    expect(await ledger.outcome(transfer.id)).toBe('voided');
    expect(await ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 0 });
  });

  it.each([
    ['post', 'void', 'posted, so it cannot be voided'],
    ['void', 'post', 'voided, so it cannot be posted'],
  ] as const)('ends a transfer exactly once: %s, then not %s', async (first, second, message) => {
    const { run } = open();
    await run((it) => it.hold(transfer, 1));
    await run((it) => it[first](transfer.id, 2));
    await run((it) => it[first](transfer.id, 3));
    await expect(run((it) => it[second](transfer.id, 4))).rejects.toThrow(message);
  });

  it('refuses another movement under the same id', async () => {
    const { run } = open();
    await run((it) => it.hold(transfer, 1));
    await run((it) => it.hold(transfer, 2));
    const other = { ...transfer, amount: { minor: 501, currency: 'EUR' } } as const;
    await expect(run((it) => it.hold(other, 3))).rejects.toThrow(LedgerError);
  });

  it('refuses to post what nobody asked for', async () => {
    await expect(open().run((it) => it.post('nothing', 1))).rejects.toThrow('transfer nothing is absent');
  });

  it.each(['transfer', 'transfer_end', 'entry', 'evidence', 'journal', 'ledger_decision'])(
    'history stays: %s cannot be changed or deleted',
    async (table) => {
      const { store, run } = open();
      await run(async (it, tx) => {
        await it.hold(transfer, 1);
        await it.post(transfer.id, 2);
        await tx.run("INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)");
        await tx.run(
          "INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at) VALUES (1, 1, 'active', x'', 0, 0, 0)",
        );
        await tx.run(
          "INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline) VALUES ('c', 'payment', 1, x'', x'', 0, 0)",
        );
        await tx.run("INSERT INTO evidence VALUES ('c', 1, 0, 0, x'', 0)");
        await tx.run("INSERT INTO journal (at, subject, event) VALUES (0, 's', '{}')");
        await tx.run("INSERT INTO ledger_decision VALUES ('k', NULL, 'r', 1, 'EUR', 0)");
      });
      const columns = await store.read((tx) => tx.all(`PRAGMA table_info(${table})`, (row) => row.text('name')));
      const write = (sql: string) => store.transaction('rewrite history', (tx) => tx.run(sql));
      await expect(write(`UPDATE ${table} SET ${columns[0]} = ${columns[0]}`)).rejects.toThrow('append only');
      await expect(write(`DELETE FROM ${table}`)).rejects.toThrow('append only');
    },
  );

  it('sums to zero in every currency under any transfers', async () => {
    const accounts = ['cash', 'person:1', 'person:2', 'merchant:1'] as const;
    const movement = fc.record({
      debit: fc.constantFrom(...accounts),
      credit: fc.constantFrom(...accounts),
      minor: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
      currency: fc.constantFrom('EUR', 'JPY'),
      end: fc.constantFrom('post', 'void', 'leave'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(movement, { maxLength: 20 }), async (movements) => {
        const { store, ledger, run } = open();
        for (const [index, { debit, credit, minor, currency, end }] of movements.entries()) {
          if (debit === credit) continue;
          await run(async (it) => {
            await it.hold({ id: String(index), debit, credit, amount: { minor, currency } }, 1);
            if (end !== 'leave') await it[end](String(index), 2);
          });
        }
        for (const currency of ['EUR', 'JPY'] as const) {
          const balances = await Promise.all(accounts.map((account) => ledger.balance(account, currency)));
          expect(balances.reduce((sum, { posted }) => sum + posted, 0)).toBe(0);
        }
        expect((await store.read(checkLedger)).filter((breach) => !breach.includes('nobody owes'))).toEqual([]);
        await store.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('the check of the ledger', () => {
  const post = "INSERT INTO transfer_end VALUES ('t', 'posted', 0)";
  const charge =
    "INSERT INTO transfer VALUES ('t', 'x', 'person:1', 'merchant:1', 5, 'EUR', 0); INSERT INTO entry VALUES ('t', 'person:1', -5, 'EUR'), ('t', 'merchant:1', 5, 'EUR')";

  it.each([
    ['the entries of each currency sum to zero', [charge, "INSERT INTO entry VALUES ('t', 'cash', 1, 'EUR')"]],
    [
      'a posted transfer has two entries',
      ["INSERT INTO transfer VALUES ('t', NULL, 'cash', 'person:1', 5, 'EUR', 0)", post],
    ],
    ['only a posted transfer has entries', [charge]],
    ['no charge is posted without evidence', [charge, post]],
    ['nobody owes money to the service', [charge, post]],
    [
      'at most one charge of a payment is posted',
      [
        charge,
        post,
        "INSERT INTO transfer VALUES ('u', 'x', 'person:1', 'merchant:1', 5, 'EUR', 0)",
        "INSERT INTO transfer_end VALUES ('u', 'posted', 0)",
      ],
    ],
  ])('finds a breach of: %s', async (name, statements) => {
    const store = memoryStore();
    await store.transaction('breach', async (tx) => {
      for (const statement of statements.flatMap((text) => text.split('; '))) await tx.run(statement);
    });
    expect((await store.read(checkLedger)).join('\n')).toContain(name);
  });
});
