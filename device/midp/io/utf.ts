import { UTFDataFormatException } from '../errors.ts';

/** A text in the modified UTF-8 of `java.io.DataInput`: each unit of UTF-16 for itself, U+0000 in 2 octets. */
export function encodeUtf(text: string): Uint8Array {
  const octets: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0 && unit < 0x80) octets.push(unit);
    else if (unit < 0x800) octets.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else octets.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Uint8Array.from(octets);
}

/** The text of {@link encodeUtf}. @throws UTFDataFormatException for octets that are none */
export function decodeUtf(octets: Uint8Array): string {
  let text = '';
  for (let index = 0; index < octets.length; ) {
    const first = octets[index] ?? 0;
    const length = first < 0x80 ? 1 : first >> 5 === 0b110 ? 2 : first >> 4 === 0b1110 ? 3 : 0;
    const more = octets.subarray(index + 1, index + length);
    if (length === 0 || more.length < length - 1 || more.some((octet) => octet >> 6 !== 0b10)) {
      throw new UTFDataFormatException(`Octet ${index} begins no character`);
    }
    const begin = length === 1 ? first : first & (0xff >> (length + 1));
    text += String.fromCharCode(more.reduce((unit, octet) => (unit << 6) | (octet & 0x3f), begin));
    index += length;
  }
  return text;
}

/** The text of octets in UTF-8, as of a file of the JAR (Java's `new String(octets, "UTF-8")`). @throws UTFDataFormatException */
export function utf8Text(octets: Uint8Array): string {
  try {
    return decodeURIComponent(Array.from(octets, (octet) => `%${octet.toString(16).padStart(2, '0')}`).join(''));
  } catch {
    throw new UTFDataFormatException('The octets are no text in UTF-8');
  }
}
