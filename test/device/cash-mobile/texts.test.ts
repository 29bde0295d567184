import { describe, expect, test } from 'vitest';
import { type Texts, textsFor } from '../../../device/cash-mobile/texts.ts';
import { LCD_COLUMNS } from '../../../device/index.ts';

/** Labels that stand side by side on the soft keys. */
const SIDE_BY_SIDE: readonly (readonly [left: keyof Texts, right: keyof Texts])[] = [
  ['approve', 'refuse'],
  ['confirm', 'back'],
  ['confirm', 'refuse'],
  ['next', 'back'],
  ['next', 'exit'],
  ['cancelRequest', 'close'],
  ['sendAgain', 'close'],
  ['askAgain', 'back'],
  ['select', 'back'],
  ['select', 'exit'],
];

describe.each(['en', 'it'])('The words in %s', (locale) => {
  const texts = textsFor(locale);

  test.each(SIDE_BY_SIDE)('%s and %s fit side by side', (left, right) => {
    expect(`${texts[left]} ${texts[right]}`.length).toBeLessThanOrEqual(LCD_COLUMNS);
  });

  test('are all there and have no stray blanks', () => {
    for (const text of Object.values(texts)) if (typeof text === 'string') expect(text).toMatch(/^\S(.*\S)?$/);
  });
});

describe('The language', () => {
  test.each([
    ['it', 'Paga a'],
    ['it-IT', 'Paga a'],
    ['en', 'Pay to'],
    ['de', 'Pay to'],
    [undefined, 'Pay to'],
  ])('for the locale %s says "%s"', (locale, words) => {
    expect(textsFor(locale).payTo).toBe(words);
  });
});
