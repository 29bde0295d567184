/** Money as PayPal counts it: smallest units that it knows of the currency. */
export interface PayPalMoney {
  readonly minor: number;
  readonly currency: string;
}

/** What PayPal refuses in a request: the status of the answer, and the issue in it. */
export interface Refusal {
  readonly status: 400 | 422;
  readonly issue: string;
}

/** An order as its body asks for it. */
export interface AskedOrder extends PayPalMoney {
  readonly vaultId: string;
  readonly invoiceId: string | undefined;
  readonly customId: string | undefined;
}

/** A refund as its body asks for it; without an amount: all that is left. */
export interface AskedRefund {
  readonly amount: PayPalMoney | undefined;
  readonly customId: string | undefined;
}

/** https://developer.paypal.com/api/rest/reference/currency-codes/: all that PayPal holds, with their decimals. */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...'AUD BRL CAD CNY CZK DKK EUR HKD ILS MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD'
    .split(' ')
    .map((code) => [code, 2] as const),
  ...['HUF', 'JPY', 'TWD'].map((code) => [code, 0] as const),
]);

/** The order in the body of POST /v2/checkout/orders. */
export function readOrder(body: string): AskedOrder | Refusal {
  const { intent, purchase_units, payment_source } = objectIn(body);
  if (!Array.isArray(purchase_units) || purchase_units.length !== 1) {
    return { status: 400, issue: 'MISSING_REQUIRED_PARAMETER' };
  }
  if (intent !== 'CAPTURE') return { status: 400, issue: 'INVALID_PARAMETER_VALUE' };
  const { amount, invoice_id, custom_id } = Object(purchase_units[0]);
  const vaultId: unknown = Object(Object(payment_source).paypal).vault_id;
  if (typeof vaultId !== 'string' || !/^[0-9a-zA-Z_-]{1,255}$/.test(vaultId)) {
    return { status: 400, issue: 'INVALID_PARAMETER_SYNTAX' };
  }
  const money = readMoney(amount);
  return 'issue' in money ? money : { ...money, vaultId, invoiceId: textOf(invoice_id), customId: textOf(custom_id) };
}

/** The refund in the body of POST /v2/payments/captures/ID/refund. */
export function readRefund(body: string): AskedRefund | Refusal {
  const { amount, custom_id } = objectIn(body === '' ? '{}' : body);
  if (amount === undefined) return { amount: undefined, customId: textOf(custom_id) };
  const money = readMoney(amount);
  return 'issue' in money ? money : { amount: money, customId: textOf(custom_id) };
}

/** `12.50`; yen and forint without decimals. */
export function moneyText({ minor, currency }: PayPalMoney): {
  readonly currency_code: string;
  readonly value: string;
} {
  const decimals = DECIMALS.get(currency) ?? 2;
  return { currency_code: currency, value: (minor / 10 ** decimals).toFixed(decimals) };
}

function readMoney(money: unknown): PayPalMoney | Refusal {
  const { currency_code: currency, value } = Object(money);
  const decimals = DECIMALS.get(String(currency));
  if (decimals === undefined) return { status: 422, issue: 'INVALID_CURRENCY_CODE' };
  const [, whole, fraction = ''] = /^([0-9]{1,15})(?:\.([0-9]+))?$/.exec(String(value)) ?? [];
  if (typeof value !== 'string' || whole === undefined) return { status: 400, issue: 'INVALID_PARAMETER_SYNTAX' };
  if (decimals === 0 && fraction !== '') return { status: 422, issue: 'DECIMALS_NOT_SUPPORTED' };
  if (fraction.length > decimals) return { status: 422, issue: 'DECIMAL_PRECISION' };
  const minor = Number(whole + fraction.padEnd(decimals, '0'));
  return minor === 0 ? { status: 422, issue: 'CANNOT_BE_ZERO_OR_NEGATIVE' } : { minor, currency: String(currency) };
}

function objectIn(body: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(body));
  } catch {
    return {};
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
