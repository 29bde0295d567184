import { scrypt } from '@noble/hashes/scrypt.js';
import { sha256 } from '@noble/hashes/sha2.js';
import nacl from 'tweetnacl';
import { concat, type Primitives } from '../../device/safe-mobile/index.ts';

/**
 * {@link Primitives} in plain JavaScript, for a service on a machine that cannot load native code. Strangers can measure how long a service takes,
 * so its time must not depend on secrets: tweetnacl is written so.
 */
export const tweetnaclPrimitives: Primitives = {
  x25519PublicKey: (secretKey) => nacl.scalarMult.base(secretKey),
  x25519: (secretKey, publicKey) => nacl.scalarMult(secretKey, publicKey),
  ed25519PublicKey: (seed) => withSigningKey(seed, (pair) => pair.publicKey),
  ed25519Sign: (seed, message, publicKey) =>
    withSigningKey(seed, (pair) => nacl.sign.detached(message, pair.secretKey), publicKey),
  ed25519Verify: (publicKey, message, signature) => nacl.sign.detached.verify(message, signature, publicKey),
  sha512: (message) => nacl.hash(message),
  sha256: (message) => sha256(message),
  secretboxSeal: (key, nonce, message) => nacl.secretbox(message, nonce, key),
  secretboxOpen: (key, nonce, box) => nacl.secretbox.open(box, nonce, key) ?? undefined,
  scrypt: (password, salt, cost) => scrypt(password, salt, { ...cost, dkLen: 32 }),
};

// tweetnacl's secret key of 64 octets is the seed and the public key, so it is wiped after each call.
function withSigningKey<T>(seed: Uint8Array, use: (pair: nacl.SignKeyPair) => T, known?: Uint8Array): T {
  const pair =
    known === undefined ? nacl.sign.keyPair.fromSeed(seed) : { publicKey: known, secretKey: concat(seed, known) };
  try {
    return use(pair);
  } finally {
    pair.secretKey.fill(0);
  }
}
