import { scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import { tweetnaclPrimitives } from './tweetnacl.ts';

/**
 * What is used of sodium-native. It takes any array of octets; the types that are published for it are of an earlier version and ask for a
 * `Buffer`: the four that were made for each box took a quarter of its time.
 */
interface Sodium {
  crypto_scalarmult_base(publicKey: Uint8Array, secretKey: Uint8Array): void;
  crypto_scalarmult(shared: Uint8Array, secretKey: Uint8Array, publicKey: Uint8Array): void;
  crypto_sign_seed_keypair(publicKey: Uint8Array, secretKey: Uint8Array, seed: Uint8Array): void;
  crypto_sign_detached(signature: Uint8Array, message: Uint8Array, secretKey: Uint8Array): void;
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
  crypto_hash_sha512(digest: Uint8Array, message: Uint8Array): void;
  crypto_hash_sha256(digest: Uint8Array, message: Uint8Array): void;
  crypto_secretbox_easy(box: Uint8Array, message: Uint8Array, nonce: Uint8Array, key: Uint8Array): void;
  crypto_secretbox_open_easy(message: Uint8Array, box: Uint8Array, nonce: Uint8Array, key: Uint8Array): boolean;
}

/** The fastest {@link Primitives} this machine has: libsodium, or plain JavaScript where its binary does not load. */
export function servicePrimitives(): Primitives {
  try {
    const sodium: Sodium = createRequire(import.meta.url)('sodium-native');
    return sodiumPrimitives(sodium);
  } catch {
    return tweetnaclPrimitives;
  }
}

function sodiumPrimitives(sodium: Sodium): Primitives {
  return {
    x25519PublicKey: (secretKey) => fill(32, (out) => sodium.crypto_scalarmult_base(out, secretKey)),
    x25519: (secretKey, publicKey) => sharedSecret(sodium, secretKey, publicKey),
    ed25519PublicKey: (seed) => withSigningKey(sodium, seed, (secretKey) => new Uint8Array(secretKey.subarray(32))),
    ed25519Sign: (seed, message, publicKey) =>
      withSigningKey(
        sodium,
        seed,
        (secretKey) => fill(64, (out) => sodium.crypto_sign_detached(out, message, secretKey)),
        publicKey,
      ),
    ed25519Verify: (publicKey, message, signature) => sodium.crypto_sign_verify_detached(signature, message, publicKey),
    sha512: (message) => fill(64, (out) => sodium.crypto_hash_sha512(out, message)),
    sha256: (message) => fill(32, (out) => sodium.crypto_hash_sha256(out, message)),
    secretboxSeal: (key, nonce, message) =>
      fill(message.length + 16, (out) => sodium.crypto_secretbox_easy(out, message, nonce, key)),
    secretboxOpen(key, nonce, box) {
      if (box.length < 16) return undefined;
      const message = blank(box.length - 16);
      const opened = sodium.crypto_secretbox_open_easy(message, box, nonce, key);
      return opened ? message : undefined;
    },
    scrypt: (password, salt, cost) => new Uint8Array(scryptSync(password, salt, 32, { ...cost, maxmem: 2 ** 28 })),
  };
}

/** libsodium refuses a small-order public key by throwing; the result is then what RFC 7748 gives, all zeros. */
function sharedSecret(sodium: Sodium, secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const shared = new Uint8Array(32);
  try {
    sodium.crypto_scalarmult(shared, secretKey, publicKey);
  } catch {
    return new Uint8Array(32);
  }
  return shared;
}

/** libsodium's secret key of 64 octets is the seed and the public key, so it lives only as long as one call. */
function withSigningKey<T>(sodium: Sodium, seed: Uint8Array, use: (secretKey: Uint8Array) => T, known?: Uint8Array): T {
  // With memory of its own from the beginning: V8 moves a small array when native code is given it, and leaves what it held behind.
  const secretKey = blank(64);
  if (known === undefined) sodium.crypto_sign_seed_keypair(new Uint8Array(32), secretKey, seed);
  else {
    secretKey.set(seed);
    secretKey.set(known, 32);
  }
  try {
    return use(secretKey);
  } finally {
    secretKey.fill(0);
  }
}

function fill(size: number, write: (out: Uint8Array) => void): Uint8Array {
  const out = blank(size);
  write(out);
  return out;
}

const BLOCK_OCTETS = 8_192;
let block = new ArrayBuffer(BLOCK_OCTETS);
let used = 0;

/**
 * Octets for a result, cut from a block, each octet once. An array with memory of its own costs V8 four allocations, which another thread frees:
 * some dozens of them are a twentieth of a payment. A part that is kept keeps its block, so `x25519`, whose results are kept, is not cut from one.
 */
function blank(size: number): Uint8Array {
  if (size > BLOCK_OCTETS) return new Uint8Array(size);
  if (used + size > BLOCK_OCTETS) {
    block = new ArrayBuffer(BLOCK_OCTETS);
    used = 0;
  }
  used += size;
  return new Uint8Array(block, used - size, size);
}
