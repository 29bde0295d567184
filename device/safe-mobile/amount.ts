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

// Short in the script of the phone's application, whose size is limited.
const iso4217 = (number: number, exponent: number) => ({ number, exponent });

/** ISO 4217 number and exponent (decimals of the minor unit) of each. */
export const CURRENCIES: Readonly<Record<Currency, { readonly number: number; readonly exponent: number }>> = {
  AUD: iso4217(36, 2),
  BHD: iso4217(48, 3),
  BRL: iso4217(986, 2),
  CAD: iso4217(124, 2),
  CHF: iso4217(756, 2),
  CNY: iso4217(156, 2),
  CZK: iso4217(203, 2),
  DKK: iso4217(208, 2),
  EUR: iso4217(978, 2),
  GBP: iso4217(826, 2),
  HUF: iso4217(348, 2),
  INR: iso4217(356, 2),
  JPY: iso4217(392, 0),
  KES: iso4217(404, 2),
  KRW: iso4217(410, 0),
  KWD: iso4217(414, 3),
  MXN: iso4217(484, 2),
  NGN: iso4217(566, 2),
  NOK: iso4217(578, 2),
  PLN: iso4217(985, 2),
  RON: iso4217(946, 2),
  SEK: iso4217(752, 2),
  TND: iso4217(788, 3),
  TRY: iso4217(949, 2),
  USD: iso4217(840, 2),
  XOF: iso4217(952, 0),
  ZAR: iso4217(710, 2),
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
