import { type Amount, CURRENCIES, type Currency, isCurrency } from '../../../device/safe-mobile/index.ts';

/** An amount as PayPal writes it. */
export interface Money {
  readonly currency_code: string;
  /** Units with their decimals, as `12.50`. */
  readonly value: string;
}

/**
 * The currencies that PayPal holds, of those that the service knows, with their decimals there: forint has none, whatever ISO 4217 says.
 * https://developer.paypal.com/api/rest/reference/currency-codes/
 */
const DECIMALS: Readonly<Partial<Record<Currency, number>>> = {
  AUD: 2,
  BRL: 2,
  CAD: 2,
  CHF: 2,
  CNY: 2,
  CZK: 2,
  DKK: 2,
  EUR: 2,
  GBP: 2,
  HUF: 0,
  JPY: 0,
  MXN: 2,
  NOK: 2,
  PLN: 2,
  SEK: 2,
  USD: 2,
};

/** The amount for PayPal; `undefined`: PayPal does not hold the currency, or has no coins that small. */
export function moneyOf({ minor, currency }: Amount): Money | undefined {
  const decimals = DECIMALS[currency];
  if (decimals === undefined) return undefined;
  const surplus = CURRENCIES[currency].exponent - decimals;
  const units = minor / 10 ** surplus;
  if (!Number.isInteger(units)) return undefined;
  const digits = `${units}`.padStart(decimals + 1, '0');
  const value = decimals === 0 ? digits : `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
  return { currency_code: currency, value };
}

/** The amount in PayPal's words, without its sign; `undefined` when it is no whole number of minor units of a currency known here. */
export function amountOf({ currency_code: currency, value }: Money): Amount | undefined {
  const [, whole, fraction = ''] = /^-?([0-9]{1,13})(?:\.([0-9]{1,3}))?$/.exec(value) ?? [];
  if (whole === undefined || !isCurrency(currency)) return undefined;
  const { exponent } = CURRENCIES[currency];
  if (/[1-9]/.test(fraction.slice(exponent))) return undefined;
  const minor = Number(whole + fraction.slice(0, exponent).padEnd(exponent, '0'));
  return Number.isSafeInteger(minor) ? { minor, currency } : undefined;
}
