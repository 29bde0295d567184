import { expect, test } from 'vitest';
import { Arguments } from '../../../sim/modem/arguments.ts';
import { cmeError } from '../../../sim/modem/result.ts';

const INVALID = cmeError('incorrectParameters');
const argumentsOf = (text: string) => new Arguments(text, () => INVALID);

/** Values as strings, undefined for one that is omitted (ITU-T V.250, 5.4.2.1 and 5.4.2.2). */
test.each<readonly [string, readonly (string | undefined)[]]>([
  ['', []],
  [',', [undefined, undefined]],
  ['1,"two",,4', ['1', 'two', undefined, '4']],
  ['"a,b",c', ['a,b', 'c']],
  ['""', ['']],
  ['"\\22\\5C\\5c\\23"', ['"\\\\\\23']],
])('the values of %j', (text, values) => {
  const args = argumentsOf(text);
  expect(args.count).toBe(values.length);
  values.forEach((value, i) => {
    expect(args.has(i)).toBe(value !== undefined);
    expect(args.string(i, 'otherwise')).toBe(value ?? 'otherwise');
    if (value === undefined) expect(() => args.string(i)).toThrow(INVALID);
  });
  expect([args.has(values.length), args.string(values.length, 'none')]).toEqual([false, 'none']);
});

test.each(['"', '"a', 'a"', 'a"b', '"a"b', '"a"b"', '""a', '"a""b"'])('quotes that do not fit: %s', (text) => {
  expect(() => argumentsOf(text)).toThrow(INVALID);
});

test.each<readonly [string, number | undefined]>([
  ['2', 2],
  ['9', 9],
  ['"3"', 3],
  ['007', 7],
  ['1', undefined],
  ['10', undefined],
  ['-2', undefined],
  ['2.5', undefined],
  ['x', undefined],
  ['0000000002', undefined],
])('%s as a number from 2 to 9 is %j', (text, number) => {
  const args = argumentsOf(text);
  if (number === undefined) expect(() => args.number(0, [2, 9], 5)).toThrow(INVALID);
  else expect(args.number(0, [2, 9])).toBe(number);
});

test('a number that is omitted is the other one, or refused; one of several is one of them', () => {
  const args = argumentsOf(',3,4,5');
  expect(args.number(0, [2, 9], 1)).toBe(1);
  expect(() => args.number(0, [2, 9])).toThrow(INVALID);
  expect(() => args.number(9, [2, 9])).toThrow(INVALID);
  expect([args.oneOf(1, [3, 5]), args.oneOf(3, [3, 5]), args.oneOf(0, [3, 5], 3)]).toEqual([3, 5, 3]);
  expect(() => args.oneOf(2, [3, 5])).toThrow(INVALID);
  expect(() => args.oneOf(0, [3, 5])).toThrow(INVALID);
});

test('more values than a command has are refused, omitted ones too', () => {
  expect(() => argumentsOf('1,2').atMost(2)).not.toThrow();
  expect(() => argumentsOf('1,2,').atMost(2)).toThrow(INVALID);
});
