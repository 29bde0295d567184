import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { concat, type Primitives } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';

const NONCE_OCTETS = 24;

/** A sealed value that does not open: the vault key is wrong, or the row was copied from another place or changed. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/**
 * Seals the values that a thief of the database must not read: approval keys, and evidence with which PINs could be tested.
 * Each value is sealed for its place (`purpose` and `subject`), so that a row copied to another place does not open there.
 */
export class Vault {
  readonly #key: KeyObject;
  readonly #primitives: Primitives;
  readonly #random: Random;

  /** @param key 32 octets, outside the database. */
  constructor(key: Uint8Array, primitives: Primitives, random: Random) {
    this.#key = createSecretKey(key);
    this.#primitives = primitives;
    this.#random = random;
  }

  /** Nonce of 24 octets, then the box, 16 octets longer than the secret. */
  seal(purpose: string, subject: string, secret: Uint8Array): Uint8Array {
    const nonce = this.#random.bytes(NONCE_OCTETS);
    return this.#withKey(purpose, subject, (key) => concat(nonce, this.#primitives.secretboxSeal(key, nonce, secret)));
  }

  /** The secret; the caller wipes it. @throws VaultError */
  open(purpose: string, subject: string, sealed: Uint8Array): Uint8Array {
    const nonce = sealed.subarray(0, NONCE_OCTETS);
    if (sealed.length <= NONCE_OCTETS) throw new VaultError(`the ${purpose} of ${subject} is too short`);
    const secret = this.#withKey(purpose, subject, (key) =>
      this.#primitives.secretboxOpen(key, nonce, sealed.subarray(NONCE_OCTETS)),
    );
    if (secret === undefined) throw new VaultError(`the ${purpose} of ${subject} does not open with this vault key`);
    return secret;
  }

  /** 32 octets that only the vault key can make from `value`: compares a short secret without keeping it. */
  mac(purpose: string, subject: string, value: Uint8Array): Uint8Array {
    return this.#withKey(purpose, subject, (key) => hmac(key, value));
  }

  #withKey<T>(purpose: string, subject: string, use: (key: Uint8Array) => T): T {
    const key = hmac(this.#key, new TextEncoder().encode(`${purpose}\0${subject}`));
    try {
      return use(key);
    } finally {
      key.fill(0);
    }
  }
}

function hmac(key: Uint8Array | KeyObject, value: Uint8Array): Uint8Array {
  return new Uint8Array(createHmac('sha256', key).update(value).digest());
}
