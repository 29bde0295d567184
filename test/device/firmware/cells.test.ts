import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOf, centre, clip, pad, wrap } from '../../../device/firmware/cells.ts';

/** The same row by row: as many characters as fit, back to the last blank in them. */
function slowly(line: string, columns: number): readonly string[] {
  const rows: string[] = [];
  let rest = line;
  while (cellsOf(rest) > columns) {
    let head = '';
    for (const character of rest) {
      if (cellsOf(head + character) > columns) break;
      head += character;
    }
    const blank = rest.charAt(head.length) === ' ' ? head.length : head.lastIndexOf(' ');
    const cut = blank > 0 ? blank : head.length;
    rows.push(rest.slice(0, cut).trimEnd());
    rest = rest.slice(cut).replace(/^ /, '');
  }
  return [...rows, rest];
}

const letter = fc.constantFrom('a', 'b', ' ', ' ', 'è', '漢', '😀', '\u0301', '\ud83d', '.');

// Unicode Standard Annex #11, East Asian Width: W and F; combining marks stand over the letter before them.
test.each([
  ['a', 1],
  ['è', 1],
  ['e\u0301', 1],
  ['a\u20dd', 1],
  ['\u10ff', 1],
  ['\u1100', 2],
  ['\u2e80', 2],
  ['\u3041', 2],
  ['\ua4cf', 2],
  ['\ua4d0', 1],
  ['\uac00', 2],
  ['\ud7a3', 2],
  ['\uf900', 2],
  ['\ufe30', 2],
  ['\uff01', 2],
  ['\uff61', 1],
  ['\uffe0', 2],
  ['\u{1f600}', 2],
  ['\u{20000}', 2],
])('%j takes %d cells', (text, cells) => {
  expect(cellsOf(text)).toBe(cells);
});

test.each([
  ['abc', 4, 'abc', 'abc ', 'abc'],
  ['abc', 3, 'abc', 'abc', 'abc'],
  ['abc', 2, 'a…', 'a…', 'a…'],
  ['abc', 1, '…', '…', '…'],
  ['abc', 0, '', '', ''],
  ['a', 4, 'a', 'a   ', ' a'],
  ['漢字', 3, '漢…', '漢…', '漢…'],
  ['漢字', 2, '…', '… ', '…'],
])('%j in %d cells is cut to %j, filled to %j, and in the middle %j', (text, columns, cut, filled, middle) => {
  expect([clip(text, columns), pad(text, columns), centre(text, columns)]).toEqual([cut, filled, middle]);
});

describe('A text is broken into rows', () => {
  test('between words, inside a word that is too long, and never within a letter', () => {
    fc.assert(
      fc.property(fc.string({ unit: letter, maxLength: 80 }), fc.integer({ min: 2, max: 22 }), (text, columns) => {
        expect(wrap(text, columns)).toEqual(slowly(text, columns));
        expect(cellsOf(clip(text, columns))).toBeLessThanOrEqual(columns);
      }),
    );
  });

  test('also when a letter is wider than the row', () => {
    expect(wrap('漢a漢', 1)).toEqual(['漢', 'a', '漢']);
    expect(clip('漢a', 1)).toBe('…');
  });

  // Row by row with a look at all that is left, each of these took minutes.
  test.each([
    ['letters', 'x'],
    ['blanks', ' '],
    ['words', 'ab cdef '],
    ['wide letters', '漢'],
    ['marks over one letter', '\u0301'],
    ['a word and then letters', ' '.padStart(10, 'x')],
  ])('in a time that grows with its length alone: 500,000 %s', (_what, unit) => {
    const begin = process.cpuUsage();
    const rows = wrap(unit.repeat(500_000 / unit.length), 22);
    expect(rows.length).toBeGreaterThan(0);
    expect(process.cpuUsage(begin).user).toBeLessThan(4_000_000);
  });
});
