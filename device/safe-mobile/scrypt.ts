import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { concat } from './octets.ts';
import type { ScryptCost } from './primitives.ts';
import { uint32 } from './signature.ts';

/**
 * scrypt (RFC 7914) to 32 octets. That of @noble/hashes calls a function for each rotation of a word, four million times at the cost of a phone:
 * where code is interpreted it takes half as long again. The machine's words must have their least significant octet first.
 */
export function scrypt(password: Uint8Array, salt: Uint8Array, { N, r, p }: ScryptCost): Uint8Array {
  const octets = pbkdf2(password, salt, 128 * r * p);
  const blocks = new Int32Array(octets.buffer);
  const states = new Int32Array(32 * r * N);
  const mixed = new Int32Array(32 * r);
  for (let lane = 0; lane < p; lane += 1) mixLane(blocks.subarray(32 * r * lane, 32 * r * (lane + 1)), states, mixed);
  const key = pbkdf2(password, octets, 32);
  for (const secret of [blocks, states, mixed]) secret.fill(0);
  return key;
}

/** RFC 8018, 5.2: PBKDF2 with HMAC-SHA-256 and one iteration, so a block is the HMAC over the salt and its number. @param length a multiple of 32 */
function pbkdf2(password: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const key = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    const numbered = concat(salt, uint32(at / 32 + 1));
    const block = hmac(sha256, password, numbered);
    key.set(block, at);
    for (const secret of [numbered, block]) secret.fill(0);
  }
  return key;
}

/** RFC 7914, 5: scryptROMix. @param states room for N states of the length of `lane` */
function mixLane(lane: Int32Array, states: Int32Array, mixed: Int32Array): void {
  const { length } = lane;
  const last = states.length - length;
  states.set(lane);
  for (let at = 0; at < last; at += length) blockMix(states, at, states, at + length, length);
  blockMix(states, last, lane, 0, length);
  for (let at = 0; at <= last; at += length) {
    // N is a power of two.
    const state = ((lane[length - 16] ?? 0) & (states.length / length - 1)) * length;
    for (let word = 0; word < length; word += 1) mixed[word] = (lane[word] ?? 0) ^ (states[state + word] ?? 0);
    blockMix(mixed, 0, lane, 0, length);
  }
}

/** RFC 7914, 4: scryptBlockMix of `length` words from `at` on, into another place. */
function blockMix(from: Int32Array, at: number, to: Int32Array, into: number, length: number): void {
  salsa(from, at + length - 16, from, at, to, into);
  for (let word = 16, place = into; word < length; word += 16) {
    // The even blocks come first, then the odd ones.
    const next = word % 32 === 0 ? into + word / 2 : into + (length + word) / 2 - 8;
    salsa(to, place, from, at + word, to, next);
    place = next;
  }
}

