import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { calculateJwkThumbprint } from 'jose';

/** Octets of the modulus: 3072 bits, 128 bits of security (NIST SP 800-57), for evidence that is kept for years. */
const MODULUS_BITS = 3_072;

/** The exponent that everybody uses, as a number and as a JWK has it. */
const PUBLIC_EXPONENT = 65_537;
export const PUBLIC_EXPONENT_TEXT = 'AQAB';

/** Makes an RSA key, beside the event loop: it takes up to some seconds. @returns PKCS #8; the caller wipes it */
export async function newRsaKey(): Promise<Uint8Array> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: MODULUS_BITS,
    publicExponent: PUBLIC_EXPONENT,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'der' },
  });
  return privateKey;
}

/** The public half of an RSA key. */
export interface RsaPublicKey {
  /** RFC 7638 thumbprint, base64url. */
  readonly kid: string;
  readonly modulus: Uint8Array;
}

/** The key as Node signs with it, which keeps no octets of it in JavaScript. @param privateKey PKCS #8 */
export function privateKeyOf({ buffer, byteOffset, length }: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(buffer, byteOffset, length), format: 'der', type: 'pkcs8' });
}

/** @param privateKey PKCS #8 */
export async function publicHalf(privateKey: Uint8Array): Promise<RsaPublicKey> {
  const { n = '' } = createPublicKey(privateKeyOf(privateKey)).export({ format: 'jwk' });
  const kid = await calculateJwkThumbprint({ kty: 'RSA', n, e: PUBLIC_EXPONENT_TEXT });
  return { kid, modulus: new Uint8Array(Buffer.from(n, 'base64url')) };
}
