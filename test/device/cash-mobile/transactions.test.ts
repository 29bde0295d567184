import { describe, expect, test } from 'vitest';
import type { Transaction } from '../../../device/cash-mobile/transaction.ts';
import { Transactions } from '../../../device/cash-mobile/transactions.ts';
import { encodeDown, octetsOf } from '../../../device/safe-mobile/index.ts';
import { fakeContext } from '../midp/context.ts';

function transaction(number: number, settled: boolean): Transaction {
  const ref = Uint8Array.of(0, 0, 0, 0, 0, 0, 0, number);
  const plaintext = encodeDown({
    type: 'PAY_REQUEST',
    time: 1,
    txn: ref,
    ttl: 120,
    flags: 0,
    amount: { minor: 1, currency: 'EUR' },
    merchantId: 1,
    matchCode: 1,
    payee: 'Bar',
    reference: '',
  });
  const standing = { status: 'paid', triesLeft: 3, approvalCode: 1, time: 1 } as const;
  return { role: 'customer', ref, plaintext, at: number, ...(settled ? { standing } : {}) };
}

const numbers = (transactions: Transactions) => transactions.all.map(({ ref }) => ref[7]);

describe('The transactions of a phone', () => {
  test('are 50 at most: the oldest that is settled goes, never one that is open while one is settled', () => {
    const { context } = fakeContext();
    const kept = new Transactions(context, () => {});
    for (let number = 0; number < 50; number += 1) kept.save(transaction(number, number >= 2));
    expect(numbers(kept)).toEqual(Array.from({ length: 50 }, (_, number) => number));
    kept.save(transaction(50, false));
    expect(numbers(kept)).toEqual([0, 1, ...Array.from({ length: 48 }, (_, index) => index + 3)]);
    const again = new Transactions({ ...context, records: { ...context.records } }, () => {});
    expect(numbers(again)).toEqual(numbers(kept));
  });

  test('that are all open lose the oldest', () => {
    const kept = new Transactions(fakeContext().context, () => {});
    for (let number = 0; number < 51; number += 1) kept.save(transaction(number, false));
    expect(numbers(kept)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  });

  test('tell what they will be before it is stored', () => {
    const { context } = fakeContext();
    const told: string[] = [];
    const stored = () => context.records.open('transactions', false)?.records.length ?? 0;
    const kept = new Transactions(context, (all) => void told.push(`${all.length}, stored ${stored()}`));
    kept.save(transaction(1, false));
    kept.save(transaction(2, false));
    kept.save(transaction(1, true));
    expect(told).toEqual(['1, stored 0', '2, stored 1', '2, stored 2']);
    kept.clear();
    expect(told.at(-1)).toBe('0, stored 0');
  });

  // An AUTH_REQUEST had 32 octets of a hash before its texts, whatever its kind.
  test('whose request this version cannot read are forgotten, and no others', () => {
    const { context } = fakeContext();
    const kept = new Transactions(context, () => {});
    const enrolment = octetsOf(`034b3d3b00${'11'.repeat(8)}0c040001${'00'.repeat(32)}02434d015000`.padEnd(2 * 83, '0'));
    kept.save(transaction(1, true));
    kept.save({ ...transaction(2, true), plaintext: enrolment });
    kept.save(transaction(3, false));
    expect(numbers(new Transactions(context, () => {}))).toEqual([1, 3]);
    const stored = context.records.open('transactions', false)?.records;
    expect(stored).toHaveLength(2);
  });
});
