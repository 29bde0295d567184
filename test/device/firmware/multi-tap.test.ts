import { describe, expect, test } from 'vitest';
import { COMMIT_MS, nextMode, strokeFor, strokesOf } from '../../../device/firmware/multi-tap.ts';
import { type InputMode, KEYS, type Key } from '../../../device/hal/index.ts';

const WRITTEN: readonly (readonly [key: Key, small: string, capital: string, digits: string])[] = [
  ['1', '.,?!1\'"-()@/:', '.,?!1\'"-()@/:', '1'],
  ['2', 'abc2àáä', 'ABC2ÀÁÄ', '2'],
  ['3', 'def3èé', 'DEF3ÈÉ', '3'],
  ['4', 'ghi4ìí', 'GHI4ÌÍ', '4'],
  ['5', 'jkl5', 'JKL5', '5'],
  ['6', 'mno6òóö', 'MNO6ÒÓÖ', '6'],
  ['7', 'pqrs7ß', 'PQRS7', '7'],
  ['8', 'tuv8ùúü', 'TUV8ÙÚÜ', '8'],
  ['9', 'wxyz9', 'WXYZ9', '9'],
  ['*', '+*#&%=_;<>€$£', '+*#&%=_;<>€$£', '+*#&%=_;<>€$£'],
  ['0', ' 0', ' 0', '0'],
  ['#', '', '', ''],
];

describe('The keypad', () => {
  test.each(WRITTEN)('%s writes %j, in capitals %j, in digits %j', (key, small, capital, digits) => {
    expect((['abc', 'Abc', 'ABC', '123'] as const).map((mode) => strokesOf(key, mode))).toEqual([
      small,
      capital,
      capital,
      digits,
    ]);
  });

  test('writes with no other key', () => {
    const writing = WRITTEN.map(([key]) => key);
    for (const key of KEYS.filter((name) => !writing.includes(name))) {
      for (const mode of ['abc', 'Abc', 'ABC', '123'] as const) expect(strokesOf(key, mode)).toBe('');
    }
  });

  test('goes round its modes with #: a sentence, small, capitals, digits', () => {
    const seen: InputMode[] = ['Abc'];
    for (let strokes = 0; strokes < 4; strokes += 1) seen.push(nextMode(seen.at(-1) ?? 'Abc'));
    expect(seen).toEqual(['Abc', 'abc', 'ABC', '123', 'Abc']);
    expect(COMMIT_MS).toBe(1_000);
  });

  test.each([
    ['a', 'abc', { key: '2', times: 1 }],
    ['ä', 'abc', { key: '2', times: 7 }],
    ['z', 'abc', { key: '9', times: 4 }],
    [' ', 'abc', { key: '0', times: 1 }],
    ['A', 'abc', undefined],
    ['a', 'ABC', undefined],
    ['ß', 'ABC', undefined],
    ['5', '123', { key: '5', times: 1 }],
    ['€', '123', { key: '*', times: 11 }],
  ] as const)('%j in mode %s: %j', (character, mode, stroke) => {
    expect(strokeFor(character, mode)).toEqual(stroke);
  });
});
