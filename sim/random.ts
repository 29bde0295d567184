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
  return new Xoshiro(String(seed));
}

class Xoshiro implements SeededRandom {
  readonly #name: string;
  // Signed words: what fits in 31 bits and a sign costs no memory of its own.
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(name: string) {
    this.#name = name;
    const digest = createHash('sha256').update(name).digest();
    this.#a = digest.readInt32LE(0);
    this.#b = digest.readInt32LE(4);
    this.#c = digest.readInt32LE(8);
    this.#d = digest.readInt32LE(12);
  }

  bytes(count: number): Uint8Array {
    const octets = new Uint8Array(count);
    for (let at = 0; at < count; at += 4) {
      const word = this.#next();
      for (let i = 0; i < 4 && at + i < count; i += 1) octets[at + i] = word >>> (8 * i);
    }
    return octets;
  }

  fork(stream: string): SeededRandom {
    return new Xoshiro(`${this.#name}/${stream}`);
  }

  fraction(): number {
    return this.#next() / 2 ** 32;
  }

  #next(): number {
    const drawn = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9) >>> 0;
    const mixed = this.#c ^ this.#a;
    const last = this.#d ^ this.#b;
    const shifted = this.#b << 9;
    this.#a ^= last;
    this.#b ^= mixed;
    this.#c = mixed ^ shifted;
    this.#d = rotate(last, 11);
    return drawn;
  }
}

function rotate(word: number, by: number): number {
  return (word << by) | (word >>> (32 - by));
}
