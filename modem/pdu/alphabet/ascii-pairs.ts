import { ascii } from './ascii.ts';
import { NONE } from './character-table.ts';
import { DEFAULT_TABLE } from './default-tables.ts';

// Most texts are ASCII in the default alphabet. They are looked up two characters at a time: this is most of what
// writing a 160-character message takes.

/** In {@link PAIRS}: one of the two characters is not in the default alphabet. A bit that no pair of septets has. */
const NO_PAIR = 0x8000;
const ASCII_END = 0x80;

/** Two septets, the first in the low bits, by two ASCII characters, the first in the low half. */
const PAIRS = new DataView(new ArrayBuffer(0x8000 * 2));

for (let second = 0; second < ASCII_END; second += 1) {
  for (let first = 0; first < ASCII_END; first += 1) {
    const [low = NONE, high = NONE] = [DEFAULT_TABLE.septets[first], DEFAULT_TABLE.septets[second]];
    PAIRS.setUint16((first | (second << 8)) * 2, ((low | high) & NONE) === 0 ? low | (high << 7) : NO_PAIR, true);
  }
}

/** Whether the first `count` characters of {@link ascii} are in the table of the default alphabet. */
export function allInDefault(count: number): boolean {
  let seen = 0;
  for (let at = 0; at < count; at += 4) {
    const four = ascii.getUint32(at, true);
    seen |= PAIRS.getUint16((four & 0xffff) * 2, true) | PAIRS.getUint16((four >>> 16) * 2, true);
  }
  return seen < NO_PAIR;
}

/**
 * Packs the first `count` characters of {@link ascii} as their septets in the default alphabet, in groups of eight, to
 * octet `start` and on. Returns false when its table does not have them all; then what was written means nothing.
 */
export function packAscii(count: number, octets: DataView, start: number): boolean {
  let seen = 0;
  for (let at = 0, to = start; at < count; at += 8, to += 7) {
    const four = ascii.getUint32(at, true);
    const next = ascii.getUint32(at + 4, true);
    const a = PAIRS.getUint16((four & 0xffff) * 2, true);
    const b = PAIRS.getUint16((four >>> 16) * 2, true);
    const c = PAIRS.getUint16((next & 0xffff) * 2, true);
    const d = PAIRS.getUint16((next >>> 16) * 2, true);
    seen |= a | b | c | d;
    octets.setUint32(to, a | (b << 14) | (c << 28), true);
    octets.setUint32(to + 4, (c >> 4) | (d << 10), true);
  }
  return seen < NO_PAIR;
}
