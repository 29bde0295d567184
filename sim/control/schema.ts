import { z } from 'zod';
import type { Alphabet } from '../../modem/index.ts';
import type { Fault } from '../network/fault-kinds.ts';

/** A number as people write it: international, national or a short code; a sender may be letters. */
const number: z.ZodType<string> = z
  .string()
  .regex(/^\+?[0-9*#]{1,20}$/, 'must be a number: digits, with + when international');
const sender: z.ZodType<string> = z
  .string()
  .regex(/^(\+?[0-9*#]{1,20}|[^+]{1,11})$/, 'must be a number, or at most 11 characters');
const port: z.ZodType<number> = z.number().int().min(0).max(65_535);

/** What `POST /deliver` wants. */
export interface DeliverBody {
  readonly to: string;
  readonly from: string;
  readonly text?: string | undefined;
  /** Hex. */
  readonly data?: string | undefined;
  readonly alphabet?: Alphabet | undefined;
  readonly destinationPort?: number | undefined;
  readonly sourcePort?: number | undefined;
}

export const deliverBody: z.ZodType<DeliverBody> = z
  .strictObject({
    to: number,
    from: sender,
    text: z.string().optional(),
    data: z
      .string()
      .regex(/^([0-9A-Fa-f]{2})*$/, 'must be hex')
      .optional(),
    alphabet: z.enum(['gsm7', 'ucs2', '8bit']).optional(),
    destinationPort: port.optional(),
    sourcePort: port.optional(),
  })
  .refine(({ text, data }) => (text === undefined) !== (data === undefined), 'wants either text or data')
  .refine(
    ({ data, alphabet }) => data === undefined || alphabet === undefined || alphabet === '8bit',
    'data has the alphabet 8bit',
  )
  .refine(({ text, alphabet }) => text === undefined || alphabet !== '8bit', 'text has the alphabet gsm7 or ucs2');

/** What `POST /faults` wants: a fault. */
export const faultBody: z.ZodType<Fault> = z.strictObject({
  action: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('drop') }),
    z.strictObject({ kind: z.literal('duplicate') }),
    z.strictObject({ kind: z.literal('reorder') }),
    z.strictObject({ kind: z.literal('delay'), ms: z.number().int().min(0) }),
    z.strictObject({ kind: z.literal('corrupt') }),
    z.strictObject({ kind: z.literal('lose-answer') }),
    z.strictObject({ kind: z.literal('refuse'), cause: z.number().int().min(1).max(512) }),
    z.strictObject({ kind: z.literal('lose-acknowledgement') }),
  ]),
  from: z.string().exactOptional(),
  to: z.string().exactOptional(),
  about: z.enum(['messages', 'reports', 'both']).exactOptional(),
  nth: z.number().int().min(1).exactOptional(),
  times: z.number().int().min(1).exactOptional(),
  probability: z.number().min(0).max(1).exactOptional(),
});

/** What `POST /subscribers/:number` wants. */
export const subscriberBody: z.ZodType<{ covered: boolean }> = z.strictObject({ covered: z.boolean() });

/** What `PUT /profile` wants. */
export const profileBody: z.ZodType<{ id: string }> = z.strictObject({ id: z.string() });
