import { randomBytes, randomFillSync } from 'node:crypto';

/**
 * The only source of random numbers in the project: the machine's ({@link systemRandom}) for real keys, or one with a seed,
 * for a run that can be repeated.
 */
export interface Random {
  /** `count` fresh octets, which the caller owns and may wipe. */
  bytes(count: number): Uint8Array;
}

/** Octets that are drawn from the system's generator at a time: a call costs as much as some thousand octets. */
const DRAWN = 4_096;

/** The system's generator, whose octets are drawn in advance; the ones given away are wiped here. */
class SystemRandom implements Random {
  readonly #drawn = new Uint8Array(DRAWN);
  #used = DRAWN;

  bytes(count: number): Uint8Array {
    if (count > DRAWN) return new Uint8Array(randomBytes(count));
    if (this.#used + count > DRAWN) {
      randomFillSync(this.#drawn);
      this.#used = 0;
    }
    const octets = this.#drawn.slice(this.#used, this.#used + count);
    this.#drawn.fill(0, this.#used, this.#used + count);
    this.#used += count;
    return octets;
  }
}

/** The operating system's generator. */
export const systemRandom: Random = new SystemRandom();

/** A whole number in `[0, below)`, without modulo bias. `below` is 1 to 2^32. */
export function randomBelow(random: Random, below: number): number {
  const limit = 2 ** 32 - (2 ** 32 % below);
  for (;;) {
    const drawn = random.bytes(4).reduce((value, octet) => value * 256 + octet, 0);
    if (drawn < limit) return drawn % below;
  }
}
