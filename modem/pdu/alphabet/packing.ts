// Eight septets make seven octets, the low bits first (3GPP TS 23.038, 6.1.2.1.1). The groups are written out for speed:
// encoding and decoding of a 160-character message spend most of their time here.

/** Room for the septets of 255 characters with an escape each, and for the rest of the last group. */
export const ROOM = 520;

/** Unpacks at least `count` septets, in groups of eight, from octet `start` on. */
export function unpack(octets: Uint8Array, start: number, count: number, septets: Uint8Array): void {
  for (let at = start, to = 0; to < count; at += 7, to += 8) {
    const a = octets[at] ?? 0;
    const b = octets[at + 1] ?? 0;
    const c = octets[at + 2] ?? 0;
    const d = octets[at + 3] ?? 0;
    const e = octets[at + 4] ?? 0;
    const f = octets[at + 5] ?? 0;
    const g = octets[at + 6] ?? 0;
    septets[to] = a & 0x7f;
    septets[to + 1] = ((b << 1) | (a >> 7)) & 0x7f;
    septets[to + 2] = ((c << 2) | (b >> 6)) & 0x7f;
    septets[to + 3] = ((d << 3) | (c >> 5)) & 0x7f;
    septets[to + 4] = ((e << 4) | (d >> 4)) & 0x7f;
    septets[to + 5] = ((f << 5) | (e >> 3)) & 0x7f;
    septets[to + 6] = ((g << 6) | (f >> 2)) & 0x7f;
    septets[to + 7] = g >> 1;
  }
}

/**
 * Unpacks at least `count` septets, in groups of eight, from octet `start` on, as their characters in `table`. Returns
 * false when the table has no character (0) for one of the septets; then the output is not valid.
 */
export function unpackCharacters(
  octets: Uint8Array,
  start: number,
  count: number,
  table: Uint8Array,
  characters: Uint8Array,
): boolean {
  for (let at = start, to = 0; to < count; at += 7, to += 8) {
    const a = octets[at] ?? 0;
    const b = octets[at + 1] ?? 0;
    const c = octets[at + 2] ?? 0;
    const d = octets[at + 3] ?? 0;
    const e = octets[at + 4] ?? 0;
    const f = octets[at + 5] ?? 0;
    const g = octets[at + 6] ?? 0;
    const first = table[a & 0x7f] ?? 0;
    const second = table[((b << 1) | (a >> 7)) & 0x7f] ?? 0;
    const third = table[((c << 2) | (b >> 6)) & 0x7f] ?? 0;
    const fourth = table[((d << 3) | (c >> 5)) & 0x7f] ?? 0;
    const fifth = table[((e << 4) | (d >> 4)) & 0x7f] ?? 0;
    const sixth = table[((f << 5) | (e >> 3)) & 0x7f] ?? 0;
    const seventh = table[((g << 6) | (f >> 2)) & 0x7f] ?? 0;
    const eighth = table[g >> 1] ?? 0;
    if (first * second * third * fourth === 0 || fifth * sixth * seventh * eighth === 0) return false;
    characters[to] = first;
    characters[to + 1] = second;
    characters[to + 2] = third;
    characters[to + 3] = fourth;
    characters[to + 4] = fifth;
    characters[to + 5] = sixth;
    characters[to + 6] = seventh;
    characters[to + 7] = eighth;
  }
  return true;
}

/** Packs `count` septets, in groups of eight, and four octets of 0. The rest of the last group must be 0. */
export function pack(septets: Uint8Array, count: number, octets: DataView): void {
  let to = 0;
  for (let at = 0; at < count; at += 8, to += 7) {
    const a = septets[at] ?? 0;
    const b = septets[at + 1] ?? 0;
    const c = septets[at + 2] ?? 0;
    const d = septets[at + 3] ?? 0;
    const e = septets[at + 4] ?? 0;
    const f = septets[at + 5] ?? 0;
    const g = septets[at + 6] ?? 0;
    const h = septets[at + 7] ?? 0;
    octets.setUint32(to, a | (b << 7) | (c << 14) | (d << 21) | (e << 28), true);
    octets.setUint32(to + 4, (e >> 4) | (f << 3) | (g << 10) | (h << 17), true);
  }
  octets.setUint32(to, 0);
}

/**
 * Copies packed septets to octet `start` and on, behind `fill` bits of 0, 0 to 6, as far as they go in `length` octets,
 * the fill among them. Touches up to seven octets more. Both arrays are read and written in whole words: the processor
 * waits for what it has just written when it reads it in other pieces.
 */
export function copyBehindFill(
  packed: Uint32Array,
  length: number,
  octets: Uint32Array,
  start: number,
  fill: number,
): void {
  const before = (start & 3) * 8;
  const shift = before + fill;
  const end = (start + length + 3) >> 2;
  let carry = (octets[start >> 2] ?? 0) & ((1 << before) - 1);
  for (let to = start >> 2, at = 0; to < end; to += 1, at += 1) {
    const word = packed[at] ?? 0;
    octets[to] = (word << shift) | carry;
    carry = shift === 0 ? 0 : word >>> (32 - shift);
  }
}

/** Copies `length` octets behind `fill` bits, 1 to 6, at octet `start`, to the beginning of `packed`. */
export function copyWithoutFill(
  octets: Uint8Array,
  start: number,
  length: number,
  fill: number,
  packed: Uint8Array,
): void {
  let low = octets[start] ?? 0;
  for (let at = 0; at < length; at += 1) {
    const high = octets[start + at + 1] ?? 0;
    packed[at] = (low >> fill) | (high << (8 - fill));
    low = high;
  }
}
