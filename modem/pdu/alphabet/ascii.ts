/** The longest text, in characters, that {@link toAscii} looks at. */
const LONGEST = 1000;

/** `@@@@` */
const FOUR_AT = 0x40404040;

const buffer = Buffer.alloc(LONGEST + 16);

/** The text that {@link toAscii} wrote last: a message is measured before it is encoded. */
let written = '';

/** What {@link toAscii} wrote. Shared memory: to be read before anything else is written. */
export const ascii: DataView = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);

/**
 * Writes a text to {@link ascii}, padded with eight `@`, and says whether it could: only short texts of nothing but
 * ASCII can. The system does it many times faster than a loop over the characters, and most texts are such.
 */
export function toAscii(text: string): boolean {
  const { length } = text;
  if (text === written) return true;
  written = '';
  if (length > LONGEST || buffer.write(text) !== length) return false;
  ascii.setUint32(length, FOUR_AT);
  ascii.setUint32(length + 4, FOUR_AT);
  written = text;
  return true;
}
