import { hash, scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Sodium from 'sodium-native';
import { type Primitives, tweetnaclPrimitives } from '../../device/safe-mobile/index.ts';

/** The fastest {@link Primitives} this machine has: libsodium, or plain JavaScript where its binary does not load. */
export function servicePrimitives(): Primitives {
  try {
    const sodium: typeof Sodium = createRequire(import.meta.url)('sodium-native');
    return sodiumPrimitives(sodium);
  } catch {
    return tweetnaclPrimitives;
  }
}

function sodiumPrimitives(sodium: typeof Sodium): Primitives {
  return {
    x25519PublicKey: (secretKey) => fill(32, (out) => sodium.crypto_scalarmult_base(out, view(secretKey))),
    x25519: (secretKey, publicKey) => sharedSecret(sodium, secretKey, publicKey),
    ed25519PublicKey: (seed) => withSigningKey(sodium, seed, (_, publicKey) => new Uint8Array(publicKey)),
    ed25519Sign: (seed, message) =>
      withSigningKey(sodium, seed, (secretKey) =>
        fill(64, (out) => sodium.crypto_sign_detached(out, view(message), secretKey)),
      ),
    ed25519Verify: (publicKey, message, signature) =>
      sodium.crypto_sign_verify_detached(view(signature), view(message), view(publicKey)),
    sha512: (message) => new Uint8Array(hash('sha512', message, 'buffer')),
    sha256: (message) => new Uint8Array(hash('sha256', message, 'buffer')),
    secretboxSeal: (key, nonce, message) =>
      fill(message.length + 16, (out) => sodium.crypto_secretbox_easy(out, view(message), view(nonce), view(key))),
    secretboxOpen(key, nonce, box) {
      if (box.length < 16) return undefined;
      const message = Buffer.alloc(box.length - 16);
      const opened = sodium.crypto_secretbox_open_easy(message, view(box), view(nonce), view(key));
      return opened ? new Uint8Array(message) : undefined;
    },
    scrypt: (password, salt, cost) => new Uint8Array(scryptSync(password, salt, 32, { ...cost, maxmem: 2 ** 28 })),
  };
}

/** libsodium refuses a small-order public key by throwing; the result is then what RFC 7748 gives, all zeros. */
function sharedSecret(sodium: typeof Sodium, secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const shared = Buffer.alloc(32);
  try {
    sodium.crypto_scalarmult(shared, view(secretKey), view(publicKey));
  } catch {
    return new Uint8Array(32);
  }
  return new Uint8Array(shared);
}

/** libsodium's 64-octet secret key holds the seed, so it lives only as long as one call. */
function withSigningKey<T>(
  sodium: typeof Sodium,
  seed: Uint8Array,
  use: (secretKey: Buffer, publicKey: Buffer) => T,
): T {
  const publicKey = Buffer.alloc(32);
  const secretKey = Buffer.alloc(64);
  sodium.crypto_sign_seed_keypair(publicKey, secretKey, view(seed));
  try {
    return use(secretKey, publicKey);
  } finally {
    secretKey.fill(0);
  }
}

function fill(size: number, write: (out: Buffer) => void): Uint8Array {
  const out = Buffer.alloc(size);
  write(out);
  return new Uint8Array(out);
}

/** The same octets as a Buffer, not a copy. */
function view(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
