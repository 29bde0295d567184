import { z } from 'zod';
import { type Pace, paceOf, SPEEDS } from '../pace.ts';
import { durationOf } from './durations.ts';

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
