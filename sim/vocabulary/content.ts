import { z } from 'zod';
import type { Alphabet, ApplicationPorts, MessageClass, SmsContent } from '../../modem/index.ts';
import { fromHex } from '../../modem/pdu/index.ts';
import type { OptionalFields } from './optional.ts';

/** Octets in hex. */
const hex = z.string().regex(/^([0-9A-Fa-f]{2})*$/, 'must be pairs of hex digits');
const port = z.int('must be a port, 0 to 65535').min(0).max(65_535);

/** TP-PID (3GPP TS 23.040, 9.2.3.9). */
export const pid: z.ZodType<number, number> = z
  .int()
  .min(0)
  .max(255)
  .describe('TP-PID: 64 is type 0, 65 to 71 replace');

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
export const contentFields: OptionalFields<ContentFields> = {
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
