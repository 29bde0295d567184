import type { Primitives } from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';

/** Calls of primitives, to be made again. */
export interface PrimitiveCalls {
  /** The native primitives, each call of which is noted while `noting` is true. */
  readonly primitives: Primitives;
  noting: boolean;
  /** Makes the noted calls again. @returns CPU of one round, ms */
  replay(rounds: number): number;
}

/** Notes what a payment asks of the primitives: what it would cost without anything else. */
export function primitiveCalls(): PrimitiveCalls {
  const native = servicePrimitives();
  const calls: (() => unknown)[] = [];
  const copied = (octets: Uint8Array) => octets.slice();
  const noted: PrimitiveCalls = {
    noting: false,
    primitives: {
      ...native,
      x25519PublicKey: (secretKey) => note(native.x25519PublicKey, copied(secretKey)),
      x25519: (secretKey, publicKey) => note(native.x25519, copied(secretKey), copied(publicKey)),
      ed25519Sign: (seed, message) => note(native.ed25519Sign, copied(seed), copied(message)),
      ed25519Verify: (publicKey, message, signature) =>
        note(native.ed25519Verify, copied(publicKey), copied(message), copied(signature)),
      sha512: (message) => note(native.sha512, copied(message)),
      sha256: (message) => note(native.sha256, copied(message)),
      secretboxSeal: (key, nonce, message) => note(native.secretboxSeal, copied(key), copied(nonce), copied(message)),
      secretboxOpen: (key, nonce, box) => note(native.secretboxOpen, copied(key), copied(nonce), copied(box)),
    },
    replay(rounds) {
      const before = process.cpuUsage();
      for (let round = 0; round < rounds; round += 1) for (const call of calls) call();
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1_000 / rounds;
    },
  };
  function note<Arguments extends readonly unknown[], Result>(
    call: (...values: Arguments) => Result,
    ...values: Arguments
  ): Result {
    if (noted.noting) calls.push(() => call(...values));
    return call(...values);
  }
  return noted;
}
