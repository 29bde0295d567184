import { z } from 'zod';

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
