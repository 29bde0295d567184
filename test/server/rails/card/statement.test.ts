import { describe, expect, it } from 'vitest';
import { readStatement } from '../../../../server/rails/card/statement.ts';

const HEADING = 'terminal,trace,reference,kind,minor,currency,time';

describe('a statement', () => {
  it('has a line a movement', () => {
    const text = `${HEADING}\nT1,000042,0123456789AB,purchase,1250,978,2010-03-01T09:00:05.040Z\r\nTERM0002,000043,0123456789AB,refund,1,036,2010-03-02T00:00:00Z\n`;
    expect(readStatement({ name: 'a.csv', text })).toEqual([
      {
        terminal: 'T1      ',
        trace: '000042',
        reference: '0123456789AB',
        minor: 1_250,
        currency: 'EUR',
        at: Date.UTC(2010, 2, 1, 9, 0, 5, 40),
        kind: 'purchase',
        fee: undefined,
      },
      {
        terminal: 'TERM0002',
        trace: '000043',
        reference: '0123456789AB',
        minor: 1,
        currency: 'AUD',
        at: Date.UTC(2010, 2, 2),
        kind: 'refund',
        fee: undefined,
      },
    ]);
  });

  it('may say what the acquirer keeps, and what a bank took back', () => {
    const lines = ['purchase,1250,978,2010-03-01T09:00:05Z,20', 'refund,1,978,2010-03-02T00:00:00Z,-3'];
    const dispute = [
      'chargeback,1250,978,2010-03-02T00:00:00Z,0',
      'chargeback-reversal,1250,978,2010-03-09T00:00:00Z,0',
    ];
    const text = [...lines, ...dispute].map((line) => `T1,000042,0123456789AB,${line}`);
    const read = readStatement({ name: 'a.csv', text: [`${HEADING},fee`, ...text].join('\n') });
    expect(read.map(({ kind, fee }) => [kind, fee])).toEqual([
      ['purchase', 20],
      ['refund', -3],
      ['chargeback', 0],
      ['chargeback-reversal', 0],
    ]);
  });

  it('may have none', () => {
    expect(readStatement({ name: 'a.csv', text: `${HEADING}\n` })).toEqual([]);
  });

  it.each([
    ['no heading', 'T1,000042,0123456789AB,purchase,1250,978,2010-03-01T09:00:05Z', /^a\.csv: a statement begins with/],
    ['nothing', '', /^a\.csv: a statement begins with/],
    ['a line that is cut off', `${HEADING}\nT1,000042,0123456789AB,purch`, /line 2 .*: T1,000042,0123456789AB,purch$/],
    [
      'another kind',
      `${HEADING}\nT1,000042,0123456789AB,loan,1250,978,2010-03-01T09:00:05Z`,
      /^a\.csv: line 2 cannot be read/,
    ],
    [
      'a fee that its heading does not name',
      `${HEADING}\nT1,000042,0123456789AB,purchase,1250,978,2010-03-01T09:00:05Z,20`,
      /^a\.csv: line 2 cannot be read/,
    ],
    [
      'no fee, which its heading names',
      `${HEADING},fee\nT1,000042,0123456789AB,purchase,1250,978,2010-03-01T09:00:05Z`,
      /^a\.csv: line 2 cannot be read/,
    ],
    [
      'a negative amount',
      `${HEADING}\nT1,000042,0123456789AB,purchase,-1,978,2010-03-01T09:00:05Z`,
      /^a\.csv: line 2 cannot be read/,
    ],
    [
      'a currency that is not known',
      `${HEADING}\nT1,000042,0123456789AB,purchase,1,999,2010-03-01T09:00:05Z`,
      /^a\.csv: line 2 cannot be read/,
    ],
    [
      'a day that does not exist',
      `${HEADING}\nT1,000042,0123456789AB,purchase,1,978,2010-13-01T09:00:05Z`,
      /^a\.csv: line 2 cannot be read/,
    ],
  ])('with %s is refused', (_, text, reason) => {
    expect(() => readStatement({ name: 'a.csv', text })).toThrow(reason);
  });
});
