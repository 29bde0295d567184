import { z } from 'zod';
import { personalities } from '../modem/personalities.ts';
import { operators } from '../network/operators.ts';
import type { Reception } from '../network/radio-link.ts';
import { number, pin } from './numbers.ts';
import type { OptionalFields } from './optional.ts';

/** An operator, by its code. */
export const operatorCode: z.ZodType<string, string> = z.enum(Object.keys(operators)).meta({ examples: ['00102'] });

/** A phone and its SIM, as a request or a scenario writes them. */
export interface PhoneFields {
  /** Id of a personality. */
  readonly personality?: string | undefined;
  readonly pin?: string | undefined;
  readonly simCapacity?: number | undefined;
  readonly phoneCapacity?: number | undefined;
}

/** The fields of {@link PhoneFields}, for an object that has more. */
export const phoneFields: OptionalFields<PhoneFields> = {
  personality: z.enum(Object.keys(personalities)).describe('How its modem behaves').optional(),
  pin: pin.describe('The SIM asks for it').optional(),
  simCapacity: z.int().min(1).max(255).describe('Places for messages on the SIM; default 30').optional(),
  phoneCapacity: z.int().min(0).max(10_000).describe('Places for messages in the phone; default 100').optional(),
};

/** Messages a minute over the air of a phone. */
const rate = z.int().min(1).max(600);

/** A new number, with a phone. */
export interface NewSubscriber extends PhoneFields {
  readonly number: string;
  readonly ratePerMinute?: number | undefined;
}

export const newSubscriber: z.ZodType<NewSubscriber> = z.strictObject({
  number,
  ...phoneFields,
  ratePerMinute: rate.describe('Messages a minute over its air').optional(),
});

/** A number of another operator, which has no phone here. */
export interface ForeignNumber {
  readonly number: string;
  readonly operator: string;
}

export const foreignNumber: z.ZodType<ForeignNumber> = z.strictObject({ number, operator: operatorCode });

/** What can change about a subscriber; what is not named stays. */
export interface SubscriberChange {
  readonly covered?: boolean | undefined;
  readonly reception?: Reception | undefined;
  readonly powered?: boolean | undefined;
  readonly barred?: boolean | undefined;
  readonly ratePerMinute?: number | null | undefined;
  /** Code of the operator whose cells the phone is in. */
  readonly roaming?: string | undefined;
  /** Code of the operator whose subscriber it is. */
  readonly operator?: string | undefined;
}

/** The fields of {@link SubscriberChange}, for an object that has more. */
export const subscriberChangeFields: OptionalFields<SubscriberChange> = {
  covered: z.boolean().describe('Whether there is a cell where the phone is').optional(),
  reception: z
    .enum(['good', 'weak', 'moving', 'shadow', 'none'])
    .describe('How the phone hears the network; in the shadow it stays registered and hears nothing')
    .optional(),
  powered: z.boolean().describe('Whether the phone is switched on').optional(),
  barred: z.boolean().describe('Whether incoming messages are barred (BAIC)').optional(),
  ratePerMinute: rate.nullable().describe('Messages a minute over its air; null: no limit of its own').optional(),
  roaming: operatorCode.describe('The operator whose cells the phone is in').optional(),
  operator: operatorCode.describe('The operator whose subscriber it is from now on (number portability)').optional(),
};

export const subscriberChange: z.ZodType<SubscriberChange> = z.strictObject(subscriberChangeFields);
