import { z } from 'zod';
import type { Amount, RailName } from '../../device/safe-mobile/index.ts';
import { RAIL_NAMES } from '../payments/payment.ts';
import { isRef, type Ref } from '../vocabulary/ids.ts';
import {
  isPaymentState,
  PAYMENT_STATES,
  type PaymentState,
  REFUND_STATES,
  type RefundState,
} from '../vocabulary/payment-states.ts';
import { AmountBody, AmountView, KeyText, PageSize, PersonText, TimeText } from './amount-schema.ts';
import { LONGEST_WAIT_SECONDS } from './deadline.ts';

export interface PaymentBody {
  readonly mref: string;
  readonly customer: string;
  readonly amount: Amount;
  readonly reference?: string | undefined;
  readonly ttl?: number | undefined;
}

export const PaymentBody: z.ZodType<PaymentBody> = z.strictObject({
  mref: KeyText.describe('Your key of this payment: the same key with the same content is the same payment'),
  customer: PersonText,
  amount: AmountBody,
  reference: z.string().max(53).optional().describe('What it is for; the customer sees it'),
  ttl: z.int().min(30).max(2550).optional().describe('Seconds the customer has, rounded up to tens; default 120'),
});

export interface RefundBody {
  readonly key?: string | undefined;
  readonly amount?: Amount | undefined;
  readonly reason?: string | undefined;
}

export const RefundBody: z.ZodType<RefundBody | null | undefined> = z
  .strictObject({
    key: KeyText.optional().describe('Your key of this refund: the same key is the same refund. Needed for a part'),
    amount: AmountBody.optional().describe('Default: all that was not given back yet'),
    reason: z.string().min(1).max(140).optional().describe('For your own books'),
  })
  .nullish();

export interface RefundView {
  readonly key?: string | undefined;
  readonly amount: Amount;
  readonly state: RefundState;
  readonly reason?: string | undefined;
}

export const RefundView: z.ZodType<RefundView> = z
  .object({
    key: z.string().optional(),
    amount: AmountView,
    state: z.enum(REFUND_STATES).describe('review: it is not known whether the money went back, somebody finds out'),
    reason: z.string().optional(),
  })
  .meta({ id: 'Refund' });

/** What an operator found out about a payment or refund in review. */
export interface ResolutionBody {
  readonly key?: string | undefined;
  readonly moved: boolean;
  readonly reason: string;
}

export const ResolutionBody: z.ZodType<ResolutionBody> = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(64)
    .optional()
    .describe('Of the charge or refund at the rail; needed when several refunds are in review'),
  moved: z.boolean().describe('Whether the money of the charge or refund moved'),
  reason: z.string().trim().min(1).max(400).describe('How you know; it is kept in the journal'),
});

export interface PaymentView {
  readonly txn: string;
  readonly mref: string;
  readonly state: PaymentState;
  readonly settled: boolean;
  readonly reason?: string | undefined;
  readonly payee: string;
  readonly customer: string;
  readonly amount: Amount;
  readonly reference: string;
  readonly ttl: number;
  readonly matchCode: string;
  readonly approvalCode?: string | undefined;
  readonly rail: RailName;
  readonly lastDigits?: string | undefined;
  readonly refunds: readonly RefundView[];
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly changedAt: string;
}

export const PaymentView: z.ZodType<PaymentView> = z
  .object({
    txn: z.string().describe('16 hexadecimal digits'),
    mref: z.string(),
    state: z.enum(Object.keys(PAYMENT_STATES).filter(isPaymentState)),
    settled: z.boolean().describe('Nothing more happens by itself'),
    reason: z.string().optional(),
    payee: z.string(),
    customer: PersonText.describe('As you named them: the number, or the alias'),
    amount: AmountView,
    reference: z.string(),
    ttl: z.int().describe('Seconds'),
    matchCode: z.string().describe('Four digits; the customer sees the same'),
    approvalCode: z
      .string()
      .optional()
      .describe('Up to 6 letters and digits; the receipt of the customer has the same'),
    rail: z.enum(RAIL_NAMES).describe('What moves the money: fixed when the payment was asked for'),
    lastDigits: z.string().optional().describe('Of the card that paid, where they are known'),
    refunds: z.array(RefundView),
    createdAt: TimeText,
    expiresAt: TimeText,
    changedAt: TimeText,
  })
  .meta({ id: 'Payment' });

