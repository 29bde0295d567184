import { describe, expect, it } from 'vitest';
import type { CardEntry } from '../../../sim/hosts/card-book.ts';
import { hasGivenBack, ordersOf } from '../../../sim/loop/acquirer.ts';

const TXN = '4b8b82a2421b652b';
const OTHER = '4b8b82a2421c0000';

function entry(trace: string, kind: CardEntry['kind'], minor: number, more: Partial<CardEntry> = {}): CardEntry {
  const numbers = { terminal: 'TOWN0001', trace, reference: '4B8B82A2421B', currency: '978', code: '00' };
  return { ...numbers, kind, minor, at: 7, state: 'moved', ...more };
}

describe('the book of a card host', () => {
  it('is read by the reference, which is the first 12 digits of the txn', () => {
    const foreign = entry('000003', 'purchase', 5, { reference: 'FFFFFFFFFFFF', state: 'reversed' });
    const book = [entry('000001', 'purchase', 900), entry('000002', 'refund', 300, { state: 'declined' }), foreign];
    const kept = { currency: '978', at: 7 };
    const of = `${TXN}:charge`;
    expect(ordersOf(book, [OTHER, TXN])).toEqual([
      { ...kept, key: of, kind: 'charge', of, minor: 900, state: 'moved' },
      { ...kept, key: `${TXN}:refund TOWN0001 000002`, kind: 'refund', of, minor: 300, state: 'declined' },
      { ...kept, key: 'FFFFFFFFFFFF:charge', kind: 'charge', of: 'FFFFFFFFFFFF:charge', minor: 5, state: 'reversed' },
    ]);
  });

  it.each<[what: string, book: readonly CardEntry[], done: number, moved: boolean]>([
    ['has it', [entry('1', 'refund', 300)], 0, true],
    ['has one that the service knows', [entry('1', 'refund', 300)], 1, false],
    ['has one more than the service knows', [entry('1', 'refund', 300), entry('2', 'refund', 300)], 1, true],
    ['has another amount', [entry('1', 'refund', 301)], 0, false],
    ['has it declined', [entry('1', 'refund', 300, { state: 'declined' })], 0, false],
    ['has a purchase of the amount', [entry('1', 'purchase', 300)], 0, false],
    ['has that of another payment', [entry('1', 'refund', 300, { reference: '4B8B82A2421C' })], 0, false],
  ])('of a refund that the service gave up: %s', (_, book, done, moved) => {
    expect(hasGivenBack(book, { key: `${TXN}:refund:a`, txn: TXN, minor: 300, done })).toBe(moved);
  });
});
