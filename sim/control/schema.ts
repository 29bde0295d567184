import { z } from 'zod';
import { latencyProfiles } from '../network/profiles.ts';
import type { Pace } from '../pace.ts';
import { type ContentFields, checkContent, contentFields, pid } from '../vocabulary/content.ts';
import { number, sender } from '../vocabulary/numbers.ts';
import { duration, moment, pace } from '../vocabulary/times.ts';
import { LONGEST_WAIT_MS } from './waiting.ts';

/** How long a request waits for what it asks about, ms of real time. */
export const wait: z.ZodType<number, string | number> = duration.refine(
  (ms) => ms <= LONGEST_WAIT_MS,
  'must be 1h at most',
);

/** What `POST /deliver` wants. */
export interface DeliverBody extends ContentFields {
  readonly to: string;
  readonly from: string;
  readonly pid?: number | undefined;
  readonly validity?: number | undefined;
  readonly priority?: boolean | undefined;
  readonly wait?: number | undefined;
}

const validity = duration.describe('How long the service centre tries');

export const deliverBody: z.ZodType<DeliverBody> = z
  .strictObject({
    to: number,
    from: sender,
    ...contentFields,
    pid: pid.optional(),
    validity: validity.optional(),
    priority: z.boolean().describe('Tried before all others').optional(),
    wait: wait.describe('Answer only when every SMS was delivered or given up, or after this time').optional(),
  })
  .superRefine(checkContent);

/** What `POST /send` wants: a message from one of the network's own phones. */
export interface SendBody extends ContentFields {
  readonly from: string;
  readonly to: string;
  readonly statusReport?: boolean | undefined;
  readonly rejectDuplicates?: boolean | undefined;
  readonly pid?: number | undefined;
  readonly validity?: number | undefined;
}

export const sendBody: z.ZodType<SendBody> = z
  .strictObject({
    from: number,
    to: number,
    ...contentFields,
    statusReport: z.boolean().describe('Ask for a status report').optional(),
    rejectDuplicates: z.boolean().describe('Have a second one refused while the first is held (TP-RD)').optional(),
    pid: pid.optional(),
    validity: validity.optional(),
  })
  .superRefine(checkContent);

/** What `PUT /profile` wants. */
export const profileBody: z.ZodType<{ id: string }> = z.strictObject({ id: z.enum(Object.keys(latencyProfiles)) });

/** What `PUT /clock` wants. */
export const clockBody: z.ZodType<{ pace: Pace }, { pace: string }> = z.strictObject({ pace });

/** What `POST /clock/step` wants. */
export const stepBody: z.ZodType<{ by: number }, { by: string | number }> = z.strictObject({ by: duration });

/** What `GET /submitted` wants. */
export interface SubmittedQuery {
  readonly from: string;
  readonly to?: string | undefined;
  readonly since?: number | undefined;
  readonly count: number;
  readonly whole: boolean;
  readonly wait: number;
}

export const submittedQuery: z.ZodType<SubmittedQuery> = z.strictObject({
  from: number,
  to: number.describe('Only what goes to this number').optional(),
  since: moment.describe('Only what was taken from this moment on: GET /clock says what time it is').optional(),
  count: z.coerce.number().pipe(z.int().min(1)).describe('With wait: how many to wait for').default(1),
  whole: z.stringbool().describe('Long messages joined, instead of one entry an SMS').default(false),
  wait: wait.describe('Answer only when there are so many, or after this time').default(0),
});

/** What `GET /log` wants. */
export interface LogQuery {
  readonly after: number;
  readonly wait: number;
}

export const logQuery: z.ZodType<LogQuery> = z.strictObject({
  after: z.coerce.number().pipe(z.int().min(0)).describe('Only what follows the event of this number').default(0),
  wait: wait.describe('Answer only when there is something, or after this time').default(0),
});

/** What `POST /faults/:id` wants. */
export const switchBody: z.ZodType<{ on: boolean }> = z.strictObject({ on: z.boolean() });

/** What `POST /modems/:number/unplug` and `/plug` want. */
export interface PlugBody {
  /** How long it stays away, ms; 0: until it is plugged in. */
  readonly for: number;
  /** Whether it comes back under another name. */
  readonly renamed: boolean;
}

const renamed = z.boolean().describe('Whether it comes back under another name').default(false);

export const unplugBody: z.ZodType<PlugBody, { for?: string | number | undefined; renamed?: boolean | undefined }> =
  z.strictObject({
    for: duration.describe('How long it stays away; 0: until it is plugged in').default(0),
    renamed,
  });

export const plugBody: z.ZodType<Pick<PlugBody, 'renamed'>, { renamed?: boolean | undefined }> = z.strictObject({
  renamed,
});

/** What `POST /subscribers/:number/swap` and `/clone` want: the phone whose SIM is changed, by its number. */
export const intoBody: z.ZodType<{ into: string }> = z.strictObject({ into: number });
