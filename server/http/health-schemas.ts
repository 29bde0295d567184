import { z } from 'zod';
import type { ModemStanding, Reachability } from '../service/modems.ts';
import { TimeText } from './amount-schema.ts';

const REACHABILITIES: readonly [Reachability, ...Reachability[]] = ['ok', 'degraded', 'no-modem'];

/** A modem's state, with `since` in ISO 8601. */
export type ModemView = Omit<ModemStanding, 'since'> & { readonly since: string };

export interface HealthView {
  readonly status: Reachability;
  readonly modems: readonly ModemView[];
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
    status: z.enum(REACHABILITIES).describe('degraded: some modem is not ready; no-modem: none is, and nothing leaves'),
    modems: z.array(
      z.object({
        port: z.string(),
        state: z.enum(MODEM_STATES),
        detail: z.string().describe('The state in words, with its reason'),
        since: TimeText,
      }),
    ),
  })
  .meta({ id: 'Health' });

export const LiveView: z.ZodType<{ readonly status: 'ok' }> = z.object({ status: z.literal('ok') });

/** `?not=STATUS&wait=SECONDS` */
export const HealthQuery: z.ZodType<{ readonly not?: Reachability | undefined; readonly wait: number }> = z.object({
  not: z.enum(REACHABILITIES).optional().describe('Answer as soon as the status is another one'),
  wait: z.coerce.number<string>().min(0).max(60).default(0).describe('Seconds to wait for that, 60 at most'),
});
