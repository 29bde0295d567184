import { expect, test } from 'vitest';
import { durationOf, durationText } from '../../../sim/vocabulary/durations.ts';
import { number, pin, sender } from '../../../sim/vocabulary/numbers.ts';
import { phoneFields } from '../../../sim/vocabulary/phones.ts';
import { duration, moment } from '../../../sim/vocabulary/times.ts';

test.each([
  ['250ms', 250],
  ['10s', 10_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
  ['0s', 0],
  ['10', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['1 s', undefined],
  ['1w', undefined],
])('the length of time "%s" is %j ms', (text, ms) => {
  expect(durationOf(text)).toBe(ms);
  expect(duration.safeParse(text).data).toBe(ms);
});

test.each([
  [0, '0 s'],
  [449, '0.4 s'],
  [9_949, '9.9 s'],
  [10_000, '10 s'],
  [59_499, '59 s'],
  [59_500, '1 min'],
  [60_000, '1 min'],
  [3_661_000, '1 h 1 min'],
  [86_400_000, '1 d'],
  [90_061_000, '1 d 1 h'],
  [7_205_000, '2 h 5 s'],
])('%i ms is "%s"', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

/** What each word takes, its ends and the ones beside them. */
const WORDS = [
  [
    'a number',
    number,
    ['1', '+393330000001', '*100#', '1'.repeat(20), `+${'1'.repeat(20)}`],
    ['', '+', 'Bob', '1'.repeat(21), '1+1', '1 2'],
  ],
  [
    'a sender',
    sender,
    ['1', '+39', 'BANK', 'a b c d e f', '1'.repeat(20)],
    ['', '+BANK', 'twelve chars', '1'.repeat(21)],
  ],
  ['a PIN', pin, ['1234', '12345678'], ['123', '123456789', '12a4', '']],
  ['a moment', moment, ['2010-03-01T09:00:00Z', '2010-03-01T10:00:00+01:00', 0], ['2010-03-01', 'now', -1, 1.5]],
  ['a length of time', duration, ['1s', 0, 1_500], [-1, 1.5, 'soon']],
  ['places on a SIM', phoneFields.simCapacity, [1, 255], [0, 256, 1.5]],
  ['places in a phone', phoneFields.phoneCapacity, [0, 10_000], [-1, 10_001]],
] as const;

test.each(WORDS)('%s', (_name, word, taken, refused) => {
  for (const value of taken) expect(word.safeParse(value).success, String(value)).toBe(true);
  for (const value of refused) expect(word.safeParse(value).success, String(value)).toBe(false);
});

test('a moment may be of any zone', () => {
  expect(moment.parse('2010-03-01T10:00:00+01:00')).toBe(moment.parse('2010-03-01T09:00:00Z'));
});
