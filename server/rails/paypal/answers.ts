import { z } from 'zod';
import { parseApprovalCode } from '../../../device/safe-mobile/index.ts';
import { isSameAmount } from '../../store/amount.ts';
import type { Outcome, RailOrder } from '../rail.ts';
import type { Answer } from './client.ts';
import { amountOf, type Money } from './money.ts';
import type { Transaction } from './report.ts';

// What PayPal says of an order (Orders v2), of a capture or a refund (Payments v2), or of what is wrong with a request; names and values are those
// of its OpenAPI files. Only what is read here is asked for.

/** A capture or a refund, also as the resource of a webhook. */
interface Movement<Status extends string> {
  readonly id: string;
  readonly status: Status;
  readonly amount: Money;
  /** Of a capture that is done. */
  readonly seller_receivable_breakdown?: { readonly paypal_fee?: Money | undefined } | undefined;
}

const CAPTURE_STATUS = ['COMPLETED', 'DECLINED', 'PARTIALLY_REFUNDED', 'PENDING', 'REFUNDED', 'FAILED'] as const;
const REFUND_STATUS = ['CANCELLED', 'FAILED', 'PENDING', 'COMPLETED'] as const;

const MoneyText: z.ZodType<Money> = z.object({ currency_code: z.string(), value: z.string() });

function movement<Status extends string>(statuses: readonly Status[]): z.ZodType<Movement<Status>> {
  return z.object({
    id: z.string().regex(/^[0-9A-Za-z]{1,36}$/),
    status: z.enum(statuses),
    amount: MoneyText,
    seller_receivable_breakdown: z.object({ paypal_fee: MoneyText.optional() }).optional(),
  });
}

export const Capture: z.ZodType<Movement<(typeof CAPTURE_STATUS)[number]>> = movement(CAPTURE_STATUS);
export const Refund: z.ZodType<Movement<(typeof REFUND_STATUS)[number]>> = movement(REFUND_STATUS);

const Order = z.object({
  status: z.enum(['CREATED', 'SAVED', 'APPROVED', 'VOIDED', 'COMPLETED', 'PAYER_ACTION_REQUIRED']),
  purchase_units: z
    .array(z.object({ payments: z.object({ captures: z.array(Capture).optional() }).optional() }))
    .optional(),
});

const Issues = z.object({ details: z.array(z.object({ issue: z.string() })).min(1) });

/** When PayPal is asked again about what it has not decided, ms; a webhook comes sooner. */
const ASK_AGAIN_MS = 4 * 3_600_000;

/** What became of an order to PayPal, the id of its capture or refund, if there is one, and what PayPal keeps of it, minor units. */
export type Found = { readonly id?: string; readonly fee?: number } & Outcome;

const OTHER_AMOUNT = { kind: 'unknown', reason: 'PayPal has moved another amount' } as const;

/** What the answer to the creation of an order says. */
export function chargeOf(asked: RailOrder, answer: Answer): Found {
  if (!isGood(answer)) return refusalOf(answer);
  const order = Order.safeParse(answer.body);
  if (!order.success) return unreadable(answer);
  const capture = order.data.purchase_units?.[0]?.payments?.captures?.[0];
  if (capture !== undefined) return checked(asked, capture, captured(capture));
  if (order.data.status === 'COMPLETED') return unreadable(answer);
  // PayPal wants to hear from the payer in a browser. Nothing moves: only this service could capture the order.
  return { kind: 'declined', reason: 'confirmation-wanted' };
}

/** What the answer to a refund says. */
export function refundOf(asked: RailOrder, answer: Answer): Found {
  return isGood(answer) ? foundOf(asked, answer) : refusalOf(answer);
}

/** What the answer to a question about a capture or a refund says; that it is not there is no refusal. */
export function foundOf(asked: RailOrder, answer: Answer): Found {
  if (!isGood(answer)) return openOf(answer);
  if (asked.kind === 'refund') {
    const refund = Refund.safeParse(answer.body);
    return refund.success ? checked(asked, refund.data, refunded(refund.data)) : unreadable(answer);
  }
  const capture = Capture.safeParse(answer.body);
  return capture.success ? checked(asked, capture.data, captured(capture.data)) : unreadable(answer);
}

