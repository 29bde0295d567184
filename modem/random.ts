import { randomBytes } from 'node:crypto';

/**
 * The only source of random numbers in the project: the machine's ({@link systemRandom}) for real keys, or one with a seed,
 * for a run that can be repeated.
 */
export interface Random {
  /** `count` fresh octets, which the caller owns and may wipe. */
  bytes(count: number): Uint8Array;
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (count) => new Uint8Array(randomBytes(count)),
};

/** A whole number in `[0, below)`, without modulo bias. `below` is 1 to 2^32. */
export function randomBelow(random: Random, below: number): number {
  const limit = 2 ** 32 - (2 ** 32 % below);
  for (;;) {
    const octets = random.bytes(4);
    const drawn = new DataView(octets.buffer, octets.byteOffset, 4).getUint32(0);
    if (drawn < limit) return drawn % below;
  }
}
