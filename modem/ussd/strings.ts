import { septetText, stringIn, textOf } from '../opening/character-set.ts';
import { DEFAULT_ALPHABET, readSeptets, septetsOf, writeSeptets } from '../pdu/alphabet/gsm7.ts';
import { readUtf16, writeUtf16 } from '../pdu/alphabet/ucs2.ts';
import { type Alphabet, fromHex } from '../pdu/index.ts';
import { Reader } from '../pdu/reader.ts';
import { Writer } from '../pdu/writer.ts';

/** CBS data coding schemes (3GPP TS 23.038, 5): default alphabet, language unspecified; UCS-2, no class. */
const CBS_DEFAULT = 15;
const CBS_UCS2 = 72;

/** The longest USSD string: 160 octets (3GPP TS 23.090), which are 182 septets or 80 UTF-16 units. */
const LONGEST_SEPTETS = 182;
const LONGEST_UNITS = 80;

/** Octets of a text that are decoded: 182 characters in UCS-2. The rest is dropped. */
const LONGEST_OCTETS = 2 * LONGEST_SEPTETS;

/** Characters that are the same octet in every character set of `+CSCS`, and have no meaning for the AT parser of a modem. */
const SAME_EVERYWHERE = /^[A-Za-z0-9 !#%&'()*+,\-./:;<=>?]*$/;

const HEX = /^(?:[0-9A-F]{2})+$/i;

/** `<str>,<dcs>` of `+CUSD=1`. */
export interface UssdString {
  readonly text: string;
  readonly dcs: number;
  /** Whether `text` is packed septets; then answers in the default alphabet are too. Absent: `text` is UCS-2. */
  readonly packed?: boolean;
  /** Whether the characters are written as `+CSCS` says, in hexadecimal. */
  readonly coded?: true;
}

/** Whether two strings are written in the same form. */
export function isSameForm(one: UssdString, other: UssdString): boolean {
  return one.packed === other.packed && one.coded === other.coded;
}

/**
 * The forms in which a text may be typed, best first: characters; where "UCS2" or "HEX" is in force, characters in hexadecimal
 * as the standard has them there; packed septets in hexadecimal, which some Huawei and ZTE modems expect. A text with
 * characters that differ between the sets of `+CSCS` is typed as UCS-2 in hexadecimal. Empty when the text is too long for
 * one string.
 *
 * @param charset of `+CSCS`; undefined when the modem does not say
 */
export function ussdStrings(text: string, charset: string | undefined): readonly UssdString[] {
  const septets = septetsOf(text, DEFAULT_ALPHABET);
  if (septets !== undefined && septets <= LONGEST_SEPTETS && SAME_EVERYWHERE.test(text)) {
    const writer = new Writer();
    // Seven spare bits of 0 would be read as an `@`, so a CR is put there (3GPP TS 23.038, 6.1.2.3.1).
    writeSeptets(writer, septets % 8 === 7 ? `${text}\r` : text, 0, DEFAULT_ALPHABET);
    const coded = stringIn(text, charset);
    return [
      { text, dcs: CBS_DEFAULT, packed: false },
      ...(coded === text ? [] : [{ text: coded, dcs: CBS_DEFAULT, packed: false, coded: true } as const]),
      { text: writer.finishHex(), dcs: CBS_DEFAULT, packed: true },
    ];
  }
  if (text.length > LONGEST_UNITS) return [];
  const writer = new Writer();
  writeUtf16(writer, text);
  return [{ text: writer.finishHex(), dcs: CBS_UCS2 }];
}

/**
 * Decodes the text of `+CUSD: <m>,<str>,<dcs>`. In the standard `<str>` is in the character set of `+CSCS` when `<dcs>` is
 * the default alphabet, and otherwise octets in hexadecimal. Some modems write UCS-2 as characters; some write UCS-2 in
 * hexadecimal under a `<dcs>` of the default alphabet (Quectel M35 under 15, ZTE MF286D under 7), or packed septets, if they
 * expect these too (`packed`).
 *
 * @param said a character for each octet on the line
 * @param charset of `+CSCS`; undefined when the modem does not say
 */
export function ussdTextOf(said: string, dcs: number, charset: string | undefined, packed: boolean): string {
  const octets = HEX.test(said) ? fromHex(said).subarray(0, LONGEST_OCTETS) : undefined;
  if (octets === undefined) return textOf(said, charset);
  const alphabet = alphabetOf(dcs);
  if (alphabet === '8bit') return Buffer.from(octets).toString('latin1');
  const isWholeUnits = octets.length % 2 === 0;
  if (alphabet === 'ucs2') return isWholeUnits ? withoutLanguage(utf16(octets), dcs) : said;
  if (charset === 'UCS2') return isWholeUnits ? utf16(octets) : said;
  if (charset === 'HEX') return septetText(octets);
  if (isUcs2(octets, packed)) return utf16(octets);
  return packed ? packedText(octets) : said;
}

/** A text without control characters, halves of surrogate pairs, private or unassigned characters. */
const TEXT = /^(?:[\n\r\t]|[^\p{Cc}\p{Cs}\p{Co}\p{Cn}])+$/u;

/** High octets of UTF-16 units that every script shares: Latin, punctuation and symbols. */
const SHARED_PAGES: ReadonlySet<number> = new Set([0x00, 0x01, 0x20, 0x21, 0x22]);

/** High octet from which the thousands of characters of East Asia begin: random octets often look like them. */
const EAST_ASIA = 0x2e;

/** A text in one alphabet has at most so many different high octets; random octets have more. */
const ALPHABET_PAGES = 2;

/** So many characters of East Asia, or so many units of one alphabet written in decimal digits, are taken for UCS-2. */
const EAST_ASIAN_UNITS = 4;
const UNITS_IN_DIGITS = 3;

/**
 * Whether octets that should be in the default alphabet are a text in UCS-2. Decimal digits alone are usually a number; they
 * count as UCS-2 when each unit begins with 00 (`00350045` is "5E"), or most units begin with the same other octet.
 */
function isUcs2(octets: Uint8Array, packed: boolean): boolean {
  if (octets.length % 2 !== 0 || !TEXT.test(utf16(octets))) return false;
  const pages = octets.filter((_, index) => index % 2 === 0);
  if (pages.every((page) => page === 0)) return true;
  const own = pages.filter((page) => !SHARED_PAGES.has(page));
  const ownPages = new Set(own).size;
  if (octets.every((octet) => octet >> 4 < 10 && (octet & 0xf) < 10)) {
    return ownPages === 1 && own.length >= UNITS_IN_DIGITS && own.length * 2 > pages.length;
  }
  if (own.every((page) => page < EAST_ASIA)) return ownPages <= ALPHABET_PAGES;
  return !packed && own.length >= EAST_ASIAN_UNITS && own.every((page) => page >= EAST_ASIA);
}

/** The alphabet of a CBS data coding scheme; reserved schemes count as the default alphabet. */
function alphabetOf(dcs: number): Alphabet {
  const group = dcs >> 4;
  if (dcs === 0x11) return 'ucs2';
  if (group === 0xf) return (dcs & 4) === 0 ? 'gsm7' : '8bit';
  if (group < 4 || (group > 7 && group !== 9)) return 'gsm7';
  return (['gsm7', '8bit', 'ucs2', 'gsm7'] as const)[(dcs >> 2) & 3] ?? 'gsm7';
}

const LANGUAGE_UNITS = 1;

/** Under `<dcs>` 17 a language comes first, two letters packed into two octets (3GPP TS 23.038, 5). */
function withoutLanguage(text: string, dcs: number): string {
  return dcs === 0x11 ? text.slice(LANGUAGE_UNITS) : text;
}

function utf16(octets: Uint8Array): string {
  return readUtf16(new Reader(octets), 0, octets.length);
}

function packedText(octets: Uint8Array): string {
  const count = Math.floor((octets.length * 8) / 7);
  const text = readSeptets(new Reader(octets, { deviations: [] }), 0, 0, Math.min(count, 255), DEFAULT_ALPHABET);
  return count % 8 === 0 ? text.replace(/\r$/, '') : text;
}
