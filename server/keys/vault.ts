import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat, type Primitives } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';

const NONCE_OCTETS = 24;

/** A sealed value that does not open: the vault key is wrong, or the row was copied from another place or changed. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** A vault key, also as Node's object, which makes a MAC in a sixth of the time that octets take. */
interface VaultKey {
  readonly octets: Uint8Array;
  readonly object: KeyObject;
}

function vaultKey(octets: Uint8Array): VaultKey {
  return { octets, object: createSecretKey(octets) };
}

/**
 * Seals the values that a thief of the database must not read: approval keys, and evidence with which PINs could be tested.
 * Each value is sealed for its place (`purpose` and `subject`), so that a row copied to another place does not open there.
 * While the key is being changed, both keys open.
 */
export class Vault {
  /** The present one, then the one before. */
  #keys: readonly VaultKey[];
  #sealsWithBefore = false;
  readonly #primitives: Primitives;
  readonly #random: Random;

  /** @param key 32 octets, outside the database. @param others other keys that may be the one of the database */
  constructor(key: Uint8Array, primitives: Primitives, random: Random, ...others: readonly Uint8Array[]) {
    this.#keys = [key, ...others].map((octets) => vaultKey(octets.slice()));
    this.#primitives = primitives;
    this.#random = random;
  }

  /** From now on these keys count. @param sealsWithBefore for a while yet the key before seals */
  use(present: Uint8Array, before: Uint8Array | undefined, sealsWithBefore: boolean): void {
    this.#keys = (before === undefined ? [present] : [present, before]).map(vaultKey);
    this.#sealsWithBefore = before !== undefined && sealsWithBefore;
  }

  /** The key that counts, 32 octets. */
  get present(): Uint8Array {
    return this.#first(this.#keys).octets;
  }

  /** A vault with this key alone. */
  alone(key: Uint8Array): Vault {
    return new Vault(key, this.#primitives, this.#random);
  }

  /** Nonce of 24 octets, then the box, 16 octets longer than the secret. */
  seal(purpose: string, subject: string, secret: Uint8Array): Uint8Array {
    return this.#sealWith(this.#sealing, purpose, subject, secret);
  }

  /** The secret; the caller wipes it. @throws VaultError */
  open(purpose: string, subject: string, sealed: Uint8Array): Uint8Array {
    if (sealed.length <= NONCE_OCTETS) throw new VaultError(`the ${purpose} of ${subject} is too short`);
    for (const key of this.#keys) {
      const secret = this.#openWith(key, purpose, subject, sealed);
      if (secret !== undefined) return secret;
    }
    throw new VaultError(`the ${purpose} of ${subject} does not open with this vault key`);
  }

  /** The one of its keys that opens a value, or `undefined`. */
  keyThatOpens(purpose: string, subject: string, sealed: Uint8Array): Uint8Array | undefined {
    const opening = this.#keys.find((key) => {
      const secret = this.#openWith(key, purpose, subject, sealed);
      secret?.fill(0);
      return secret !== undefined;
    });
    return opening?.octets;
  }

  /** The value under the present key; `undefined` when it is so already. @throws VaultError */
  sealAnew(purpose: string, subject: string, sealed: Uint8Array): Uint8Array | undefined {
    const present = this.#first(this.#keys);
    if (this.#openWith(present, purpose, subject, sealed)?.fill(0) !== undefined) return undefined;
    const secret = this.open(purpose, subject, sealed);
    const anew = this.#sealWith(present, purpose, subject, secret);
    secret.fill(0);
    return anew;
  }

  /** 32 octets that only the vault key can make from `value`: compares a short secret without keeping it. */
  mac(purpose: string, subject: string, value: Uint8Array): Uint8Array {
    return this.#withKey(this.#sealing, purpose, subject, (key) => hmac(sha256, key, value));
  }

  /** The same, of each key that counts. */
  macs(purpose: string, subject: string, value: Uint8Array): readonly Uint8Array[] {
    return this.#keys.map((one) => this.#withKey(one, purpose, subject, (key) => hmac(sha256, key, value)));
  }

  get #sealing(): VaultKey {
    const [, before] = this.#keys;
    return this.#sealsWithBefore && before !== undefined ? before : this.#first(this.#keys);
  }

  #first([key]: readonly VaultKey[]): VaultKey {
    if (key === undefined) throw new VaultError('there is no vault key');
    return key;
  }

  #sealWith(vaultKey: VaultKey, purpose: string, subject: string, secret: Uint8Array): Uint8Array {
    const nonce = this.#random.bytes(NONCE_OCTETS);
    return this.#withKey(vaultKey, purpose, subject, (key) =>
      concat(nonce, this.#primitives.secretboxSeal(key, nonce, secret)),
    );
  }

  #openWith(vaultKey: VaultKey, purpose: string, subject: string, sealed: Uint8Array): Uint8Array | undefined {
    const nonce = sealed.subarray(0, NONCE_OCTETS);
    return this.#withKey(vaultKey, purpose, subject, (key) =>
      this.#primitives.secretboxOpen(key, nonce, sealed.subarray(NONCE_OCTETS)),
    );
  }

  // The key of a place is used once: @noble/hashes is then twice as fast as an object of Node's made for it.
  #withKey<T>({ object }: VaultKey, purpose: string, subject: string, use: (key: Uint8Array) => T): T {
    const key = createHmac('sha256', object).update(`${purpose}\0${subject}`).digest();
    try {
      return use(key);
    } finally {
      key.fill(0);
    }
  }
}
