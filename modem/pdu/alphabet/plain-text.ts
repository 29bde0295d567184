import { NONE } from './character-table.ts';
import { DEFAULT_TABLE } from './default-tables.ts';

// Most texts are ASCII characters of the default alphabet. These are looked up two at a time for speed: encoding a
// 160-character message spends most of its time here.

/** The longest text, in characters, that {@link packPlainText} looks at. */
const LONGEST = 1000;

/** `@@@@` */
const FOUR_AT = 0x40404040;

/** In {@link PAIRS}: one of the two characters is not in the default alphabet. Bit 15, which no pair of septets has. */
const NO_PAIR = 0x8000;
const ASCII_END = 0x80;

/** Two septets, the first in the low bits, by two ASCII characters, the first in the low half. */
const PAIRS = new Uint16Array(0x8000);

for (let second = 0; second < ASCII_END; second += 1) {
  for (let first = 0; first < ASCII_END; first += 1) {
    const [low = NONE, high = NONE] = [DEFAULT_TABLE.septets[first], DEFAULT_TABLE.septets[second]];
    PAIRS[first | (second << 8)] = ((low | high) & NONE) === 0 ? low | (high << 7) : NO_PAIR;
  }
}

const encoder = new TextEncoder();
const characters = new Uint8Array(LONGEST + 16);
const ascii = new DataView(characters.buffer);

/** The septets of the last text that {@link packPlainText} packed, then at least four octets of 0. */
export const plainSeptets: Uint32Array = new Uint32Array((LONGEST + 16) / 4);
const octets = new DataView(plainSeptets.buffer);

/** The last text, and whether it was packed: measuring a text packs it, and encoding then uses the same septets. */
let lastText: string | undefined;
let isLastPlain = false;

/**
 * Packs a text to {@link plainSeptets}. False when the text is longer than {@link LONGEST} or has a character that is not
 * both in ASCII and in the table of the default alphabet. `Buffer` copies the characters many times faster than a loop.
 */
export function packPlainText(text: string): boolean {
  lastText = text;
  isLastPlain = text.length <= LONGEST && pack(text);
  return isLastPlain;
}

/** {@link packPlainText}, unless the same text was packed last. Comparing two texts costs time too. */
export function repackPlainText(text: string): boolean {
  return text === lastText ? isLastPlain : packPlainText(text);
}

function pack(text: string): boolean {
  const { length } = text;
  if (encoder.encodeInto(text, characters).written !== length) return false;
  ascii.setUint32(length, FOUR_AT);
  ascii.setUint32(length + 4, FOUR_AT);
  let seen = 0;
  let to = 0;
  for (let at = 0; at < length; at += 8, to += 7) {
    const four = ascii.getUint32(at, true);
    const next = ascii.getUint32(at + 4, true);
    const a = PAIRS[four & 0x7fff] ?? NO_PAIR;
    const b = PAIRS[(four >>> 16) & 0x7fff] ?? NO_PAIR;
    const c = PAIRS[next & 0x7fff] ?? NO_PAIR;
    const d = PAIRS[(next >>> 16) & 0x7fff] ?? NO_PAIR;
    seen |= a | b | c | d;
    octets.setUint32(to, a | (b << 14) | (c << 28), true);
    octets.setUint32(to + 4, (c >> 4) | (d << 10), true);
  }
  octets.setUint32(to, 0);
  return seen < NO_PAIR;
}
