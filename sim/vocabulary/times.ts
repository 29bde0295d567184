import { z } from 'zod';
import { type Pace, paceOf, SPEEDS } from '../world-clock.ts';

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** ms of a length of time as people write it: `250ms`, `10s`, `1.5m`, `2h`, `7d`. Undefined when it is none. */
export function durationOf(text: string): number | undefined {
  const [, amount, unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Math.round(Number(amount) * (UNIT_MS[unit] ?? 1));
}

const NO_DURATION = 'must be a length of time: 250ms, 10s, 5m, 2h, 7d, or a number of ms';

/** A length of time, in ms once it is read: `10s`, or a number of ms. */
export const duration: z.ZodType<number, string | number> = z
  .union([z.int(NO_DURATION).min(0, NO_DURATION), z.string().regex(/^\d+(\.\d+)?(ms|s|m|h|d)$/, NO_DURATION)], {
    error: NO_DURATION,
  })
  .transform((value) => (typeof value === 'number' ? value : (durationOf(value) ?? 0)))
  .meta({ examples: ['10s', '5m', 1500] });

const NO_MOMENT = 'must be a moment: 2010-03-01T09:00:00Z, or ms since 1970';

/** A moment, in ms since 1970 once it is read. */
export const moment: z.ZodType<number, string | number> = z
  .union([z.int(NO_MOMENT).min(0, NO_MOMENT), z.iso.datetime({ offset: true, error: NO_MOMENT })], { error: NO_MOMENT })
  .transform((value) => (typeof value === 'number' ? value : Date.parse(value)))
  .meta({ examples: ['2010-03-01T09:00:00Z'] });

/** How the clock goes: `real`, `x10`, `stopped`, `fast`. */
export const pace: z.ZodType<Pace, string> = z
  .string()
  .refine((text) => paceOf(text) !== undefined, {
    error: `must be real, stopped, fast, or x and a factor from ${SPEEDS.from} to ${SPEEDS.to}: x10`,
  })
  .transform((text): Pace => paceOf(text) ?? { kind: 'stopped' })
  .meta({ examples: ['real', 'x10', 'stopped', 'fast'] });

const SECOND_MS = 1_000;
const LARGEST_FIRST: readonly (readonly [ms: number, name: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [SECOND_MS, 's'],
];

/** A length of time: the two largest units, as `2 h 5 min`, or `0.4 s`. */
export function durationText(ms: number): string {
  if (ms < 10 * SECOND_MS) return `${Math.round(ms / 100) / 10} s`;
  let left = Math.round(ms / SECOND_MS) * SECOND_MS;
  const words = LARGEST_FIRST.flatMap(([unit, name]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return count === 0 ? [] : [`${count} ${name}`];
  });
  return words.slice(0, 2).join(' ');
}
