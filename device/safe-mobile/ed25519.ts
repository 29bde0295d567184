import { Point } from '@noble/ed25519';
import { sha512 } from '@noble/hashes/sha2.js';
import { concat, hexOf, octetsOf, sameOctets } from './octets.ts';
import { unlessRefused } from './refusal.ts';

/*
 * Ed25519 (RFC 8032, 5.1) over the points of @noble/ed25519. The library's own `sign` and `verify` keep 4,224 multiples of the base point:
 * 1.7 MB, nearly half of the memory that a phone gives an application. Here there is no table.
 */

const ORDER = Point.CURVE().n;
const TWICE_BASE = Point.BASE.double();
/** 1 / 2 modulo the order. */
const HALF = (ORDER + 1n) / 2n;

/** The public key of a seed of 32 octets. */
export function ed25519PublicKey(seed: Uint8Array): Uint8Array {
  const hash = sha512(seed);
  const publicKey = secretMultiple(scalarIn(hash)).toBytes();
  hash.fill(0);
  return publicKey;
}

/** A signature of 64 octets. @param publicKey the one of `seed`, where it is known */
export function ed25519Sign(seed: Uint8Array, message: Uint8Array, publicKey?: Uint8Array): Uint8Array {
  const hash = sha512(seed);
  const scalar = scalarIn(hash);
  const prefixed = concat(hash.subarray(32), message);
  const nonce = reduced(sha512(prefixed));
  hash.fill(0);
  prefixed.fill(0);
  const R = secretMultiple(nonce).toBytes();
  const S = (nonce + challenge(R, publicKey ?? secretMultiple(scalar).toBytes(), message) * scalar) % ORDER;
  return concat(R, octetsLE(S));
}

/** Whether the equation of RFC 8032 holds without the factor 8, for a key and an S in their one right form. */
export function ed25519Verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const R = signature.subarray(0, 32);
  const S = numberLE(signature.subarray(32));
  const A = unlessRefused('bad ', () => Point.fromBytes(publicKey));
  if (A === undefined || S >= ORDER) return false;
  const expected = publicMultiple(S).subtract(A.multiply(challenge(R, publicKey, message), false));
  return sameOctets(expected.toBytes(), R);
}

/** RFC 8032, 5.1.5: the secret scalar, from the hash of the seed. */
function scalarIn(hash: Uint8Array): bigint {
  const low = hash.slice(0, 32);
  low[0] = (low[0] ?? 0) & 0xf8;
  low[31] = ((low[31] ?? 0) & 0x7f) | 0x40;
  const scalar = reduced(low);
  low.fill(0);
  return scalar;
}

function challenge(R: Uint8Array, A: Uint8Array, message: Uint8Array): bigint {
  return reduced(sha512(concat(R, A, message)));
}

/** `n` times the base point in 256 steps, each an addition and a doubling, whatever `n` is; `n` is not 0. */
function secretMultiple(n: bigint): Point {
  // The library uses its table for the base point itself only, so twice the base point is multiplied, by half of n.
  return TWICE_BASE.multiply((n * HALF) % ORDER);
}

/** `n` times the base point in a time that depends on `n`. */
function publicMultiple(n: bigint): Point {
  return TWICE_BASE.multiply((n * HALF) % ORDER, false);
}

/** Octets, least significant first, modulo the order. */
function reduced(octets: Uint8Array): bigint {
  return numberLE(octets) % ORDER;
}

function numberLE(octets: Uint8Array): bigint {
  return BigInt(`0x${hexOf(octets.slice().reverse())}`);
}

/** A number below 2^256 in 32 octets, least significant first. */
function octetsLE(value: bigint): Uint8Array {
  return octetsOf(value.toString(16).padStart(64, '0')).reverse();
}
