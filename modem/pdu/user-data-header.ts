import { elementLength, type InformationElement, readElement, writeElement } from './information-element.ts';
import { inOctets } from './octets.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** The header of user data that has none. */
export const NO_HEADER: readonly InformationElement[] = Object.freeze([]);

/**
 * Reads UDHL and the elements; the user data ends at octet `limit`. In lenient decoding a header whose last element has too
 * few or too many octets is ignored whole (3GPP TS 23.040, 9.2.3.24): "part 1 of 2" read without the cut element behind it
 * would wait for a part 2 that never comes. Undefined: the header is longer than the user data, or there is no user data.
 */
export function readHeader(reader: Reader, limit: number): readonly InformationElement[] | undefined {
  if (reader.offset >= limit) {
    reader.deviation('TP-UDHI promises a header and there is no user data');
    return undefined;
  }
  reader.enter('TP-UDHL');
  const length = reader.octet();
  const end = reader.offset + length;
  if (length === 0) {
    reader.deviation('TP-UDHI promises a header and it is empty', reader.offset - 1);
    return NO_HEADER;
  }
  if (end > limit) {
    reader.deviation(`a header of ${inOctets(length)} is longer than the user data`, reader.offset - 1, 'ignored');
    reader.offset = limit;
    return undefined;
  }
  const elements = readElements(reader, end);
  reader.offset = end;
  return elements ?? NO_HEADER;
}

/** Reads the elements up to octet `end`. Undefined: the last one has too few or too many octets. */
function readElements(reader: Reader, end: number): readonly InformationElement[] | undefined {
  reader.enter('TP-UDH');
  const first = readElement(reader, end);
  if (first === undefined) return undefined;
  // An array literal with one element takes less memory than an empty array after the first push.
  const elements = [first];
  while (reader.offset < end) {
    reader.enter('TP-UDH');
    const element = readElement(reader, end);
    if (element === undefined) return undefined;
    elements.push(element);
  }
  return elements;
}

/** Octets that a header takes, its length octet included; 0 for no elements. */
export function headerLength(header: readonly InformationElement[]): number {
  if (header.length === 0) return 0;
  let length = 1;
  for (const element of header) length += elementLength(element);
  return length;
}

/** Writes UDHL and the elements. */
export function writeHeader(writer: Writer, header: readonly InformationElement[]): void {
  writer.enter('TP-UDH');
  writer.octet(headerLength(header) - 1);
  for (const element of header) writeElement(writer, element);
}
