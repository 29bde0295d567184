import { type Random, randomBelow } from '../../modem/index.ts';

/** Octets that programs take for something: zero, signs, ends of lines, brackets, the last ones. */
const TELLING = [0x00, 0x01, 0x0a, 0x0d, 0x1a, 0x1b, 0x20, 0x22, 0x2b, 0x3e, 0x7b, 0x7f, 0x80, 0xfe, 0xff];

type Bend = (octets: readonly number[], random: Random, corpus: readonly Uint8Array[]) => readonly number[];

const place = (octets: readonly number[], random: Random) => randomBelow(random, octets.length + 1);

const BENDS: readonly Bend[] = [
  // One bit.
  (octets, random) => {
    const at = place(octets, random);
    const bit = 1 << randomBelow(random, 8);
    return octets.map((octet, index) => (index === at ? octet ^ bit : octet));
  },
  // Another octet.
  (octets, random) => {
    const at = place(octets, random);
    const other = randomBelow(random, 256);
    return octets.map((octet, index) => (index === at ? other : octet));
  },
  // A telling octet, in the place of one or beside it.
  (octets, random) => {
    const at = place(octets, random);
    const other = TELLING[randomBelow(random, TELLING.length)] ?? 0;
    return [...octets.slice(0, at), other, ...octets.slice(at + randomBelow(random, 2))];
  },
  // Cut off.
  (octets, random) => octets.slice(0, place(octets, random)),
  // A piece left out.
  (octets, random) => {
    const at = place(octets, random);
    return [...octets.slice(0, at), ...octets.slice(at + 1 + randomBelow(random, 16))];
  },
  // A piece twice.
  (octets, random) => {
    const at = place(octets, random);
    const end = at + randomBelow(random, 32);
    return [...octets.slice(0, end), ...octets.slice(at)];
  },
  // The end of another one.
  (octets, random, corpus) => {
    const other = corpus[randomBelow(random, corpus.length)] ?? new Uint8Array();
    return [...octets.slice(0, place(octets, random)), ...other.slice(randomBelow(random, other.length + 1))];
  },
];

/** The most octets of an input. */
const AT_MOST = 20_000;

/** One of the valid inputs, bent one to four times. The same random numbers make the same input. */
export function bent(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let octets: readonly number[] = [...(corpus[randomBelow(random, corpus.length)] ?? [])];
  for (let times = 1 + randomBelow(random, 4); times > 0; times -= 1) {
    const bend = BENDS[randomBelow(random, BENDS.length)];
    octets = bend?.(octets, random, corpus) ?? octets;
  }
  return Uint8Array.from(octets.slice(0, AT_MOST));
}
