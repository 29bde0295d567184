import { DEFAULT_ALPHABET, readSeptets, septetsOf, writeSeptets } from './alphabet/gsm7.ts';
import { PduEncodeError } from './error.ts';
import type { Reader } from './reader.ts';
import { FILLER, readDigits, writeDigits } from './semi-octets.ts';
import type { Writer } from './writer.ts';

/** TON, type of number (3GPP TS 23.040, 9.1.2.5). The position in this list is the code on the wire. */
export const TYPES_OF_NUMBER = [
  'unknown',
  'international',
  'national',
  'network-specific',
  'subscriber',
  'alphanumeric',
  'abbreviated',
  'reserved',
] as const;

/** TON, type of number (3GPP TS 23.040, 9.1.2.5). */
export type TypeOfNumber = (typeof TYPES_OF_NUMBER)[number];

/** NPI, numbering plan (3GPP TS 23.040, 9.1.2.5). The position in this list is the code on the wire. */
export const NUMBERING_PLANS = [
  'unknown',
  'isdn',
  'reserved-2',
  'data',
  'telex',
  'service-centre-5',
  'service-centre-6',
  'reserved-7',
  'national',
  'private',
  'ermes',
  'reserved-11',
  'reserved-12',
  'reserved-13',
  'reserved-14',
  'reserved-15',
] as const;

/** NPI, numbering plan (3GPP TS 23.040, 9.1.2.5). */
export type NumberingPlan = (typeof NUMBERING_PLANS)[number];

/** An address field: TP-OA, TP-DA, TP-RA or the service centre's (3GPP TS 23.040, 9.1.2.5). */
export interface Address {
  readonly type: TypeOfNumber;
  readonly plan: NumberingPlan;
  /** Digits `0-9*#abc` without `+`, 20 at most; for type `alphanumeric` 11 characters of the GSM alphabet at most. */
  readonly value: string;
}

/** Most semi-octets that an address may have (3GPP TS 23.040, 9.1.2.5: 12 octets in all). */
const MAX_SEMI_OCTETS = 20;

/** Most letters of an alphanumeric address: septets that fit into 20 semi-octets. */
const MAX_LETTERS = 11;

interface NumberingType {
  readonly type: TypeOfNumber;
  readonly plan: NumberingPlan;
}

/** TON and NPI by the low seven bits of the type-of-address octet. */
const NUMBERINGS: readonly NumberingType[] = Array.from({ length: 128 }, (_, octet) => ({
  type: TYPES_OF_NUMBER[octet >> 4] ?? 'unknown',
  plan: NUMBERING_PLANS[octet & 0x0f] ?? 'unknown',
}));

const UNKNOWN: NumberingType = { type: 'unknown', plan: 'unknown' };

function readNumbering(reader: Reader): NumberingType {
  const octet = reader.octet();
  if (octet < 0x80) reader.deviation('bit 7 of the type of address is 0', reader.offset - 1, 'ignored');
  return NUMBERINGS[octet & 0x7f] ?? UNKNOWN;
}

function readLetters(reader: Reader, octets: number, count: number): string {
  const start = reader.offset;
  if (reader.left < octets) reader.refuse('the octets end here', reader.end);
  reader.offset = start + octets;
  return readSeptets(reader, start, 0, count, DEFAULT_ALPHABET);
}

/** Reads TP-OA, TP-DA or TP-RA: its length counts semi-octets, without the type of address. */
export function readAddress(reader: Reader): Address {
  const length = reader.octet();
  if (length > MAX_SEMI_OCTETS) reader.deviation(`${length} digits, more than ${MAX_SEMI_OCTETS}`, reader.offset - 1);
  const { type, plan } = readNumbering(reader);
  if (type !== 'alphanumeric') return { type, plan, value: readDigits(reader, length) };
  const count = Math.floor((length * 4) / 7);
  if (Math.ceil((count * 7) / 4) !== length) {
    reader.deviation(`${length} semi-octets is not a whole number of letters`, reader.offset - 2);
  }
  return { type, plan, value: readLetters(reader, (length + 1) >> 1, count) };
}

