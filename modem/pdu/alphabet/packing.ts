// Eight septets make seven octets, the low bits first (3GPP TS 23.038, 6.1.2.1.1). Written out group by group: most of
// the time that a 160-character message takes is spent here.

/** Room for the septets of a header and of 255 characters with an escape each, and for the rest of the last group. */
export const ROOM = 688;

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
 * false when the table has no character (0) for one of them; then what was written means nothing.
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

/** Writes a group of eight septets as seven octets, and a zero behind them. */
function packGroup(
  octets: DataView,
  to: number,
  a: number,
  b: number,
  c: number,
  d: number,
  e: number,
  f: number,
  g: number,
  h: number,
): void {
  octets.setUint32(to, a | (b << 7) | (c << 14) | (d << 21) | (e << 28), true);
  octets.setUint32(to + 4, (e >> 4) | (f << 3) | (g << 10) | (h << 17), true);
}

/** Packs at least `count` septets, in groups of eight, to octet `start` and on. What follows them must be 0. */
export function pack(septets: DataView, count: number, octets: DataView, start: number): void {
  for (let at = 0, to = start; at < count; at += 8, to += 7) {
    packGroup(
      octets,
      to,
      septets.getUint8(at),
      septets.getUint8(at + 1),
      septets.getUint8(at + 2),
      septets.getUint8(at + 3),
      septets.getUint8(at + 4),
      septets.getUint8(at + 5),
      septets.getUint8(at + 6),
      septets.getUint8(at + 7),
    );
  }
}