/** RFC 7914, 3: Salsa20/8 of two blocks of 16 words, XORed, into a third. */
function salsa(one: Int32Array, i: number, two: Int32Array, j: number, to: Int32Array, k: number): void {
  const y0 = (one[i] ?? 0) ^ (two[j] ?? 0);
  const y1 = (one[i + 1] ?? 0) ^ (two[j + 1] ?? 0);
  const y2 = (one[i + 2] ?? 0) ^ (two[j + 2] ?? 0);
  const y3 = (one[i + 3] ?? 0) ^ (two[j + 3] ?? 0);
  const y4 = (one[i + 4] ?? 0) ^ (two[j + 4] ?? 0);
  const y5 = (one[i + 5] ?? 0) ^ (two[j + 5] ?? 0);
  const y6 = (one[i + 6] ?? 0) ^ (two[j + 6] ?? 0);
  const y7 = (one[i + 7] ?? 0) ^ (two[j + 7] ?? 0);
  const y8 = (one[i + 8] ?? 0) ^ (two[j + 8] ?? 0);
  const y9 = (one[i + 9] ?? 0) ^ (two[j + 9] ?? 0);
  const y10 = (one[i + 10] ?? 0) ^ (two[j + 10] ?? 0);
  const y11 = (one[i + 11] ?? 0) ^ (two[j + 11] ?? 0);
  const y12 = (one[i + 12] ?? 0) ^ (two[j + 12] ?? 0);
  const y13 = (one[i + 13] ?? 0) ^ (two[j + 13] ?? 0);
  const y14 = (one[i + 14] ?? 0) ^ (two[j + 14] ?? 0);
  const y15 = (one[i + 15] ?? 0) ^ (two[j + 15] ?? 0);
  let t = 0;
  // biome-ignore format: the block in one line
  let x0 = y0, x1 = y1, x2 = y2, x3 = y3, x4 = y4, x5 = y5, x6 = y6, x7 = y7, x8 = y8, x9 = y9, x10 = y10, x11 = y11, x12 = y12, x13 = y13, x14 = y14, x15 = y15;
  // biome-ignore format: a line is a step, four are a quarter round
  for (let round = 0; round < 8; round += 2) {
    t = (x0 + x12) | 0; x4 ^= (t << 7) | (t >>> 25);
    t = (x4 + x0) | 0; x8 ^= (t << 9) | (t >>> 23);
    t = (x8 + x4) | 0; x12 ^= (t << 13) | (t >>> 19);
    t = (x12 + x8) | 0; x0 ^= (t << 18) | (t >>> 14);
    t = (x5 + x1) | 0; x9 ^= (t << 7) | (t >>> 25);
    t = (x9 + x5) | 0; x13 ^= (t << 9) | (t >>> 23);
    t = (x13 + x9) | 0; x1 ^= (t << 13) | (t >>> 19);
    t = (x1 + x13) | 0; x5 ^= (t << 18) | (t >>> 14);
    t = (x10 + x6) | 0; x14 ^= (t << 7) | (t >>> 25);
    t = (x14 + x10) | 0; x2 ^= (t << 9) | (t >>> 23);
    t = (x2 + x14) | 0; x6 ^= (t << 13) | (t >>> 19);
    t = (x6 + x2) | 0; x10 ^= (t << 18) | (t >>> 14);
    t = (x15 + x11) | 0; x3 ^= (t << 7) | (t >>> 25);
    t = (x3 + x15) | 0; x7 ^= (t << 9) | (t >>> 23);
    t = (x7 + x3) | 0; x11 ^= (t << 13) | (t >>> 19);
    t = (x11 + x7) | 0; x15 ^= (t << 18) | (t >>> 14);
    t = (x0 + x3) | 0; x1 ^= (t << 7) | (t >>> 25);
    t = (x1 + x0) | 0; x2 ^= (t << 9) | (t >>> 23);
    t = (x2 + x1) | 0; x3 ^= (t << 13) | (t >>> 19);
    t = (x3 + x2) | 0; x0 ^= (t << 18) | (t >>> 14);
    t = (x5 + x4) | 0; x6 ^= (t << 7) | (t >>> 25);
    t = (x6 + x5) | 0; x7 ^= (t << 9) | (t >>> 23);
    t = (x7 + x6) | 0; x4 ^= (t << 13) | (t >>> 19);
    t = (x4 + x7) | 0; x5 ^= (t << 18) | (t >>> 14);
    t = (x10 + x9) | 0; x11 ^= (t << 7) | (t >>> 25);
    t = (x11 + x10) | 0; x8 ^= (t << 9) | (t >>> 23);
    t = (x8 + x11) | 0; x9 ^= (t << 13) | (t >>> 19);
    t = (x9 + x8) | 0; x10 ^= (t << 18) | (t >>> 14);
    t = (x15 + x14) | 0; x12 ^= (t << 7) | (t >>> 25);
    t = (x12 + x15) | 0; x13 ^= (t << 9) | (t >>> 23);
    t = (x13 + x12) | 0; x14 ^= (t << 13) | (t >>> 19);
    t = (x14 + x13) | 0; x15 ^= (t << 18) | (t >>> 14);
  }
  to[k] = x0 + y0;
  to[k + 1] = x1 + y1;
  to[k + 2] = x2 + y2;
  to[k + 3] = x3 + y3;
  to[k + 4] = x4 + y4;
  to[k + 5] = x5 + y5;
  to[k + 6] = x6 + y6;
  to[k + 7] = x7 + y7;
  to[k + 8] = x8 + y8;
  to[k + 9] = x9 + y9;
  to[k + 10] = x10 + y10;
  to[k + 11] = x11 + y11;
  to[k + 12] = x12 + y12;
  to[k + 13] = x13 + y13;
  to[k + 14] = x14 + y14;
  to[k + 15] = x15 + y15;
}
