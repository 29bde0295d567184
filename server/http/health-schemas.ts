import { z } from 'zod';
import type { ModemStanding } from '../service/modems.ts';
import type { Readiness } from '../service/readiness.ts';
import { TimeText } from './amount-schema.ts';
import { LONGEST_WAIT_SECONDS } from './deadline.ts';

const STATUSES: readonly [Readiness, ...Readiness[]] = ['ok', 'degraded', 'no-modem', 'no-database', 'no-room'];

/** A modem's state, with `since` in ISO 8601. */
export type ModemView = Omit<ModemStanding, 'since'> & { readonly since: string };

export interface HealthView {
  readonly status: Readiness;
  readonly modems: readonly ModemView[];
  readonly elsewhere: number;
}

const MODEM_STATES: readonly ModemStanding['state'][] = [
  'opening',
  'identified',
  'locked',
  'searching',
  'ready',
  'lost',
  'absent',
  'closed',
];

export const HealthView: z.ZodType<HealthView> = z
  .object({
    status: z
      .enum(STATUSES)
      .describe(
        'degraded: some modem of this process is not ready; no-modem: none of any process is, and nothing leaves; no-database, no-room: nothing can be written, and requests get 503',
      ),
    modems: z.array(
      z.object({
        port: z.string(),
        state: z.enum(MODEM_STATES),
        detail: z.string().describe('The state in words, with its reason'),
        since: TimeText,
      }),
    ),
    elsewhere: z
      .int()
      .describe('Modems of other processes on the same database that are ready, as of some seconds ago'),
  })
  .meta({ id: 'Health' });

export const LiveView: z.ZodType<{ readonly status: 'ok' }> = z.object({ status: z.literal('ok') });

/** `?not=STATUS&wait=SECONDS` */
export const HealthQuery: z.ZodType<{ readonly not?: Readiness | undefined; readonly wait: number }> = z.object({
  not: z.enum(STATUSES).optional().describe('Answer as soon as the status is another one'),
  wait: z.coerce
    .number<string>()
    .min(0)
    .max(LONGEST_WAIT_SECONDS)
    .default(0)
    .describe(`Seconds to wait for that, ${LONGEST_WAIT_SECONDS} at most`),
});
