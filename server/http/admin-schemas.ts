import { z } from 'zod';
import type { AdminCommand, Amount, Currency } from '../../device/safe-mobile/index.ts';
import { DEVICE_STATES, type DeviceState } from '../vocabulary/device-states.ts';
import { LANGUAGES, type Language } from '../vocabulary/person-fields.ts';
import { AmountBody, AmountView, CurrencyText, KeyText, NumberText, PageSize, TimeText } from './amount-schema.ts';

const ID_SPELLING = 'expected digits, without zeros before them';

export interface PersonBody {
  readonly number: string;
  readonly name: string;
  readonly language: Language;
}

export const PersonBody: z.ZodType<PersonBody> = z.strictObject({
  number: NumberText,
  name: z.string().min(1).max(64),
  language: z.enum(LANGUAGES).default('en').describe('What the phone and its messages speak'),
});

export interface PhoneView {
  readonly deviceId: number;
  readonly state: DeviceState;
  readonly lockedAt?: string | undefined;
  readonly order?:
    | { readonly command: AdminCommand; readonly at: string; readonly confirmedAt?: string | undefined }
    | undefined;
}

const PhoneView: z.ZodType<PhoneView> = z.object({
  deviceId: z.int(),
  state: z.enum(DEVICE_STATES),
  lockedAt: TimeText.optional().describe('Since when it may do nothing'),
  order: z
    .object({
      command: z.enum(['lock', 'unlock', 'wipe']),
      at: TimeText,
      confirmedAt: TimeText.optional().describe('When the phone said that it has carried it out'),
    })
    .optional()
    .describe('The latest order to it'),
});

export interface PersonView extends PersonBody {
  readonly id: number;
  readonly alias?: string | undefined;
  readonly devices: readonly PhoneView[];
  readonly balances: readonly Amount[];
}

export const PersonView: z.ZodType<PersonView> = z
  .object({
    id: z.int(),
    number: NumberText,
    alias: z.string().optional().describe('What may be said in the place of the number'),
    name: z.string(),
    language: z.enum(LANGUAGES),
    devices: z.array(PhoneView).describe('Oldest first'),
    balances: z.array(AmountView),
  })
  .meta({ id: 'Person' });

export interface PeopleView {
  readonly people: readonly PersonView[];
  readonly next?: number | undefined;
}

export const PeopleView: z.ZodType<PeopleView> = z.object({
  people: z.array(PersonView),
  next: z.int().optional().describe('There are more: give it as after'),
});

/** In the query of a URL an unescaped `+` is read as a blank, so a number may begin with a blank. */
const NumberInQuery: z.ZodType<string> = z.preprocess(
  (value) => (typeof value === 'string' ? value.replace(/^ /, '+') : value),
  NumberText,
);

export interface PeopleQuery {
  readonly number?: string | undefined;
  readonly after: number;
  readonly limit: number;
}

export const PeopleQuery: z.ZodType<PeopleQuery> = z.strictObject({
  number: NumberInQuery.optional().describe('Only the person with this number'),
  after: z
    .string()
    .regex(/^(0|[1-9][0-9]{0,14})$/, ID_SPELLING)
    .default('0')
    .transform(Number)
    .describe('The people after this id: next of the answer before'),
  limit: PageSize,
});

/** The header of the draft "The Idempotency-Key HTTP Header Field", with its quotes or without them. */
export const IdempotencyHeaders: z.ZodType<{ readonly 'idempotency-key'?: string | undefined }> = z.object({
  'idempotency-key': z
    .preprocess((value) => (typeof value === 'string' ? value.replace(/^"(.*)"$/, '$1') : value), KeyText)
    .optional()
    .describe('Your key of this request: the same key with the same content brings the same answer'),
});

export interface ActivationView {
  readonly deviceId: number;
  readonly activationCode: string;
  readonly expiresAt: string;
  readonly descriptor: string;
}

export const ActivationView: z.ZodType<ActivationView> = z
  .object({
    deviceId: z.int(),
    activationCode: z.string().describe('Show it to the person outside the SMS channel; it is not shown again'),
    expiresAt: TimeText,
    descriptor: z
      .string()
      .describe(
        'Path of the application descriptor to install, as long as the activation lasts; it is not shown again',
      ),
  })
  .meta({ id: 'Activation' });

export interface DepositBody {
  readonly amount: Amount;
  readonly reference: string;
}

export const DepositBody: z.ZodType<DepositBody> = z.strictObject({
  amount: AmountBody,
  reference: KeyText.describe('The same reference is the same deposit'),
});

export interface DepositView extends DepositBody {
  readonly pending?: number | undefined;
  readonly repeated: boolean;
  readonly balances: readonly Amount[];
}

export const DepositView: z.ZodType<DepositView> = z.object({
  reference: KeyText,
  amount: AmountView,
  pending: z.int().optional().describe('Nothing is booked until another operator confirms this number'),
  repeated: z.boolean().describe('The reference was there already, and nothing was booked again'),
  balances: z.array(AmountView),
});

export interface PendingDepositView extends DepositBody {
  readonly id: number;
  readonly personId: number;
  readonly askedBy: string;
  readonly askedAt: string;
}

export const PendingDepositView: z.ZodType<PendingDepositView> = z
  .object({
    id: z.int(),
    personId: z.int(),
    reference: KeyText,
    amount: AmountView,
    askedBy: z.string().describe('The operator who asked for it'),
    askedAt: TimeText,
  })
  .meta({ id: 'PendingDeposit' });

export interface PendingDepositsView {
  readonly deposits: readonly PendingDepositView[];
}

export const PendingDepositsView: z.ZodType<PendingDepositsView> = z.object({
  deposits: z.array(PendingDepositView).describe('Oldest first'),
});

export interface MerchantBody {
  readonly name: string;
  readonly currency: Currency;
  readonly personId?: number | undefined;
}

export const MerchantBody: z.ZodType<MerchantBody> = z.strictObject({
  name: z.string().min(1).max(32).describe('The payee as customers see it, at most 32 octets of UTF-8'),
  currency: CurrencyText,
  personId: z.int().optional().describe('The person whose phone may start payments'),
});

export interface MerchantView extends MerchantBody {
  readonly id: number;
  readonly apiKey: string;
}

export const MerchantView: z.ZodType<MerchantView> = z.object({
  id: z.int(),
  name: z.string(),
  currency: CurrencyText,
  personId: z.int().optional(),
  apiKey: z.string().describe('Shown this once, or again by the same Idempotency-Key'),
});

/** Why an operator did something. */
export const ReasonBody: z.ZodType<{ readonly reason: string }> = z.strictObject({
  reason: z.string().trim().min(1).max(400).describe('It is kept in the journal'),
});

/** The id of a person or merchant in a path: one spelling, so that who compares paths compares ids. */
export const IdParams: z.ZodType<{ readonly id: number }> = z.object({
  id: z
    .string()
    .regex(/^[1-9][0-9]{0,14}$/, ID_SPELLING)
    .transform(Number),
});
