import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellsOf, clip, wrap } from '../../../device/firmware/cells.ts';

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
