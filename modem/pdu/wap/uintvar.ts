import type { Reader } from '../reader.ts';

/** Octets of the longest uintvar: 32 bits in groups of seven. */
const LONGEST = 5;

/** Reads a number in groups of seven bits, the highest first (WAP-230-WSP, 8.1.2; in WBXML, `mb_u_int32`). */
export function readUintvar(reader: Reader): number {
  let value = 0;
  for (let count = 0; count < LONGEST; count += 1) {
    const octet = reader.octet();
    value = value * 0x80 + (octet & 0x7f);
    if (octet < 0x80) return value;
  }
  return reader.refuse('a number of more than 32 bits');
}

/** The octets of a number in groups of seven bits. */
export function uintvar(value: number): readonly number[] {
  const octets = [value & 0x7f];
  for (let left = Math.floor(value / 0x80); left > 0; left = Math.floor(left / 0x80))
    octets.unshift(0x80 | (left & 0x7f));
  return octets;
}