export interface PaymentListView {
  readonly payments: readonly PaymentView[];
  readonly next?: string | undefined;
}

export const PaymentListView: z.ZodType<PaymentListView> = z.object({
  payments: z.array(PaymentView),
  next: z.string().optional().describe('There are more: give it as after'),
});

export interface ReceiptView {
  readonly txn: string;
  readonly status: string;
  readonly rail: string;
  readonly lastDigits?: string | undefined;
  readonly request: string;
  readonly receipt: string;
  readonly signedText: string;
  readonly signature: string;
  readonly publicKey: string;
  readonly keyId: number;
}

const octets = z.string().regex(/^([0-9a-f]{2})*$/);

export const ReceiptView: z.ZodType<ReceiptView> = z
  .object({
    txn: z.string(),
    status: z.string(),
    rail: z.string().describe('What moved the money, as the signed text says it; none: no money moved'),
    lastDigits: z.string().optional().describe('Of the card that paid, where they are known; not in the signed text'),
    request: octets.describe('The 83 octets that the customer saw, hexadecimal: payee, amount, reference'),
    receipt: octets.describe('The 83 octets of the receipt'),
    signedText: octets.describe('"SM1 receipt", deviceId 0, SHA-512(request)[0..32), receipt[0..19)'),
    signature: octets.describe('Ed25519 over signedText'),
    publicKey: octets,
    keyId: z.int().describe('The number of the key of the service that signed; it is used for this key for ever'),
  })
  .meta({ id: 'Receipt' });

export interface MerchantView {
  readonly id: number;
  readonly name: string;
  readonly currency: string;
  readonly suspended: boolean;
}

const merchant = {
  id: z.int(),
  name: z.string(),
  currency: z.string(),
  suspended: z
    .boolean()
    .describe('Customers said "not me" too often: nobody can be asked until the operator has looked'),
};

export const MerchantView: z.ZodType<MerchantView> = z.object(merchant);

/** What a merchant hears of itself. */
export interface OwnMerchantView extends MerchantView {
  readonly registers: readonly string[];
}

export const OwnMerchantView: z.ZodType<OwnMerchantView> = z.object({
  ...merchant,
  registers: z.array(z.string()).describe('The terminals of your cash registers'),
});

/** A txn, or the id of an authentication. */
export const RefText: z.ZodType<Ref> = z
  .string()
  .refine(isRef, { error: 'expected 16 hexadecimal digits, in small letters' })
  .describe('16 hexadecimal digits');

/** The txn in a path. */
export const TxnParams: z.ZodType<{ readonly txn: Ref }> = z.object({ txn: RefText });

/** `?wait=SECONDS` */
export const WaitQuery: z.ZodType<{ readonly wait: number }> = z.object({
  wait: z.coerce
    .number<string>()
    .min(0)
    .max(LONGEST_WAIT_SECONDS)
    .default(0)
    .describe(
      `Seconds to wait for the payment to be settled, or the authentication to end, ${LONGEST_WAIT_SECONDS} at most`,
    ),
});

/** Which part of the list of reviews is wanted. */
export const ReviewQuery: z.ZodType<{ readonly after?: Ref | undefined; readonly limit: number }> = z.strictObject({
  after: RefText.optional().describe('The payments after this one in the list: next of the answer before'),
  limit: PageSize,
});

/** What a list of payments is narrowed to, and which part of it is wanted. */
export interface ListQuery {
  readonly mref?: string | undefined;
  readonly state?: PaymentState | undefined;
  readonly after?: Ref | undefined;
  readonly limit: number;
}

export const ListQuery: z.ZodType<ListQuery> = z.strictObject({
  mref: z.string().optional(),
  state: z.enum(Object.keys(PAYMENT_STATES).filter(isPaymentState)).optional(),
  after: RefText.optional().describe('The payments after this one in the list: next of the answer before'),
  limit: PageSize,
});
