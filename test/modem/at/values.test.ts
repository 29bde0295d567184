import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AtValue,
  allows,
  itemsIn,
  numberIn,
  numbersIn,
  prefixOf,
  textIn,
  valuesOf,
} from '../../../modem/at/values.ts';

const word = (text: string): AtValue => ({ kind: 'word', text });
const string = (text: string): AtValue => ({ kind: 'string', text });
const list = (...items: AtValue[]): AtValue => ({ kind: 'list', items });
const empty: AtValue = { kind: 'empty' };

const cases: readonly (readonly [line: string, values: readonly AtValue[]])[] = [
  ['+CSQ: 23,0', [word('23'), word('0')]],
  ['+CPIN: "READY"', [string('READY')]],
  ['+CPIN:READY', [word('READY')]],
  ['+CMTI: "SM",3', [string('SM'), word('3')]],
  ['+CDS: ,25', [empty, word('25')]],
  ['+CMGR: 1,,26', [word('1'), empty, word('26')]],
  ['+COPS: 0,0,"T, Mobile (IT)",2', [word('0'), word('0'), string('T, Mobile (IT)'), word('2')]],
  [
    '+CNMI: (0-2),(0,1,2),(),(0,1)',
    [list(word('0-2')), list(word('0'), word('1'), word('2')), list(), list(word('0'), word('1'))],
  ],
  ['+CPMS: (("SM","BM","SR"),("SM"))', [list(list(string('SM'), string('BM'), string('SR')), list(string('SM')))]],
  ['+CPMS: ("ME","MT"), ("SM") ,()', [list(string('ME'), string('MT')), list(string('SM')), list()]],
  ['+CUSD: 0,"never closed', [word('0'), string('never closed')]],
  ['+CPBR: (1-50', [list(word('1-50'))]],
  ['+X: ((((1),2),3),4)', [list(list(list(list(word('1')), word('2')), word('3')), word('4'))]],
  ['+X: (((((1)))))', [list(list(list(list(word('(1')))))]],
  ['+CMD:', []],
  ['355896001234567', [word('355896001234567')]],
];

describe('the reader of values', () => {
  test.each(cases)('reads %s', (line, values) => {
    expect(valuesOf(line)).toEqual(values);
  });

  test.each([
    ['+CREG: 1,5', '+CREG'],
    ['^SIMST', '^SIMST'],
    ['_OSIGQ: 3,0', '_OSIGQ'],
    ['#STN: 1', '#STN'],
    ['+CME ERROR: 14', '+CME ERROR'],
    ['OK', undefined],
    ['Quectel: modems', undefined],
  ])('finds the prefix of %s', (line, prefix) => {
    expect(prefixOf(line)).toBe(prefix);
  });

  test('gives numbers and texts, quoted or not, and nothing for the rest', () => {
    const values = valuesOf('+X: 5,"7",abc,,(1),-1');
    expect(values.map(numberIn)).toEqual([5, 7, undefined, undefined, undefined, -1]);
    expect(values.map(textIn)).toEqual(['5', '7', 'abc', undefined, undefined, '-1']);
    expect(numberIn(values[9])).toBeUndefined();
    expect(values.map((value) => itemsIn(value).length)).toEqual([1, 1, 1, 0, 1, 1]);
  });

  test.each([
    ['999999999999999', 999_999_999_999_999],
    ['-999999999999999', -999_999_999_999_999],
    ['1000000000000000', undefined],
    ['1.5', undefined],
  ])('takes %s for the number %s', (text, number) => {
    expect(numberIn(valuesOf(text)[0])).toBe(number);
  });

  test.each([
    ['(0-3)', 0, true],
    ['(0-3)', 3, true],
    ['(0-3)', 4, false],
    ['(1-3)', 0, false],
    ['(0-3)', 2, true],
    ['(0,2)', 1, false],
    ['(0,2-4)', 4, true],
    ['1', 1, true],
    ['()', 0, false],
    ['(,1)', 0, false],
    ['(-5,1)', 0, false],
    ['((0,1),2)', 0, false],
    ['((0,1),2)', 2, true],
    ['(0 - 3)', 3, true],
  ])('says whether %s allows %i', (text, number, expected) => {
    expect(allows(valuesOf(text)[0], number)).toBe(expected);
  });

  test('there are no items, no numbers and nothing is allowed where there is no value', () => {
    expect([itemsIn(undefined), numbersIn(undefined), allows(undefined, 0)]).toEqual([[], [], false]);
  });

  test('never throws and never hangs, whatever the modem writes', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('(', ')', '"', ',', ' ', '+', ':', '1', 'a'), maxLength: 60 }),
        (text) => {
          expect(Array.isArray(valuesOf(text))).toBe(true);
        },
      ),
    );
  });

  test('reads back what was written', () => {
    const value = fc.oneof(
      fc.nat().map((number) => [String(number), word(String(number))] as const),
      fc.stringMatching(/^[ -!#-~]*$/).map((text) => [`"${text}"`, string(text)] as const),
    );
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 8 }), (values) => {
        const line = `+X: ${values.map(([written]) => written).join(',')}`;
        expect(valuesOf(line)).toEqual(values.map(([, read]) => read));
      }),
    );
  });
});

describe('the numbers of a list', () => {
  test.each([
    ['+CMGD: (900-903,910),(0-4)', [900, 901, 902, 903, 910]],
    ['+CMGD: ()', []],
    ['+CMGD: (1, 3 - 4)', [1, 3, 4]],
    ['+CMGD: (4-2)', []],
    ['+CMGD: (x,-,1-)', []],
  ])('%s', (text, numbers) => {
    expect(numbersIn(valuesOf(text)[0])).toEqual(numbers);
  });

  test('are written out up to a limit', () => {
    expect(numbersIn(valuesOf('(0-999999999)')[0])).toHaveLength(1_000);
  });
});
