import { z } from 'zod';
import type { LogEntry } from '../log.ts';

const sms = z.int().min(1);
const number = z.string();
const octet = z.int().min(0).max(255);
const tpdu = z.string().regex(/^([0-9A-F]{2})*$/, 'must be hex');
const reception = z.enum(['good', 'weak', 'moving', 'shadow', 'none']);
const about = z.int().min(0);
const route = { sms, from: number, to: number };
const place = {
  seq: z.int().min(1),
  at: z.iso.datetime().transform((text) => Date.parse(text)),
};

const entrySchema = z.discriminatedUnion('kind', [
  z.object({
    ...place,
    kind: z.literal('start'),
    seed: z.string(),
    smsc: number,
    profile: z.string(),
    forgotten: z.int().min(0).exactOptional(),
  }),
  z.object({ ...place, kind: z.literal('profile'), profile: z.string() }),
  z.object({ ...place, kind: z.enum(['attach', 'detach']), number, operator: z.string().exactOptional() }),
  z.object({ ...place, kind: z.enum(['plug', 'unplug']), number }),
  z.object({ ...place, kind: z.literal('alert'), number, reason: z.enum(['present', 'memory']) }),
  z.object({ ...place, kind: z.enum(['swap', 'clone']), number, imsi: z.string() }),
  z.object({ ...place, kind: z.literal('port'), number, operator: z.string() }),
  z.object({
    ...place,
    kind: z.literal('coverage'),
    number,
    covered: z.boolean(),
    reception: reception.exactOptional(),
  }),
  z.object({ ...place, kind: z.literal('power'), number, on: z.boolean() }),
  z.object({ ...place, kind: z.enum(['connect', 'disconnect']), number, line: z.int().min(1) }),
  z.object({ ...place, kind: z.literal('ussd'), number, by: z.enum(['phone', 'network']), text: z.string() }),
  z.object({ ...place, kind: z.literal('submit'), ...route, tpdu, outside: z.literal(true).exactOptional() }),
  z.object({ ...place, kind: z.literal('accept'), ...route }),
  z.object({ ...place, kind: z.literal('command'), ...route, command: octet, about }),
  z.object({ ...place, kind: z.literal('refuse'), ...route, cause: z.int().min(0) }),
  z.object({ ...place, kind: z.literal('lose'), sms, to: number }),
  z.object({ ...place, kind: z.literal('duplicate'), sms, original: sms, to: number }),
  z.object({ ...place, kind: z.enum(['attempt', 'deliver']), ...route, tpdu }),
  z.object({
    ...place,
    kind: z.literal('wait'),
    sms,
    to: number,
    reason: z.enum(['absent', 'no-answer', 'full', 'busy', 'phone-error']),
    cause: octet.exactOptional(),
    retryMs: z.number().min(0),
  }),
  z.object({ ...place, kind: z.literal('fail'), sms, to: number, status: octet, cause: octet.exactOptional() }),
  z.object({ ...place, kind: z.literal('report'), sms, about, to: number, status: octet }),
  z.object({ ...place, kind: z.literal('replace'), sms, by: sms, to: number }),
  z.object({ ...place, kind: z.literal('fault'), fault: z.string(), action: z.string(), ...route }),
  z.object({
    ...place,
    kind: z.literal('line-fault'),
    fault: z.string(),
    action: z.string(),
    number: number.exactOptional(),
  }),
]);

/** A kind of event that the schema does not read keeps this file from compiling. */
type Unread = Exclude<LogEntry['kind'], z.output<typeof entrySchema>['kind']>;
const schema: [Unread] extends [never] ? z.ZodType<LogEntry> : Unread = entrySchema;

/** A line of a log, as `jsonLine` writes it. */
export const logEntry: z.ZodType<LogEntry> = schema;

/** The kinds of events that there are, each with the fields that its entries have. */
export const eventFields: ReadonlyMap<string, readonly string[]> = new Map(
  entrySchema.options.flatMap(({ shape }) => {
    const kinds = shape.kind instanceof z.ZodEnum ? shape.kind.options : [...shape.kind.values];
    return kinds.map((kind) => [kind, Object.keys(shape)] as const);
  }),
);

/** What a line of the log may be, as JSON Schema: for programs in any language. */
export function logSchema(): object {
  return z.toJSONSchema(entrySchema, { io: 'input' });
}
