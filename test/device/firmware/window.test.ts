import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LaidOutRow } from '../../../device/firmware/layout.ts';
import { keepVisible, scrollFor, windowOf } from '../../../device/firmware/window.ts';
import { LCD_ROWS } from '../../../device/index.ts';

/** Rows by the target each belongs to; `-` is text that nothing can be done with. */
function rowsOf(pattern: string): readonly LaidOutRow[] {
  return Array.from(pattern, (mark) => (mark === '-' ? { text: mark } : { text: mark, target: Number(mark) }));
}

describe('The window on a view', () => {
  test.each([
    ['', 0, 0, 0],
    ['', 0, 5, 5],
    ['0', 0, 0, 0],
    ['0123456789', 7, 0, 0],
    ['0123456789', 8, 0, 1],
    ['0123456789', 9, 0, 2],
    ['0123456789', 1, 2, 1],
    ['0123456789', 2, 2, 2],
    ['--------00', 0, 0, 2],
    ['-0000000000', 0, 0, 1],
    ['----', 0, 3, 3],
  ])('rows %j, target %d, first row %d: shows from %d', (pattern, target, top, shown) => {
    expect(keepVisible(rowsOf(pattern), target, top)).toBe(shown);
  });

  test.each([
    ['an empty list, down', '', 0, { focus: 0, top: 0 }, 1, true, { focus: 0, top: 0 }],
    ['an empty list, up', '', 0, { focus: 0, top: 0 }, -1, true, { focus: 0, top: 0 }],
    ['one line, down', '0', 1, { focus: 0, top: 0 }, 1, true, { focus: 0, top: 0 }],
    ['one line, up', '0', 1, { focus: 0, top: 0 }, -1, true, { focus: 0, top: 0 }],
    ['the last line, down', '0123456789', 10, { focus: 9, top: 2 }, 1, true, { focus: 0, top: 0 }],
    ['the first line, up', '0123456789', 10, { focus: 0, top: 0 }, -1, true, { focus: 9, top: 2 }],
    ['a form stops at its end', '01', 2, { focus: 1, top: 0 }, 1, false, { focus: 1, top: 0 }],
    ['a form stops at its begin', '01', 2, { focus: 0, top: 0 }, -1, false, { focus: 0, top: 0 }],
    [
      'a target that is 7 rows away comes at once',
      '0--------------1',
      2,
      { focus: 0, top: 0 },
      1,
      false,
      { focus: 0, top: 1 },
    ],
    ['text only, down', '----------', 0, { focus: 0, top: 0 }, 1, false, { focus: 0, top: 1 }],
    ['text only, at the end', '----------', 0, { focus: 0, top: 2 }, 1, false, { focus: 0, top: 2 }],
    ['text only, at the begin', '----------', 0, { focus: 0, top: 0 }, -1, false, { focus: 0, top: 0 }],
    ['text that fits', '---', 0, { focus: 0, top: 0 }, 1, false, { focus: 0, top: 0 }],
  ] as const)('%s', (_name, pattern, targets, before, by, wraps, after) => {
    expect(scrollFor(rowsOf(pattern), targets, before, by, wraps)).toEqual(after);
  });

  test('of a form jumps by less than a screen: 7 rows yes, 8 rows no', () => {
    const far = (gap: number) => rowsOf(`0${'-'.repeat(gap)}1`);
    const down = (gap: number) => scrollFor(far(gap), 2, { focus: 0, top: 0 }, 1, false);
    expect(down(LCD_ROWS + 5)).toEqual({ focus: 1, top: 7 });
    expect(down(LCD_ROWS + 6)).toEqual({ focus: 0, top: 1 });
  });

  test.each([
    ['fewer than it has', 7, 0, { above: false, below: false }],
    ['as many as it has', 8, 0, { above: false, below: false }],
    ['one more, at the begin', 9, 0, { above: false, below: true }],
    ['one more, at the end', 9, 1, { above: true, below: false }],
    ['two more, between', 10, 1, { above: true, below: true }],
  ])('of rows that are %s says where there are more', (_what, rows, top, scroll) => {
    expect(windowOf(rowsOf('-'.repeat(rows)), top, -1).scroll).toEqual(scroll);
  });

  test('never leaves the rows, and any key of a form is answered until an end is reached', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 30 }),
        fc.nat({ max: 40 }),
        fc.array(fc.constantFrom(1 as const, -1 as const)),
        (targets, gap, keys) => {
          const rows = Array.from({ length: targets * (1 + (gap % 4)) }, (_, index) => ({
            text: '',
            target: Math.floor(index / (1 + (gap % 4))),
          }));
          let window = { focus: 0, top: 0 };
          for (const by of keys) {
            window = scrollFor(rows, targets, window, by, false);
            expect(window.top).toBeGreaterThanOrEqual(0);
            expect(window.top).toBeLessThanOrEqual(Math.max(0, rows.length - 1));
            expect(window.focus).toBeLessThan(Math.max(1, targets));
          }
        },
      ),
    );
  });
});
