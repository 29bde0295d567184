import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { standingAfter } from '../../../device/cash-mobile/receipts.ts';
import {
  awaitsCustomer,
  awaitsReceipt,
  decodeTransaction,
  encodeTransaction,
  type Said,
  type Standing,
  type Transaction,
} from '../../../device/cash-mobile/transaction.ts';
import type { Receipt, Status } from '../../../device/safe-mobile/index.ts';

const STATUSES: readonly Status[] = [
  'paid',
  'refused',
  'expired',
  'cancelled',
  'declined',
  'wrong-pin',
  'blocked',
  'in-progress',
  'active',
  'rejected',
  'reversed',
  'refunded',
  'confirmed',
];
const SAID: readonly Said[] = [
  'approved',
  'no',
  'not-me',
  'expired',
  'unreadable',
  'muted',
  'asked',
  'cancelled',
  'wrong-digits',
];

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const milliseconds = fc.integer({ min: 0, max: 2 ** 45 });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const standing: fc.Arbitrary<Standing> = fc.record({
  status: fc.constantFrom(...STATUSES),
  triesLeft: fc.integer({ min: 0, max: 15 }),
  approvalCode: uint32,
  time: uint32,
});
const transaction: fc.Arbitrary<Transaction> = fc.record(
  {
    role: fc.constantFrom('customer', 'merchant'),
    ref: octets(8),
    plaintext: octets(83),
    at: milliseconds,
    mistyped: fc.constant(true as const),
    sent: fc.record(
      {
        ...{ said: fc.constantFrom(...SAID), frame: octets(133), at: milliseconds },
        repeated: fc.record({ times: fc.integer({ min: 0, max: 255 }), at: milliseconds }),
      },
      { requiredKeys: ['said', 'frame', 'at'] },
    ),
    standing,
  },
  { requiredKeys: ['role', 'ref', 'plaintext', 'at'] },
);

function base(standingBefore?: Standing): Transaction {
  const known = standingBefore === undefined ? {} : { standing: standingBefore };
  return { role: 'customer', ref: new Uint8Array(8), plaintext: new Uint8Array(83), at: 0, ...known };
}

function receipt({ status, triesLeft, approvalCode, time }: Standing): Receipt {
  const signature = new Uint8Array(64);
  return { type: 'RECEIPT', ref: new Uint8Array(8), rail: 'none', signature, status, triesLeft, approvalCode, time };
}

describe('A transaction', () => {
  test('survives being stored as a record', () => {
    fc.assert(
      fc.property(transaction, (original) => {
        expect(decodeTransaction(encodeTransaction(original))).toEqual(original);
      }),
    );
  });

  test('a record that is cut short is refused', () => {
    fc.assert(
      fc.property(transaction, fc.nat(), (original, cut) => {
        const record = encodeTransaction(original);
        expect(() => decodeTransaction(record.subarray(0, cut % record.length))).toThrow();
      }),
    );
  });
});

describe('What a transaction awaits', () => {
  const sent = (said: Said) => ({ sent: { said, frame: new Uint8Array(), at: 0 } });
  const stands = (status: Status, triesLeft = 2) => ({ standing: { status, triesLeft, approvalCode: 0, time: 1 } });

  test.each([
    ['nothing said', {}, 'customer'],
    ['approved', sent('approved'), 'receipt'],
    ['refused', sent('no'), 'receipt'],
    ['approved, in progress', { ...sent('approved'), ...stands('in-progress') }, 'receipt'],
    ['approved, wrong PIN', { ...sent('approved'), ...stands('wrong-pin') }, 'customer'],
    ['approved, wrong PIN, no try left', { ...sent('approved'), ...stands('wrong-pin', 0) }, 'nothing'],
    ['refused, wrong PIN before', { ...sent('not-me'), ...stands('wrong-pin') }, 'receipt'],
    ['approved, paid', { ...sent('approved'), ...stands('paid') }, 'nothing'],
    ['nothing said, cancelled', stands('cancelled'), 'nothing'],
    ['nothing said, in progress', stands('in-progress'), 'customer'],
    ['a sale asked', { role: 'merchant', ...sent('asked') }, 'receipt'],
    ['a sale asked, in progress', { role: 'merchant', ...sent('asked'), ...stands('in-progress') }, 'receipt'],
    ['a sale, paid', { role: 'merchant', ...sent('asked'), ...stands('paid') }, 'nothing'],
    ['a sale about which nothing was said', { role: 'merchant' }, 'nothing'],
  ] as const)('%s', (_name, change, awaits) => {
    const transaction: Transaction = { ...base(), ...change };
    const found = awaitsCustomer(transaction) ? 'customer' : awaitsReceipt(transaction) ? 'receipt' : 'nothing';
    expect(found).toBe(awaits);
  });
});

describe('A receipt about a wrong PIN', () => {
  test.each([
    ['later, as many tries', 101, 2, true],
    ['later, fewer tries', 101, 1, true],
    ['at once, fewer tries', 100, 1, true],
    ['at once, as many tries', 100, 2, false],
    ['at once, more tries', 100, 3, false],
    ['earlier, more tries', 99, 3, false],
  ])('that is %s: news %s', (_name, time, triesLeft, isNews) => {
    const before: Standing = { status: 'in-progress', triesLeft: 2, approvalCode: 0, time: 100 };
    const after: Standing = { status: 'wrong-pin', triesLeft, approvalCode: 0, time };
    expect(standingAfter(base(before), receipt(after))).toEqual(isNews ? after : undefined);
  });
});

describe('A status', () => {
  const final: readonly Status[] = STATUSES.filter((status) => status !== 'in-progress' && status !== 'wrong-pin');

  test('never goes backwards: after a final one only paid money may come back', () => {
    fc.assert(
      fc.property(standing, standing, (before, next) => {
        fc.pre(final.includes(before.status));
        const after = standingAfter(base(before), receipt(next));
        if (after !== undefined) {
          expect(before.status).toBe('paid');
          expect(['reversed', 'refunded']).toContain(after.status);
        }
      }),
    );
  });

  test.each([
    ['nothing', undefined, 'in-progress', true],
    ['nothing', undefined, 'paid', true],
    ['in progress', 'in-progress', 'in-progress', false],
    ['in progress', 'in-progress', 'paid', true],
    ['a wrong PIN', 'wrong-pin', 'in-progress', false],
    ['a wrong PIN', 'wrong-pin', 'wrong-pin', false],
    ['a wrong PIN', 'wrong-pin', 'blocked', true],
    ['in progress', 'in-progress', 'refunded', true],
    ['paid', 'paid', 'refunded', true],
    ['paid', 'paid', 'reversed', true],
    ['paid', 'paid', 'paid', false],
    ['reversed', 'reversed', 'refunded', false],
    ['cancelled', 'cancelled', 'paid', false],
    ['paid', 'paid', 'refused', false],
    ['refunded', 'refunded', 'paid', false],
  ] as const)('after %s: %s → %s is news: %s', (_name, before, next, isNews) => {
    const standingBefore: Standing | undefined =
      before === undefined ? undefined : { status: before, triesLeft: 2, approvalCode: 0, time: 100 };
    const after = standingAfter(
      base(standingBefore),
      receipt({ status: next, triesLeft: 2, approvalCode: 0, time: 100 }),
    );
    expect(after !== undefined).toBe(isNews);
  });
});
