import { hash, scryptSync } from 'node:crypto';
import { createRequire } from 'node:module';
import type * as Sodium from 'sodium-native';
import type { Primitives } from '../../device/safe-mobile/index.ts';
import { tweetnaclPrimitives } from './tweetnacl.ts';

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
    ed25519PublicKey: (seed) => withSigningKey(sodium, seed, (secretKey) => new Uint8Array(secretKey.subarray(32))),
    ed25519Sign: (seed, message, publicKey) =>
      withSigningKey(
        sodium,
        seed,
        (secretKey) => fill(64, (out) => sodium.crypto_sign_detached(out, view(message), secretKey)),
        publicKey,
      ),
    ed25519Verify: (publicKey, message, signature) =>
      sodium.crypto_sign_verify_detached(view(signature), view(message), view(publicKey)),
    sha512: (message) => plain(hash('sha512', message, 'buffer')),
    sha256: (message) => plain(hash('sha256', message, 'buffer')),
    secretboxSeal: (key, nonce, message) =>
      fill(message.length + 16, (out) => sodium.crypto_secretbox_easy(out, view(message), view(nonce), view(key))),
    secretboxOpen(key, nonce, box) {
      if (box.length < 16) return undefined;
      const message = new Uint8Array(box.length - 16);
      const opened = sodium.crypto_secretbox_open_easy(view(message), view(box), view(nonce), view(key));
      return opened ? message : undefined;
    },
    scrypt: (password, salt, cost) => new Uint8Array(scryptSync(password, salt, 32, { ...cost, maxmem: 2 ** 28 })),
  };
}

/** libsodium refuses a small-order public key by throwing; the result is then what RFC 7748 gives, all zeros. */
function sharedSecret(sodium: typeof Sodium, secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const shared = new Uint8Array(32);
  try {
    sodium.crypto_scalarmult(view(shared), view(secretKey), view(publicKey));
  } catch {
    return new Uint8Array(32);
  }
  return shared;
}

/** libsodium's secret key of 64 octets is the seed and the public key, so it lives only as long as one call. */
function withSigningKey<T>(
  sodium: typeof Sodium,
  seed: Uint8Array,
  use: (secretKey: Buffer) => T,
  known?: Uint8Array,
): T {
  const secretKey = Buffer.alloc(64);
  if (known === undefined) sodium.crypto_sign_seed_keypair(Buffer.alloc(32), secretKey, view(seed));
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

function fill(size: number, write: (out: Buffer) => void): Uint8Array {
  const out = new Uint8Array(size);
  write(view(out));
  return out;
}

/** The octets of a Buffer that has them alone, not a copy: whoever wipes them leaves none. */
function plain(octets: Buffer): Uint8Array {
  return new Uint8Array(octets.buffer, octets.byteOffset, octets.length);
}

/** The same octets as a Buffer, not a copy. */
function view(octets: Uint8Array): Buffer {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length);
}