/** What a capture says of its charge. */
export function captured({ id, status, seller_receivable_breakdown: breakdown }: z.infer<typeof Capture>): Found {
  if (status === 'DECLINED' || status === 'FAILED') return { id, kind: 'declined', reason: 'not-honoured' };
  if (status === 'PENDING') return { id, kind: 'pending', askAgainMs: ASK_AGAIN_MS };
  const fee = breakdown?.paypal_fee && amountOf(breakdown.paypal_fee)?.minor;
  return { id, kind: 'done', approvalCode: approvalCodeOf(id), ...(fee !== undefined && { fee }) };
}

/** What a refund says of itself. */
export function refunded({ id, status }: z.infer<typeof Refund>): Found {
  if (status === 'CANCELLED' || status === 'FAILED') return { id, kind: 'declined', reason: 'not-honoured' };
  if (status === 'PENDING') return { id, kind: 'pending', askAgainMs: ASK_AGAIN_MS };
  return { id, kind: 'done', approvalCode: 0 };
}

/** What a movement in the report says: its status there is a letter. */
export function reportedOf({ kind, amount }: RailOrder, { id, status, line }: Transaction): Found {
  if (line.amount.minor !== amount.minor || line.amount.currency !== amount.currency) return { id, ...OTHER_AMOUNT };
  if (status === 'D') return { id, kind: 'declined', reason: 'not-honoured' };
  if (status === 'P') return { id, kind: 'pending', askAgainMs: ASK_AGAIN_MS };
  return { id, kind: 'done', approvalCode: kind === 'charge' ? approvalCodeOf(id) : 0 };
}

/** An outcome counts only for the amount that was asked for. */
function checked({ amount }: RailOrder, { id, amount: money }: Movement<string>, found: Found): Found {
  const other = amountOf(money);
  return other !== undefined && isSameAmount(other, amount) ? found : { id, ...OTHER_AMOUNT };
}

/** The reasons for which a payer's account does not pay, by PayPal's issues; what is not here is `not-honoured`. */
const REASONS: Readonly<Record<string, string>> = {
  PAYER_ACTION_REQUIRED: 'confirmation-wanted',
  PAYER_ACCOUNT_RESTRICTED: 'not-permitted',
  PAYER_ACCOUNT_LOCKED_OR_CLOSED: 'not-permitted',
  PAYEE_ACCOUNT_RESTRICTED: 'rail-failed',
  PAYEE_ACCOUNT_LOCKED_OR_CLOSED: 'rail-failed',
  REFUND_FAILED_INSUFFICIENT_FUNDS: 'insufficient-funds',
  REFUND_AMOUNT_EXCEEDED: 'limit-exceeded',
  TRANSACTION_LIMIT_EXCEEDED: 'limit-exceeded',
};

/** The answers that say: it is refused, and will not be done. All others leave it open. */
const REFUSED: readonly number[] = [400, 404, 422];

/** An order of this invoice is there already: which one is not said. */
const DUPLICATE = 'DUPLICATE_INVOICE_ID';

function refusalOf(answer: Answer): Found {
  const issue = issueOf(answer);
  if (!REFUSED.includes(answer.status) || issue === DUPLICATE) return openOf(answer);
  return { kind: 'declined', reason: REASONS[issue ?? ''] ?? 'not-honoured' };
}

function openOf(answer: Answer): Found {
  const issue = issueOf(answer);
  return { kind: 'unknown', reason: `PayPal answered ${answer.status}${issue === undefined ? '' : ` ${issue}`}` };
}

function unreadable({ status }: Answer): Found {
  return { kind: 'unknown', reason: `PayPal answered ${status} in words that are not known here` };
}

function issueOf({ body }: Answer): string | undefined {
  return Issues.safeParse(body).data?.details[0]?.issue;
}

function isGood({ status }: Answer): boolean {
  return status === 200 || status === 201;
}

/** The approval number of a receipt: the last six characters of the capture's id, in base 36. */
function approvalCodeOf(id: string): number {
  return parseApprovalCode(id.slice(-6)) ?? 0;
}
