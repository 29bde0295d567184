import { describe, expect, test } from 'vitest';
import { builtInTexts } from '../../../device/cash-mobile/built-in.ts';
import { decimalPointOf, filled, languageFor, type Texts } from '../../../device/cash-mobile/texts.ts';
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

describe.each(['en', 'it'] as const)('The words in %s', (language) => {
  const texts = builtInTexts(language);

  test.each(SIDE_BY_SIDE)('%s and %s fit side by side', (left, right) => {
    expect(`${texts[left]} ${texts[right]}`.length).toBeLessThanOrEqual(LCD_COLUMNS);
  });

  test('are all there and have no stray blanks', () => {
    for (const text of Object.values(texts)) if (typeof text === 'string') expect(text).toMatch(/^\S(.*\S)?$/);
  });
});

describe('A text with a value in it', () => {
  const WITH_A_VALUE = [
    'wrongCode',
    'wrongPin',
    'moreWait',
    'loggedInAt',
    'badAmount',
    'descriptorWrong',
    'otherService',
  ];

  test.each(['en', 'it'] as const)('has one place for it, and the others have none, in %s', (language) => {
    const all = Object.entries(builtInTexts(language)).flatMap(([name, text]) =>
      (JSON.stringify(text).match(/\{\}/g) ?? []).map(() => name),
    );
    expect(all.toSorted()).toEqual(WITH_A_VALUE.toSorted());
  });

  test('is the text with the value, whatever characters that has', () => {
    expect(filled(builtInTexts('it').wrongPin, 2)).toBe('PIN errato. Tentativi rimasti: 2');
    expect(filled('{}, {}', '$& {}')).toBe('$& {}, {}');
  });

  test('amounts are written as in the language', () => {
    expect((['en', 'it'] as const).map((language) => decimalPointOf(builtInTexts(language)))).toEqual(['.', ',']);
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
    expect(builtInTexts(languageFor(locale)).payTo).toBe(words);
  });
});
