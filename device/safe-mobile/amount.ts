import { SafeMobileError } from './errors.ts';
import type { Reader, Writer } from './octets.ts';

/** ISO 4217 letters of the currencies that phone and service know. */
export type Currency =
  | 'AUD'
  | 'BHD'
  | 'BRL'
  | 'CAD'
  | 'CHF'
  | 'CNY'
  | 'CZK'
  | 'DKK'
  | 'EUR'
  | 'GBP'
  | 'HUF'
  | 'INR'
  | 'JPY'
  | 'KES'
  | 'KRW'
  | 'KWD'
  | 'MXN'
  | 'NGN'
  | 'NOK'
  | 'PLN'
  | 'RON'
  | 'SEK'
  | 'TND'
  | 'TRY'
  | 'USD'
  | 'XOF'
  | 'ZAR';

/** ISO 4217 number and exponent (decimals of the minor unit) of each. */
export const CURRENCIES: Readonly<Record<Currency, { readonly number: number; readonly exponent: number }>> = {
  AUD: { number: 36, exponent: 2 },
  BHD: { number: 48, exponent: 3 },
  BRL: { number: 986, exponent: 2 },
  CAD: { number: 124, exponent: 2 },
  CHF: { number: 756, exponent: 2 },
  CNY: { number: 156, exponent: 2 },
  CZK: { number: 203, exponent: 2 },
  DKK: { number: 208, exponent: 2 },
  EUR: { number: 978, exponent: 2 },
  GBP: { number: 826, exponent: 2 },
  HUF: { number: 348, exponent: 2 },
  INR: { number: 356, exponent: 2 },
  JPY: { number: 392, exponent: 0 },
  KES: { number: 404, exponent: 2 },
  KRW: { number: 410, exponent: 0 },
  KWD: { number: 414, exponent: 3 },
  MXN: { number: 484, exponent: 2 },
  NGN: { number: 566, exponent: 2 },
  NOK: { number: 578, exponent: 2 },
  PLN: { number: 985, exponent: 2 },
  RON: { number: 946, exponent: 2 },
  SEK: { number: 752, exponent: 2 },
  TND: { number: 788, exponent: 3 },
  TRY: { number: 949, exponent: 2 },
  USD: { number: 840, exponent: 2 },
  XOF: { number: 952, exponent: 0 },
  ZAR: { number: 710, exponent: 2 },
};

/** Money: a whole number of minor units (cents), 0 to 2^40 - 1 on the air. Never a fraction. */
export interface Amount {
  readonly minor: number;
  readonly currency: Currency;
}

/** Whether the letters are a currency of {@link CURRENCIES}. */
export function isCurrency(letters: string): letters is Currency {
  return Object.hasOwn(CURRENCIES, letters);
}

const BY_NUMBER: ReadonlyMap<number, Currency> = new Map(
  Object.keys(CURRENCIES)
    .filter(isCurrency)
    .map((currency) => [CURRENCIES[currency].number, currency]),
);

/** Currency in 2 octets (exponent in the top 3 bits, ISO 4217 number in the rest), then minor units in 5. */
export function writeAmount(writer: Writer, amount: Amount): Writer {
  const { number, exponent } = CURRENCIES[amount.currency];
  return writer.uint((exponent << 13) | number, 2).uint(amount.minor, 5);
}

/** @throws SafeMobileError `field` for a currency that is not known or an exponent that is not its own. */
export function readAmount(reader: Reader): Amount {
  const code = reader.uint(2);
  const currency = BY_NUMBER.get(code & 0x1fff);
  if (currency === undefined || CURRENCIES[currency].exponent !== code >> 13) {
    throw new SafeMobileError('field', `unknown currency ${code & 0x1fff} with exponent ${code >> 13}`);
  }
  return { minor: reader.uint(5), currency };
}

/** `EUR 12.50`: the letters, then the units with as many decimals as the currency has. */
export function formatAmount(amount: Amount, decimalPoint: '.' | ',' = '.'): string {
  const { exponent } = CURRENCIES[amount.currency];
  const digits = String(amount.minor).padStart(exponent + 1, '0');
  const units = digits.slice(0, digits.length - exponent);
  return exponent === 0
    ? `${amount.currency} ${units}`
    : `${amount.currency} ${units}${decimalPoint}${digits.slice(-exponent)}`;
}
