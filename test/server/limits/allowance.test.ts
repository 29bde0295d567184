import fc from 'fast-check';
import { expect, it } from 'vitest';
import { take } from '../../../server/limits/allowance.ts';

/** Takes at these moments. @returns which were given */
function given(
  allowance: { readonly atOnce: number; readonly everyMs: number },
  moments: readonly number[],
): boolean[] {
  let fullAt = 0;
  return moments.map((now) => {
    const taken = take(allowance, fullAt, now);
    fullAt = taken ?? fullAt;
    return taken !== undefined;
  });
}

const T = 1_000_000;

it.each([
  ['three at once, and not the fourth', [T, T, T, T], [true, true, true, false]],
  [
    'one more after the pause, and not a moment before',
    [T, T, T, T + 99, T + 100, T + 100],
    [true, true, true, false, true, false],
  ],
  ['what was refused costs nothing', [T, T, T, T, T, T + 100], [true, true, true, false, false, true]],
  [
    'all of it after three pauses, and not more after thirty',
    [T, T, T, ...[1, 2, 3, 4].map(() => T + 3_000)],
    [true, true, true, true, true, true, false],
  ],
  ['a clock that was ahead is not believed', [T * 1_000, T, T, T, T], [true, true, true, true, false]],
])('%s', (_, moments, expected) => {
  expect(given({ atOnce: 3, everyMs: 100 }, moments)).toEqual(expected);
});

it.each<[string, number, number | undefined]>([
  ['as late as three pauses, believed: nothing is left', 300, undefined],
  ['a moment later, of a clock that was ahead: begins anew', 301, T + 100],
])('the moment when all of it is there again: %s', (_, later, kept) => {
  expect(take({ atOnce: 3, everyMs: 100 }, T + later, T)).toBe(kept);
});

it('never gives more than all at once and one a pause, in any stretch of time, and always gives that', () => {
  const allowances = fc.record({ atOnce: fc.integer({ min: 1, max: 9 }), everyMs: fc.integer({ min: 1, max: 50 }) });
  fc.assert(
    fc.property(allowances, fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 60 }), (allowance, pauses) => {
      let now = T;
      const moments = pauses.map((pause) => (now += pause));
      const got = moments.filter((_, index) => given(allowance, moments)[index]);
      for (const [from, first] of got.entries()) {
        for (const [to, last] of got.entries()) {
          if (to >= from)
            expect(to - from + 1).toBeLessThanOrEqual(allowance.atOnce + (last - first) / allowance.everyMs);
        }
      }
      const patient = Array.from({ length: 5 }, (_, index) => T + index * allowance.everyMs);
      expect(given(allowance, patient)).toEqual(patient.map(() => true));
    }),
  );
});
