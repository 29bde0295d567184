import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkLedger } from '../../../server/ledger/invariants.ts';
import { Ledger, LedgerError, type Transfer } from '../../../server/ledger/ledger.ts';
import { Store } from '../../../server/store/store.ts';

const transfer: Transfer = {
  id: 'deposit:1:a',
  debit: 'cash',
  credit: 'person:1',
  amount: { minor: 500, currency: 'EUR' },
};

function open() {
  const store = new Store(':memory:');
  const ledger = new Ledger(store);
  const run = (work: (ledger: Ledger) => void) => store.transaction(() => work(ledger));
  return { store, ledger, run };
}

describe('the ledger', () => {
  it('moves money when a pending transfer is posted, and not before', () => {
    const { ledger, run } = open();
    run((it) => it.hold(transfer, 1));
    expect(ledger.balance('person:1', 'EUR')).toEqual({ posted: 0, pending: 0 });
    expect(ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 500 });
    run((it) => it.post(transfer.id, 2));
    expect(ledger.balance('person:1', 'EUR')).toEqual({ posted: 500, pending: 0 });
    expect(ledger.balance('cash', 'EUR')).toEqual({ posted: -500, pending: 0 });
  });

  // What a person may spend after a deposit of 500 and a transfer from their account that is pending, then posted or voided.
  it.each([
    [200, 300, 300, 500],
    [500, 0, 0, 500],
    [501, 0, 0, 500],
  ])('of 500 less %i pending, %i is available; posted %i, voided %i', (minor, pending, posted, voided) => {
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
      run((it) => {
        for (const paid of [transfer, yen]) {
          it.hold(paid, 1);
          it.post(paid.id, 1);
        }
        it.hold(purchase, 2);
      });
      const available = (euros: number) => [
        { minor: euros, currency: 'EUR' },
        { minor: 7, currency: 'JPY' },
      ];
      expect(ledger.available('person:1')).toEqual(available(pending));
      run((it) => it[end](purchase.id, 3));
      expect(ledger.available('person:1')).toEqual(available(left));
      expect(ledger.available('person:2')).toEqual([]);
    }
  });

  it('forgets a voided transfer', () => {
    const { ledger, run } = open();
    run((it) => it.hold(transfer, 1));
    run((it) => it.void(transfer.id, 2));
    expect(ledger.outcome(transfer.id)).toBe('voided');
    expect(ledger.balance('cash', 'EUR')).toEqual({ posted: 0, pending: 0 });
  });

  it.each([
    ['post', 'void', 'posted, so it cannot be voided'],
    ['void', 'post', 'voided, so it cannot be posted'],
  ] as const)('ends a transfer exactly once: %s, then not %s', (first, second, message) => {
    const { run } = open();
    run((it) => it.hold(transfer, 1));
    run((it) => it[first](transfer.id, 2));
    run((it) => it[first](transfer.id, 3));
    expect(() => run((it) => it[second](transfer.id, 4))).toThrow(message);
  });

  it('refuses another movement under the same id', () => {
    const { run } = open();
    run((it) => it.hold(transfer, 1));
    run((it) => it.hold(transfer, 2));
    const other = { ...transfer, amount: { minor: 501, currency: 'EUR' } } as const;
    expect(() => run((it) => it.hold(other, 3))).toThrow(LedgerError);
  });

  it('refuses to post what nobody asked for', () => {
    expect(() => open().run((it) => it.post('nothing', 1))).toThrow('transfer nothing is absent');
  });

  it.each(['transfer', 'transfer_end', 'entry', 'evidence', 'journal', 'ledger_decision'])(
    'history stays: %s cannot be changed or deleted',
    (table) => {
      const { store, run } = open();
      run((it) => {
        it.hold(transfer, 1);
        it.post(transfer.id, 2);
        store.run("INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)");
        store.run(
          "INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at) VALUES (1, 1, 'active', x'', 0, 0, 0)",
        );
        store.run(
          "INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline) VALUES ('c', 'payment', 1, x'', x'', 0, 0)",
        );
        store.run("INSERT INTO evidence VALUES ('c', 1, 0, 0, x'', 0)");
        store.run("INSERT INTO journal (at, subject, event) VALUES (0, 's', '{}')");
        store.run("INSERT INTO ledger_decision VALUES ('k', NULL, 'r', 1, 'EUR', 0)");
      });
      const column = store.all(`PRAGMA table_info(${table})`, (row) => row.text('name'))[0] ?? '';
      expect(() => run(() => store.run(`UPDATE ${table} SET ${column} = ${column}`))).toThrow('append only');
      expect(() => run(() => store.run(`DELETE FROM ${table}`))).toThrow('append only');
    },
  );

  it('sums to zero in every currency under any transfers', () => {
    const accounts = ['cash', 'person:1', 'person:2', 'merchant:1'] as const;
    const movement = fc.record({
      debit: fc.constantFrom(...accounts),
      credit: fc.constantFrom(...accounts),
      minor: fc.integer({ min: 1, max: 2 ** 40 - 1 }),
      currency: fc.constantFrom('EUR', 'JPY'),
      end: fc.constantFrom('post', 'void', 'leave'),
    });
    fc.assert(
      fc.property(fc.array(movement, { maxLength: 20 }), (movements) => {
        const { store, ledger, run } = open();
        for (const [index, { debit, credit, minor, currency, end }] of movements.entries()) {
          if (debit === credit) continue;
          run((it) => {
            it.hold({ id: String(index), debit, credit, amount: { minor, currency } }, 1);
            if (end !== 'leave') it[end](String(index), 2);
          });
        }
        for (const currency of ['EUR', 'JPY'] as const) {
          const sum = accounts.reduce((total, account) => total + ledger.balance(account, currency).posted, 0);
          expect(sum).toBe(0);
        }
        expect(checkLedger(store).filter((breach) => !breach.includes('nobody owes'))).toEqual([]);
        store.close();
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
  ])('finds a breach of: %s', (name, statements) => {
    const store = new Store(':memory:');
    store.transaction(() => {
      for (const statement of statements.flatMap((text) => text.split('; '))) store.run(statement);
    });
    expect(checkLedger(store).join('\n')).toContain(name);
  });
});
