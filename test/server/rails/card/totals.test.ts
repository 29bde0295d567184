import { describe, expect, it } from 'vitest';
import {
  type BusinessDay,
  type DoneOrder,
  differencesIn,
  totalsOf,
  totalsRequest,
} from '../../../../server/rails/card/totals.ts';
import type { Trace } from '../../../../server/rails/card/trace.ts';
import { answerTo } from './scripted-line.ts';

const DAY: BusinessDay = { day: '0301', from: 1_000, to: 2_000 };
const ACCEPTOR = { acquirer: '12345', merchant: 'MERCHANT1', reversals: 'request' } as const;
const NUMBERS = { terminal: 'TERM0001', trace: '000007', now: Date.UTC(2010, 2, 1, 22, 10) };

function order(
  kind: DoneOrder['kind'],
  minor: number,
  trace: Partial<Trace>,
  currency: 'EUR' | 'CHF' = 'EUR',
): DoneOrder {
  return {
    ...{ kind, amount: { minor, currency } },
    trace: { terminal: 'TERM0001', trace: '000001', reference: '0123456789AB', at: 1_500, ...trace },
  };
}

/** The totals of orders in EUR: credits, their reversals, debits, their reversals. */
function counted(...orders: readonly DoneOrder[]) {
  const totals = totalsOf(orders, DAY).get('EUR');
  return totals === undefined ? undefined : Object.values(totals).map(({ count, minor }) => [count, minor]);
}

const NONE = [0, 0];

describe('an order counts', () => {
  it.each<readonly [what: string, order: DoneOrder, expected: ReturnType<typeof counted>]>([
    ['a purchase as a debit', order('charge', 5, { settled: '0301' }), [NONE, NONE, [1, 5], NONE]],
    ['a refund as a credit', order('refund', 5, { settled: '0301' }), [[1, 5], NONE, NONE, NONE]],
    ['of another day', order('charge', 5, { settled: '0302' }), undefined],
    [
      'of this day by DE 15, before it by the time',
      order('charge', 5, { settled: '0301', at: 1 }),
      [NONE, NONE, [1, 5], NONE],
    ],
    ['without DE 15, first moment', order('charge', 5, { at: 1_000 }), [NONE, NONE, [1, 5], NONE]],
    ['without DE 15, before it', order('refund', 5, { at: 999 }), undefined],
    ['without DE 15, at the cut-off', order('charge', 5, { at: 2_000 }), undefined],
    ['a reversal with its purchase', order('reversal', 5, { settled: '0301' }), [NONE, NONE, [1, 5], [1, 5]]],
    ['a reversal of the next day: the purchase', order('reversal', 5, { settled: '0302' }), [NONE, NONE, [1, 5], NONE]],
    [
      'a reversal of the day before: itself',
      order('reversal', 5, { settled: '0301', at: 1 }),
      [NONE, NONE, NONE, [1, 5]],
    ],
    ['a reversal of nothing', order('reversal', 5, { settled: '0301', unknownThere: true }), undefined],
    ['in its own currency', order('charge', 5, { settled: '0301' }, 'CHF'), undefined],
  ])('%s', (_, one, expected) => {
    expect(counted(one)).toEqual(expected);
  });

  it('with all others of its kind', () => {
    const two = order('charge', 5, { settled: '0301' });
    expect(counted(two, two, order('refund', 3, { settled: '0301' }))).toEqual([[1, 3], NONE, [2, 10], NONE]);
  });
});

describe('the request for totals', () => {
  const totals = (debits: number, debitReversals: number, credits: number, creditReversals: number) => {
    const of = (minor: number) => ({ count: minor === 0 ? 0 : 2, minor });
    return {
      ...{ credits: of(credits), 'credit reversals': of(creditReversals) },
      ...{ debits: of(debits), 'debit reversals': of(debitReversals) },
    };
  };
  const request = (...minors: Parameters<typeof totals>) =>
    totalsRequest(DAY, 'EUR', totals(...minors), ACCEPTOR, NUMBERS);

  it('has the numbers and the amounts, and names the day, the merchant and the currency', () => {
    expect(request(1_250, 250, 500, 100)).toEqual({
      mti: '0500',
      fields: new Map([
        [7, '0301221000'],
        [11, '000007'],
        [15, '0301'],
        [32, '12345'],
        [41, 'TERM0001'],
        [42, 'MERCHANT1      '],
        [50, '978'],
        [74, '0000000002'],
        [86, '0000000000000500'],
        [75, '0000000002'],
        [87, '0000000000000100'],
        [76, '0000000002'],
        [88, '0000000000001250'],
        [77, '0000000002'],
        [89, '0000000000000250'],
        [97, 'D0000000000000600'],
      ]),
    });
  });

  it.each<readonly [minors: Parameters<typeof totals>, net: string]>([
    [[0, 0, 500, 0], 'C0000000000000500'],
    [[500, 0, 500, 0], 'D0000000000000000'],
    [[500, 600, 0, 0], 'C0000000000000100'],
    [[0, 0, 500, 501], 'D0000000000000001'],
  ])('has the net of %j as %s', (minors, net) => {
    expect(request(...minors).fields.get(97)).toBe(net);
  });

  const own = request(1_250, 0, 500, 0);
  const unsaid = 'the host says that they are not the same';
  it.each<readonly [what: string, said: Readonly<Record<number, string>>, expected: readonly (string | RegExp)[]]>([
    ['in balance', { 66: '1' }, []],
    ['out of balance, without its own totals', { 66: '2' }, [`${unsaid} (DE 66: 2), and not what is other`]],
    ['in error', { 66: '3' }, [`${unsaid} (DE 66: 3), and not what is other`]],
    ['without a code', {}, [`${unsaid} (DE 66: missing), and not what is other`]],
    [
      'another number',
      { 66: '2', 76: '0000000003' },
      ['debits: 2 of 1250 here, 3 of 1250 there (number and minor units)'],
    ],
    [
      'another amount, though it calls it balanced',
      { 66: '1', 86: '0000000000000501' },
      ['credits: 2 of 500 here, 2 of 501 there (number and minor units)'],
    ],
  ])('is answered: %s', (_, said, expected) => {
    expect(differencesIn(own, answerTo(own, said))).toEqual(expected);
  });
});
