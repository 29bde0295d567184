import { SafeMobileError } from './errors.ts';
import type { Primitives, ScryptCost } from './primitives.ts';

/**
 * The signing key of the owner, camouflaged by the PIN, as the phone stores it: `camouflaged = seed XOR scrypt(PIN, salt)`.
 * Every PIN gives a valid seed, so neither the phone nor a thief can find out whether a PIN is right.
 * For that, nothing that depends on the seed may be stored: no public key, no checksum.
 */
export interface PinKey {
  /** 16 octets. */
  readonly salt: Uint8Array;
  /** 32 octets. */
  readonly camouflaged: Uint8Array;
  readonly cost: ScryptCost;
}

/** The cost of scrypt that a phone's small VM can bear. It is stored with the salt, so that new keys may get a higher one. */
export const PHONE_COST: ScryptCost = { N: 1024, r: 8, p: 1 };

/**
 * Makes a signing key for a PIN. A changed PIN gets a new seed and a new salt: from one seed camouflaged with two PINs, a
 * thief who has read both could compute the PINs.
 *
 * @param pin ASCII digits; the caller wipes them.
 * @param seed 32 fresh octets, wiped here.
 * @param salt 16 fresh octets.
 * @returns what the phone stores, and the public key `A`, which goes to the service and is never stored on the phone.
 */
export function createPinKey(
  primitives: Primitives,
  pin: Uint8Array,
  seed: Uint8Array,
  salt: Uint8Array,
  cost: ScryptCost = PHONE_COST,
): { readonly pinKey: PinKey; readonly publicKey: Uint8Array } {
  if (seed.length !== 32 || salt.length !== 16)
    throw new SafeMobileError('field', 'a seed has 32 octets and a salt 16');
  const publicKey = primitives.ed25519PublicKey(seed);
  const camouflaged = mask(primitives, pin, salt, cost, seed);
  seed.fill(0);
  return { pinKey: { salt: salt.slice(), camouflaged, cost }, publicKey };
}

/** Signs with the key that this PIN gives; a wrong PIN signs too, with a key that the service does not know. */
export function signWithPin(primitives: Primitives, pin: Uint8Array, pinKey: PinKey, text: Uint8Array): Uint8Array {
  const seed = mask(primitives, pin, pinKey.salt, pinKey.cost, pinKey.camouflaged);
  try {
    return primitives.ed25519Sign(seed, text);
  } finally {
    seed.fill(0);
  }
}

function mask(
  primitives: Primitives,
  pin: Uint8Array,
  salt: Uint8Array,
  cost: ScryptCost,
  octets: Uint8Array,
): Uint8Array {
  const key = primitives.scrypt(pin, salt, cost);
  const masked = octets.map((octet, index) => octet ^ (key[index] ?? 0));
  key.fill(0);
  return masked;
}
