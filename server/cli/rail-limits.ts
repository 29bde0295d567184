import { z } from 'zod';
import type { RailLimits } from '../rails/rail.ts';

const minor = z.int().min(1).optional();

/** `limits` in the file of a rail: what the operator lets customers pay by it. */
export const LimitsOfFile: z.ZodType<RailLimits> = z
  .strictObject({ leastMinor: minor, mostMinor: minor, dayMinor: minor })
  .refine(({ leastMinor = 1, mostMinor = leastMinor }) => leastMinor <= mostMinor, {
    error: 'leastMinor is more than mostMinor: no payment would be possible',
  })
  .refine(({ leastMinor = 1, dayMinor = leastMinor }) => leastMinor <= dayMinor, {
    error: 'leastMinor is more than dayMinor: no payment would be possible',
  });
