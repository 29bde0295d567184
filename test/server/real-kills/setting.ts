import { z } from 'zod';

const ms = z.int().positive();

/** What the process of a service is started with. */
export const Setting = z.strictObject({
  database: z.string(),
  /** The key file. */
  keys: z.string(),
  /** Where the network of the phones listens. */
  network: z.int(),
  /** Of the clock: see `fastClock`. */
  origin: ms,
  speed: z.int().positive(),
  /** Default: the prepaid accounts. */
  rail: z
    .strictObject({
      port: z.int(),
      secret: z.string(),
      inquiry: z.boolean(),
      capabilities: z.strictObject({
        onUnknown: z.enum(['inquire', 'repeat', 'reverse']),
        keyLifeMs: z.strictObject({ charge: ms, refund: ms, reversal: ms }),
        timeoutMs: ms,
        retryMs: z.array(ms),
      }),
    })
    .optional(),
});
export type Setting = z.infer<typeof Setting>;
