import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js';
import { montgomery } from '@noble/curves/abstract/montgomery.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import { ed25519PublicKey, ed25519Sign, ed25519Verify } from './ed25519.ts';
import type { Primitives } from './primitives.ts';
import { unlessRefused } from './refusal.ts';
import { scrypt } from './scrypt.ts';

/**
 * {@link Primitives} in JavaScript with big integers, for a phone's machine, which interprets its code: there one multiplication of
 * 256 bits is as fast as a few of 16 bits. Its time depends on secrets: see the README.
 */
export const phonePrimitives: Primitives = {
  x25519PublicKey: (secretKey) => x25519.getPublicKey(secretKey),
  x25519: sharedSecret,
  ed25519PublicKey,
  ed25519Sign,
  ed25519Verify,
  sha512: (message) => sha512(message),
  sha256: (message) => sha256(message),
  secretboxSeal: (key, nonce, message) => xsalsa20poly1305(key, nonce).encrypt(message),
  secretboxOpen: openBox,
  scrypt,
};

const P = 2n ** 255n - 19n;

const x25519 = montgomery({
  P,
  type: 'x25519',
  // RFC 7748, 5.
  adjustScalarBytes(octets: Uint8Array) {
    octets[0] = (octets[0] ?? 0) & 0xf8;
    octets[31] = ((octets[31] ?? 0) & 0x7f) | 0x40;
    return octets;
  },
  powPminus2: inverse,
});

/** 1 / value modulo P, as value^(P - 2): the same steps for every value. */
function inverse(value: bigint): bigint {
  let power = 1n;
  for (let bit = 254n; bit >= 0n; bit -= 1n) {
    power = (power * power) % P;
    if (((P - 2n) >> bit) & 1n) power = (power * value) % P;
  }
  return power;
}

/** The library refuses a public key of small order; the result is then what RFC 7748 gives, all zeros. */
function sharedSecret(secretKey: Uint8Array, publicKey: Uint8Array): Uint8Array {
  const words = 'invalid private or public key';
  return unlessRefused(words, () => x25519.getSharedSecret(secretKey, publicKey)) ?? new Uint8Array(32);
}

function openBox(key: Uint8Array, nonce: Uint8Array, box: Uint8Array): Uint8Array | undefined {
  if (box.length < 16) return undefined;
  return unlessRefused('invalid tag', () => xsalsa20poly1305(key, nonce).decrypt(box));
}
