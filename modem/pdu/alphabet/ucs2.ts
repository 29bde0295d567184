import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { CharacterBuffer, codeUnitsOf } from './code-units.ts';

const characters = new CharacterBuffer();

/**
 * The text in octets `[start, end)`, 255 at most: UTF-16, high octet first. The standard says UCS-2, but phones write
 * surrogate pairs too. Some senders cut a pair between two segments, so one half of a pair is kept as it is.
 */
export function readUtf16(reader: Reader, start: number, end: number): string {
  const { octets } = reader;
  const { units } = characters;
  const count = (end - start) >> 1;
  if ((end - start) % 2 !== 0) reader.deviation('an odd number of octets', end - 1, 'the last ignored');
  for (let unit = 0, at = start; unit < count; unit += 1, at += 2) {
    units[unit] = ((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0);
  }
  return characters.text(count);
}

/** Writes a text as UTF-16, high octet first. The caller has seen that it fits. */
export function writeUtf16(writer: Writer, text: string): void {
  const units = codeUnitsOf(text);
  for (let at = 0; at < text.length; at += 1) writer.view.setUint16(writer.offset + 2 * at, units[at] ?? 0);
  writer.offset += 2 * text.length;
}
