import { z } from 'zod';
import type { Alphabet, ApplicationPorts, MessageClass, SmsContent } from '../../modem/index.ts';
import { fromHex } from '../../modem/index.ts';
import { type Pace, paceOf, SPEEDS } from '../world-clock.ts';

/** A number as people write it: international, national or a short code. */
export const number: z.ZodType<string, string> = z
  .string()
  .regex(/^\+?[0-9*#]{1,20}$/, 'must be a number: 1 to 20 digits, with + when international')
  .meta({ examples: ['+393330000001'] });

/** Who a message is from: a number, or letters (3GPP TS 23.040, 9.1.2.5). */
export const sender: z.ZodType<string, string> = z
  .string()
  .regex(/^(\+?[0-9*#]{1,20}|[^+]{1,11})$/, 'must be a number, or at most 11 letters')
  .meta({ examples: ['BANK', '+393471234567', '4321'] });

/** A PIN of a SIM. */
export const pin: z.ZodType<string, string> = z.string().regex(/^\d{4,8}$/, 'must be 4 to 8 digits');

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

/** Octets in hex. */
const hex = z.string().regex(/^([0-9A-Fa-f]{2})*$/, 'must be pairs of hex digits');
const port = z.int('must be a port, 0 to 65535').min(0).max(65_535);

/** What a message carries, as a request or a scenario writes it. */
export interface ContentFields {
  readonly text?: string | undefined;
  /** Hex. */
  readonly data?: string | undefined;
  readonly alphabet?: Alphabet | undefined;
  readonly class?: MessageClass | undefined;
  readonly destinationPort?: number | undefined;
  readonly sourcePort?: number | undefined;
}

/** The fields of {@link ContentFields}, for an object that has more. */
export const contentFields: {
  readonly [Key in keyof Required<ContentFields>]: z.ZodOptional<
    z.ZodType<NonNullable<ContentFields[Key]>, NonNullable<ContentFields[Key]>>
  >;
} = {
  text: z.string().max(40_000).describe('A text, in as many SMS as it takes').optional(),
  data: hex.max(80_000).describe('Octets in hex, instead of a text').optional(),
  alphabet: z.enum(['gsm7', 'ucs2', '8bit']).describe('Default: the smallest that can write it').optional(),
  class: z
    .union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)], { error: 'must be a message class: 0, 1, 2 or 3' })
    .describe('Message class (3GPP TS 23.038, 4): 0 is shown at once')
    .optional(),
  destinationPort: port.describe('Application port at the phone').optional(),
  sourcePort: port.describe('Application port of the sender; default 0').optional(),
};

/** Says what is wrong with the content of a message, where the fields do not go together. */
export function checkContent(
  fields: ContentFields,
  context: { addIssue(issue: { code: 'custom'; message: string; path?: string[] }): void },
): void {
  const { text, data, alphabet, destinationPort, sourcePort } = fields;
  const complain = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path });
  if ((text === undefined) === (data === undefined)) complain('give either text or data');
  if (data !== undefined && alphabet !== undefined && alphabet !== '8bit')
    complain('data has the alphabet 8bit', 'alphabet');
  if (text !== undefined && alphabet === '8bit') complain('a text has the alphabet gsm7 or ucs2', 'alphabet');
  if (sourcePort !== undefined && destinationPort === undefined) complain('needs destinationPort', 'sourcePort');
}

/** The content, as the world takes it. */
export function contentOf({
  text,
  data,
  alphabet,
  class: messageClass,
  destinationPort,
  sourcePort = 0,
}: ContentFields): {
  readonly content: SmsContent;
  readonly alphabet?: Alphabet;
  readonly messageClass?: MessageClass;
} {
  const ports: { readonly ports?: ApplicationPorts } =
    destinationPort === undefined ? {} : { ports: { destination: destinationPort, source: sourcePort } };
  return {
    content:
      text === undefined ? { kind: 'data', data: fromHex(data ?? ''), ...ports } : { kind: 'text', text, ...ports },
    ...(alphabet === undefined ? {} : { alphabet }),
    ...(messageClass === undefined ? {} : { messageClass }),
  };
}

/** The fields that have a value. */
export function defined<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  const given: { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } = {};
  for (const key in fields) {
    const value = fields[key];
    if (isDefined(value)) given[key] = value;
  }
  return given;
}

function isDefined<Value>(value: Value): value is Exclude<Value, undefined> {
  return value !== undefined;
}

/** What is wrong with a value, a line each: where, and what was expected there. */
export function complaints(
  issues: readonly z.core.$ZodIssue[],
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  return issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not known here' }));
    }
    return [{ path: issue.path, message: plain(issue) }];
  });
}

/** The types that a schema expects, for people. */
const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
};
const UNITS: Readonly<Record<string, string>> = { string: 'characters', array: 'items' };

/** What zod says where the schema has no words of its own begins so. */
const ZODS_OWN = /^(Invalid|Too) /;

function plain(issue: z.core.$ZodIssue): string {
  if (!ZODS_OWN.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return issue.message.endsWith('received undefined')
        ? 'is missing'
        : `must be ${TYPES[issue.expected] ?? 'an object'}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.join(', ')}`;
    case 'too_small':
      return `must ${amount(issue.origin, issue.minimum)} at least`;
    case 'too_big':
      return `must ${amount(issue.origin, issue.maximum)} at most`;
    default:
      return 'is not valid';
  }
}

/** `be 5`, `have 5 items`. */
function amount(origin: string, count: number | bigint): string {
  const unit = UNITS[origin];
  if (unit === undefined) return `be ${count}`;
  return `have ${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
}
