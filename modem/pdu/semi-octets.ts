import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** Both digits of an octet, the low half first, as 0 to 99; -1 where a half is not a decimal digit. */
const DECIMALS: Int8Array = Int8Array.from({ length: 256 }, (_, octet) => {
  const tens = octet & 0x0f;
  const units = octet >> 4;
  return tens < 10 && units < 10 ? tens * 10 + units : -1;
});

/** The number 0 to 99 in a semi-octet pair (3GPP TS 23.040, 9.1.2.3), or -1 when it is not decimal. */
function decimalOf(octet: number): number {
  return DECIMALS[octet] ?? -1;
}

/** Both digits of an octet as 0 to 99, where a half that is no decimal digit counts as 0. */
function decimalWithZeros(octet: number): number {
  const digit = (half: number) => (half < 10 ? half : 0);
  return digit(octet & 0x0f) * 10 + digit(octet >> 4);
}

/**
 * Reads a number of two digits from `low` to `high`. In lenient decoding a half that is no digit counts as 0 (3GPP TS
 * 23.040, 9.2.3.11), and a number that is out of range counts as `low`.
 */
export function readTwoDigits(reader: Reader, what: string, low: number, high: number): number {
  const octet = reader.octet();
  const value = decimalOf(octet);
  if (value >= low && value <= high) return value;
  const digits = decimalWithZeros(octet);
  const taken = digits >= low && digits <= high ? digits : low;
  const wrong = value < 0 ? `the ${what} has a semi-octet that is no digit` : `the ${what} is not ${low} to ${high}`;
  reader.deviation(wrong, reader.offset - 1, `taken for ${taken}`);
  return taken;
}

/** The semi-octet pair that says a number from 0 to 99. */
export function semiOctets(value: number): number {
  return ((value % 10) << 4) | Math.trunc(value / 10);
}

/** The digits of an address by their code (3GPP TS 23.040, 9.1.2.3). */
const DIGITS = '0123456789*#abc';

/** The half octet that is no digit, behind an odd number of digits. */
export const FILLER = 0x0f;

/** Two digits for each octet; '' where a half is the filler. */
const PAIRS: readonly string[] = Array.from({ length: 256 }, (_, octet) => {
  const pair = DIGITS.charAt(octet & 0x0f) + DIGITS.charAt(octet >> 4);
  return pair.length === 2 ? pair : '';
});

/** Four digits for two octets, filled at first use: joining pairs takes longest in the reading of an address. */
const FOURS = new Array<string | undefined>(0x10000);

/** The digits of two octets; '' where a half is the filler. */
function fourDigits(first: number, second: number): string {
  const index = (first << 8) | second;
  const known = FOURS[index];
  if (known !== undefined) return known;
  const [one = '', two = ''] = [PAIRS[first], PAIRS[second]];
  const four = one === '' || two === '' ? '' : one + two;
  FOURS[index] = four;
  return four;
}

/** The digits of an octet just read, `back` octets ago. */
function pairOf(reader: Reader, octet: number, back: number): string {
  const pair = PAIRS[octet] ?? '';
  if (pair !== '') return pair;
  reader.deviation('the filler F is not a digit', reader.offset - back, 'left out');
  return DIGITS.charAt(octet & FILLER) + DIGITS.charAt(octet >> 4);
}

/** Reads `count` digits of an address; an odd count ends in a filler. */
export function readDigits(reader: Reader, count: number): string {
  let digits = '';
  let left = count;
  for (; left >= 4; left -= 4) {
    const first = reader.octet();
    const second = reader.octet();
    digits += fourDigits(first, second) || pairOf(reader, first, 2) + pairOf(reader, second, 1);
  }
  if (left >= 2) digits += pairOf(reader, reader.octet(), 1);
  if (left % 2 === 0) return digits;
  const last = reader.octet();
  if (last >> 4 !== FILLER || (last & FILLER) === FILLER) {
    reader.deviation('an odd number of digits does not end in one digit and the filler', reader.offset - 1);
  }
  return digits + DIGITS.charAt(last & FILLER);
}

/** The code of a digit by its ASCII code, or {@link FILLER}. */
const CODES: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = DIGITS.indexOf(String.fromCharCode(code));
  return digit < 0 ? FILLER : digit;
});

function digitOf(writer: Writer, value: string, at: number): number {
  const digit = CODES[value.charCodeAt(at)] ?? FILLER;
  if (digit === FILLER) writer.refuse(`'${value.charAt(at)}' in '${value}' is not a digit (0-9, *, #, a, b, c)`);
  return digit;
}

/** Writes the digits of an address, and a filler behind an odd number of them. */
export function writeDigits(writer: Writer, value: string): void {
  for (let at = 0; at < value.length; at += 2) {
    const low = digitOf(writer, value, at);
    const high = at + 1 < value.length ? digitOf(writer, value, at + 1) : FILLER;
    writer.octet((high << 4) | low);
  }
}