/** Reads the service centre's address: its length counts octets, the type of address among them. 0: none. */
export function readServiceCentre(reader: Reader): Address | undefined {
  const length = reader.octet();
  if (length === 0) return undefined;
  if (length * 2 - 2 > MAX_SEMI_OCTETS) reader.deviation(`${length} octets, more than 11`, reader.offset - 1);
  const { type, plan } = readNumbering(reader);
  const octets = length - 1;
  if (type === 'alphanumeric') {
    return { type, plan, value: readLetters(reader, octets, Math.floor((octets * 8) / 7)) };
  }
  const last = reader.octets[reader.offset + octets - 1] ?? 0;
  const digits = octets > 0 && last >> 4 === FILLER ? octets * 2 - 1 : octets * 2;
  return { type, plan, value: readDigits(reader, digits) };
}

function writeNumbering(writer: Writer, { type, plan }: Address): void {
  writer.octet(0x80 | (TYPES_OF_NUMBER.indexOf(type) << 4) | NUMBERING_PLANS.indexOf(plan));
}

function semiOctetsOf(writer: Writer, { type, value }: Address): number {
  if (type !== 'alphanumeric') return value.length;
  const letters =
    septetsOf(value, DEFAULT_ALPHABET) ?? writer.refuse(`'${value}' has letters that are not in the alphabet`);
  return Math.ceil((letters * 7) / 4);
}

/** Writes the length, which `lengthOf` makes from the semi-octets of the value, then the type, then the value. */
function writeParts(writer: Writer, address: Address, lengthOf: (semiOctets: number) => number): void {
  const semiOctets = semiOctetsOf(writer, address);
  if (semiOctets > MAX_SEMI_OCTETS) writer.refuse(`'${address.value}' is longer than 20 digits or 11 letters`);
  writer.octet(lengthOf(semiOctets));
  writeNumbering(writer, address);
  if (address.type === 'alphanumeric') writeSeptets(writer, address.value, 0, DEFAULT_ALPHABET);
  else writeDigits(writer, address.value);
}

/** Writes TP-OA, TP-DA or TP-RA. */
export function writeAddress(writer: Writer, address: Address): void {
  writeParts(writer, address, (semiOctets) => semiOctets);
}

/** Writes the service centre's address, or that there is none. */
export function writeServiceCentre(writer: Writer, address: Address | undefined): void {
  if (address === undefined) writer.octet(0);
  else writeParts(writer, address, (semiOctets) => 1 + ((semiOctets + 1) >> 1));
}

/**
 * An address from the way people write it: `+` and digits (international), digits with `*` and `#` (a short code or a
 * number as dialled), or letters. Throws `PduEncodeError` when it is none of these, or too long.
 */
export function addressOf(text: string): Address {
  const address = classify(text);
  const { type, value } = address;
  const isOne =
    type === 'alphanumeric'
      ? (septetsOf(value, DEFAULT_ALPHABET) ?? Infinity) <= MAX_LETTERS && !LIKE_A_NUMBER.test(value)
      : value.length > 0 && value.length <= MAX_SEMI_OCTETS;
  if (isOne) return address;
  throw new PduEncodeError(
    'address',
    `'${text}' is neither a number of up to 20 digits nor a name of up to 11 letters`,
  );
}

/** A number with spaces or brackets (`+39 (333) 1`): refused, and not written as letters. */
const LIKE_A_NUMBER = /^\+[\d\s()./+-]*$/;

function classify(text: string): Address {
  if (isDecimal(text, 1) && text.startsWith('+')) return { type: 'international', plan: 'isdn', value: text.slice(1) };
  if (isDecimal(text, 0) || /^[0-9*#]*$/.test(text)) return { type: 'unknown', plan: 'isdn', value: text };
  return { type: 'alphanumeric', plan: 'unknown', value: text };
}

/** Whether there are only digits 0 to 9 from `start` on. */
function isDecimal(text: string, start: number): boolean {
  for (let at = start; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code < 0x30 || code > 0x39) return false;
  }
  return text.length > start;
}

/** The address as people write it: with `+` when international. */
export function addressText(address: Address): string {
  return address.type === 'international' ? `+${address.value}` : address.value;
}
