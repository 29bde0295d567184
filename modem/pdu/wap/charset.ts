import { PduEncodeError } from '../error.ts';
import type { Reader } from '../reader.ts';

/** Character sets by their IANA number (MIBenum), which WSP and WBXML use. */
export type Charset = 'us-ascii' | 'iso-8859-1' | 'utf-8';

const NUMBERS: Readonly<Record<Charset, number>> = { 'us-ascii': 3, 'iso-8859-1': 4, 'utf-8': 106 };
const CHARSETS: ReadonlyMap<number, Charset> = new Map([
  [3, 'us-ascii'],
  [4, 'iso-8859-1'],
  [106, 'utf-8'],
]);

/** The MIBenum of a character set. */
export function charsetNumber(charset: Charset): number {
  return NUMBERS[charset];
}

/** The character set of a MIBenum just read; 0 stands for unknown and is taken for `unknown`. */
export function charsetOf(reader: Reader, number: number, unknown: Charset): Charset {
  if (number === 0) return unknown;
  return CHARSETS.get(number) ?? reader.refuse(`character set ${number} is not supported`, reader.offset - 1);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text in octets `[start, end)` of the reader. */
export function readText(reader: Reader, start: number, end: number, charset: Charset): string {
  const octets = reader.octets.subarray(start, end);
  if (charset === 'iso-8859-1') return Buffer.from(octets).toString('latin1');
  if (charset === 'us-ascii' && octets.some((octet) => octet >= 0x80)) reader.refuse('not ASCII', start);
  try {
    return utf8.decode(octets);
  } catch {
    return reader.refuse('not UTF-8', start);
  }
}

/** The octets of a text, without a NUL in it. Throws {@link PduEncodeError}. */
export function textOctets(text: string, charset: Charset): Uint8Array {
  const highest = { 'us-ascii': 0x7f, 'iso-8859-1': 0xff, 'utf-8': 0xffff }[charset];
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0 || code > highest) throw new PduEncodeError('WBXML', `'${text}' does not go into ${charset}`);
  }
  return Buffer.from(text, charset === 'iso-8859-1' ? 'latin1' : 'utf8');
}
