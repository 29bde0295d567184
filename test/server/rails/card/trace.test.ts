import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newTrace } from '../../../../server/rails/card/trace.ts';
import type { RailOrder } from '../../../../server/rails/rail.ts';
import { Row } from '../../../../server/store/row.ts';
import { ref } from '../../../../server/vocabulary/ids.ts';

const TXN = ref('0123456789abcdef');
const ORDER = { key: `${TXN}:charge`, txn: TXN, kind: 'charge', note: '' } as const satisfies Partial<RailOrder>;
const WHOLE: RailOrder = {
  ...ORDER,
  amount: { minor: 1, currency: 'EUR' },
  payer: 'clearing:card',
  merchant: 'merchant:1',
};

/** A transaction in which the running count is at `count`, and the customer has this number. */
function transaction(count: number): Parameters<typeof newTrace>[0] {
  return {
    sequence: async () => count,
    get: async (_, read) => read(new Row(new Map([['number', 0]]), ['+393400000001'])),
  };
}

const numbers = async (count: number, terminals: readonly [string, ...string[]]) => {
  const { terminal, trace } = await newTrace(transaction(count), WHOLE, 0, terminals, () => undefined);
  return `${terminal} ${trace}`;
};

describe('trace numbers', () => {
  it.each([
    [0, ['T1'], 'T1       000001'],
    [999_998, ['T1'], 'T1       999999'],
    [999_999, ['T1'], 'T1       000001'],
    [100_001, ['T1', 'T2'], 'T2       050001'],
    [1_999_997, ['T1', 'T2'], 'T2       999999'],
    [1_999_998, ['T1', 'T2'], 'T1       000001'],
  ] as const)('count %i of the terminals %j is %s', async (count, terminals, expected) => {
    expect(await numbers(count, terminals)).toBe(expected);
  });

  it('of a terminal are not used again within 999,999 of its orders', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(10 ** 12), fc.integer({ min: 1, max: 2 * 999_999 - 1 }), async (count, later) => {
        expect(await numbers(count + later, ['T1', 'T2'])).not.toBe(await numbers(count, ['T1', 'T2']));
      }),
    );
  });
});

describe('the numbers of an order', () => {
  it('have the first 12 digits of its txn, and the card of its customer', async () => {
    const cards = new Map([['+393400000001', { token: '9017', lastDigits: '4242' }]]);
    const trace = await newTrace(transaction(41), WHOLE, 77, ['TERM0001'], (number) => cards.get(number));
    expect(trace).toEqual({
      ...{ terminal: 'TERM0001', trace: '000042', reference: '0123456789AB', at: 77 },
      ...{ card: '9017', lastDigits: '4242' },
    });
  });

  it('name no card of a customer who has none', async () => {
    expect(await newTrace(transaction(41), WHOLE, 77, ['TERM0001'], () => undefined)).not.toHaveProperty('card');
  });

  it('are those of its charge when it is a reversal, which has not been sent before', async () => {
    const ofCharge = { terminal: 'TERM0001', trace: '000042', reference: '0123456789AB', at: 77, card: '9017' };
    const note = JSON.stringify({ ...ofCharge, sent: true });
    const reversal: RailOrder = { ...WHOLE, key: `${TXN}:reversal`, kind: 'reversal', note };
    expect(await newTrace(transaction(500), reversal, 99, ['TERM0009'], () => undefined)).toEqual(ofCharge);
  });
});
