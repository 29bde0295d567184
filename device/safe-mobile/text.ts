import { SafeMobileError } from './errors.ts';
import { type Reader, sameOctets, type Writer } from './octets.ts';

// Controls, format characters (bidi overrides, zero-width), lone surrogates, private use, line and paragraph separators.
// Unassigned points are let through: which ones are unassigned differs between engines.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}]/u;

/** Returns a text that is NFC and printable. @throws SafeMobileError `text` for any other: it could look like another text. */
export function checkText(text: string): string {
  if (UNPRINTABLE.test(text)) throw new SafeMobileError('text', 'the text holds characters that do not print');
  if (text !== text.normalize('NFC')) throw new SafeMobileError('text', 'the text is not in normal form NFC');
  return text;
}

/** UTF-8 (RFC 3629) of a text that {@link checkText} accepts. The phone's VM has no TextEncoder. */
export function encodeText(text: string): Uint8Array {
  const octets: number[] = [];
  for (const character of checkText(text)) {
    const point = character.codePointAt(0) ?? 0;
    if (point < 0x80) octets.push(point);
    else if (point < 0x800) octets.push(0xc0 | (point >> 6), continuation(point));
    else if (point < 0x10000) octets.push(0xe0 | (point >> 12), continuation(point >> 6), continuation(point));
    else octets.push(0xf0 | (point >> 18), continuation(point >> 12), continuation(point >> 6), continuation(point));
  }
  return Uint8Array.from(octets);
}

function continuation(bits: number): number {
  return 0x80 | (bits & 0x3f);
}

/** The text of UTF-8 octets, accepted only in its one shortest form. @throws SafeMobileError `text` */
export function decodeText(octets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < octets.length; ) {
    const first = octets[at] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    let point = length === 1 ? first : first & (0x7f >> length);
    for (let index = 1; index < length; index += 1) point = point * 64 + ((octets[at + index] ?? 0) & 0x3f);
    if (point > 0x10ffff) throw new SafeMobileError('text', 'the text is not UTF-8');
    text += String.fromCodePoint(point);
    at += length;
  }
  if (!sameOctets(encodeText(text), octets)) throw new SafeMobileError('text', 'the text is not UTF-8');
  return text;
}

/** The text cut to at most `limit` octets of UTF-8, never inside a character. */
export function fitText(text: string, limit: number): string {
  let fitted = '';
  for (const character of text) {
    if (encodeText(fitted + character).length > limit) break;
    fitted += character;
  }
  return fitted;
}

/** Writes texts that share `room` octets: for each the number of its octets in 1 octet, then the octets. @throws SafeMobileError `text` */
export function writeTexts(writer: Writer, room: number, ...texts: readonly string[]): Writer {
  let left = room;
  for (const text of texts) {
    const octets = encodeText(text);
    left -= octets.length;
    if (left < 0) throw new SafeMobileError('text', `the text is longer than ${room} octets of UTF-8`);
    writer.uint(octets.length, 1).bytes(octets, octets.length);
  }
  return writer;
}

/** Reads the number of octets in 1 octet, then the text. */
export function readText(reader: Reader): string {
  return decodeText(reader.bytes(reader.uint(1)));
}
