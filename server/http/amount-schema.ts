import { z } from 'zod';
import { type Amount, CURRENCIES, type Currency, isCurrency } from '../../device/safe-mobile/index.ts';
import { E164, namesSomebody } from '../vocabulary/person-fields.ts';

const letters = Object.keys(CURRENCIES);

/** ISO 4217 letters that the service knows. */
export const CurrencyText: z.ZodType<Currency> = z
  .enum(letters)
  .refine(isCurrency, { error: `expected one of ${letters.join(', ')}` })
  .describe('ISO 4217 letters');

/** An amount in a request: whole minor units, never a fraction. */
export const AmountBody: z.ZodType<Amount> = z
  .strictObject({
    minor: z
      .int('expected a whole number of minor units (cents)')
      .min(1)
      .max(2 ** 40 - 1),
    currency: CurrencyText,
  })
  .describe('Whole minor units (cents) and the currency');

/** An amount in an answer; it may be zero. */
export const AmountView: z.ZodType<Amount> = z
  .object({ minor: z.int(), currency: CurrencyText })
  .meta({ id: 'Amount' });

/** An international number. */
export const NumberText: z.ZodType<string> = z
  .string()
  .regex(E164, 'expected + and 7 to 15 digits')
  .describe('E.164 with +');

/** A person, by number or alias. */
export const PersonText: z.ZodType<string> = z
  .string()
  .refine(namesSomebody, { error: 'expected + and 7 to 15 digits, or an alias of 1 to 7 letters' })
  .describe('E.164 with +, or an alias');

/** A key that the caller chooses, so that a request may be sent again. */
export const KeyText: z.ZodType<string> = z
  .string()
  .regex(/^[\w.-]{1,64}$/, 'expected 1 to 64 letters, digits, dots, hyphens or underscores');

/** A moment. */
export const TimeText: z.ZodType<string> = z.iso.datetime().describe('UTC');

/** How many entries a list has at most. */
export const PageSize: z.ZodType<number> = z.coerce.number<string>().int().min(1).max(200).default(20);

/** No body, or an empty object: unknown members are refused, not ignored. */
export const NoBody: z.ZodType<object | null | undefined> = z.strictObject({}).nullish();
