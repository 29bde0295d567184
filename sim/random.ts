import { createHash } from 'node:crypto';
import type { Random } from '../modem/index.ts';

/** Chance drawn from a seed: the same seed gives the same octets. Not for keys of real people. */
export interface SeededRandom extends Random {
  /** A stream of its own, that depends on this one's seed and on `name` only, not on what was drawn before. */
  fork(name: string): SeededRandom;
  /** A number in `[0, 1)`, with 32 random bits. */
  fraction(): number;
}

/** A generator for simulations: xoshiro128** (Blackman and Vigna), whose state is the SHA-256 of the seed. */
export function seededRandom(seed: number | string): SeededRandom {
  const name = String(seed);
  const state = stateOf(name);

  const next = (): number => {
    const [a = 0, b = 0, c = 0, d = 0] = state;
    const drawn = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const mixed = c ^ a;
    const last = d ^ b;
    state[0] = a ^ last;
    state[1] = b ^ mixed;
    state[2] = mixed ^ (b << 9);
    state[3] = rotate(last, 11);
    return drawn;
  };

  return {
    bytes(count) {
      const octets = new Uint8Array(count);
      for (let at = 0; at < count; at += 4) {
        const word = next();
        for (let i = 0; i < 4 && at + i < count; i += 1) octets[at + i] = word >>> (8 * i);
      }
      return octets;
    },
    fork: (stream) => seededRandom(`${name}/${stream}`),
    fraction: () => next() / 2 ** 32,
  };
}

function stateOf(seed: string): Uint32Array {
  const digest = createHash('sha256').update(seed).digest();
  return Uint32Array.from({ length: 4 }, (_, i) => digest.readUInt32LE(4 * i));
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
