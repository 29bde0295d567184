import type { PayPalEntry } from './paypal-book.ts';
import { moneyText } from './paypal-requests.ts';

/** An answer over HTTP, or the headers and body of a webhook. */
export interface PayPalAnswer {
  readonly status: number;
  /** JSON, or a certificate in PEM. */
  readonly body: string;
}

/** An answer in JSON. */
export function answer(status: number, body: unknown): PayPalAnswer {
  return { status, body: JSON.stringify(body) };
}

/** Names of errors, by the status of their answer. */
const ERRORS: Readonly<Record<number, string>> = {
  400: 'INVALID_REQUEST',
  401: 'AUTHENTICATION_FAILURE',
  403: 'NOT_AUTHORIZED',
  404: 'RESOURCE_NOT_FOUND',
  409: 'RESOURCE_CONFLICT',
  422: 'UNPROCESSABLE_ENTITY',
  429: 'RATE_LIMIT_REACHED',
  500: 'INTERNAL_SERVER_ERROR',
};

/** An error; what is wrong with the request is its issue. */
export function refused(status: number, issue?: string): PayPalAnswer {
  const details = issue === undefined ? {} : { details: [{ issue, description: 'See the reference.' }] };
  return answer(status, { name: ERRORS[status], message: 'It was not done.', debug_id: '90957fca61718', ...details });
}

/** An order with its capture and refunds, as `Prefer: return=representation` asks for. */
export function orderBody(capture: PayPalEntry, refunds: readonly PayPalEntry[]): object {
  const waits = capture.status === 'PAYER_ACTION_REQUIRED';
  const payments = {
    captures: [captureBody(capture, refunds)],
    ...(refunds.length > 0 && { refunds: refunds.map(refundBody) }),
  };
  return {
    id: capture.order,
    intent: 'CAPTURE',
    status: waits ? capture.status : 'COMPLETED',
    purchase_units: [
      { reference_id: 'default', amount: moneyText(capture), ...namesOf(capture), ...(!waits && { payments }) },
    ],
    create_time: timeText(capture.at),
    links: [],
  };
}

export function captureBody(capture: PayPalEntry, refunds: readonly PayPalEntry[]): object {
  const back = refunds.reduce((sum, { status, minor }) => sum + (status === 'COMPLETED' ? minor : 0), 0);
  const { minor, currency } = capture;
  const refunded = back === minor ? 'REFUNDED' : back > 0 ? 'PARTIALLY_REFUNDED' : undefined;
  const fee = feeOf(capture);
  return {
    id: capture.id,
    status: refunded ?? capture.status,
    ...(capture.status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    amount: moneyText(capture),
    final_capture: true,
    ...namesOf(capture),
    seller_receivable_breakdown: {
      gross_amount: moneyText(capture),
      paypal_fee: moneyText({ minor: fee, currency }),
      net_amount: moneyText({ minor: minor - fee, currency }),
    },
    supplementary_data: { related_ids: { order_id: capture.order } },
    create_time: timeText(capture.at),
    update_time: timeText(capture.changedAt),
    links: [],
  };
}

export function refundBody(refund: PayPalEntry): object {
  return {
    id: refund.id,
    status: refund.status,
    ...(refund.status === 'PENDING' && { status_details: { reason: 'ECHECK' } }),
    amount: moneyText(refund),
    ...namesOf(refund),
    create_time: timeText(refund.at),
    update_time: timeText(refund.changedAt),
    links: [],
  };
}

/** One line of GET /v1/reporting/transactions. A refund takes money: its amount is negative. */
export function transactionBody(entry: PayPalEntry): object {
  const { currency_code, value } = moneyText(entry);
  const isRefund = entry.kind === 'refund';
  const fee = moneyText({ minor: feeOf(entry), currency: entry.currency });
  return {
    transaction_info: {
      transaction_id: entry.id,
      ...(isRefund && { paypal_reference_id: entry.capture, paypal_reference_id_type: 'TXN' }),
      transaction_event_code: isRefund ? 'T1107' : 'T0006',
      transaction_initiation_date: timeText(entry.at),
      transaction_updated_date: timeText(entry.changedAt),
      transaction_amount: { currency_code, value: isRefund ? `-${value}` : value },
      ...(!isRefund && { fee_amount: { ...fee, value: `-${fee.value}` } }),
      transaction_status: entry.status === 'COMPLETED' ? 'S' : entry.status === 'PENDING' ? 'P' : 'D',
      ...(entry.invoiceId !== undefined && { invoice_id: entry.invoiceId }),
      ...(entry.customId !== undefined && { custom_field: entry.customId }),
    },
  };
}

/** `2026-11-27T09:00:05Z`: PayPal tells whole seconds. */
export function timeText(at: number): string {
  return new Date(at).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** What PayPal keeps of a capture: 3.4 % and 35 of the smallest units, never more than the whole. */
function feeOf({ minor }: PayPalEntry): number {
  return Math.min(minor, Math.round(minor * 0.034) + 35);
}

function namesOf({ invoiceId, customId }: PayPalEntry): object {
  return {
    ...(invoiceId !== undefined && { invoice_id: invoiceId }),
    ...(customId !== undefined && { custom_id: customId }),
  };
}
