import { z } from 'zod';
import { eventFields } from '../vocabulary/log-entry.ts';
import type { OptionalFields } from '../vocabulary/optional.ts';

/** What a step waits for: an event of the log, by the fields that are given. */
export interface EventPattern {
  readonly kind: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly number?: string | undefined;
  /** The name that a step gave to its message. */
  readonly message?: string | undefined;
}

/** A name that a scenario has for phones, or a number. */
export const phoneName: z.ZodType<string, string> = z.string().min(1).max(40).describe('A name or a number of phones');

/** A name that a step gives to its message or its fault. */
export const label: z.ZodType<string, string> = z
  .string()
  .min(1)
  .max(40)
  .describe('A name for the message, to expect something of it');

/** The kinds of events that a scenario can hear: all but the beginning of the world, which is before it. */
const eventKinds = [...eventFields.keys()].filter((kind) => kind !== 'start');

/** The fields of an {@link EventPattern}, for an object that has more. */
export const pattern: OptionalFields<Omit<EventPattern, 'kind'>> & { readonly kind: z.ZodType<string, string> } = {
  kind: z.enum(eventKinds).describe('Of an event in the log'),
  from: phoneName.describe('Whom the message is from; only of kinds that have it, as submit and deliver').optional(),
  to: phoneName.describe('Whom the message is to').optional(),
  number: phoneName.describe('Whom an event is about that is not about a message, as coverage').optional(),
  message: label.optional(),
};

/** By which fields an event of a kind can be chosen. */
function choiceOf(kind: string): readonly string[] {
  const fields = eventFields.get(kind) ?? [];
  return [
    ...['from', 'to', 'number'].filter((field) => fields.includes(field)),
    ...(fields.includes('sms') ? ['message'] : []),
  ];
}

/** Says which fields the events of the kind do not have: they would never match. */
export function checkPattern({ kind, from, to, number, message }: EventPattern, context: z.RefinementCtx): void {
  const choice = choiceOf(kind);
  for (const [field, value] of Object.entries({ from, to, number, message })) {
    if (value === undefined || choice.includes(field)) continue;
    const has = choice.length === 0 ? 'none of these' : choice.join(', ');
    context.addIssue({ code: 'custom', path: [field], message: `an event "${kind}" has no ${field}: it has ${has}` });
  }
}
