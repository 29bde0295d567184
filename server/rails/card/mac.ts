import { createCipheriv, timingSafeEqual } from 'node:crypto';
import { decodeIso, encodeIso, type IsoMessage, type Variant } from './iso8583.ts';

/** A double-length DES key, 16 octets. */
export type MacKey = Uint8Array;

const BLOCK = 8;

/**
 * ANSI X9.19 (ISO 9797-1 MAC algorithm 3, padding method 1): CBC with the first half of the key, the last block with the second and
 * the first half too. OpenSSL 3 has no single DES: triple DES with the same key thrice is single DES.
 * @returns 8 octets
 */
export function macX919(key: MacKey, data: Uint8Array): Uint8Array {
  const [left, right] = [key.subarray(0, BLOCK), key.subarray(BLOCK)];
  const padded = new Uint8Array(Math.max(1, Math.ceil(data.length / BLOCK)) * BLOCK);
  padded.set(data);
  const last = padded.length - BLOCK;
  const chained =
    last === 0 ? new Uint8Array(BLOCK) : encrypted([left, left, left], new Uint8Array(BLOCK), padded.subarray(0, last));
  return encrypted([left, right, left], chained.subarray(-BLOCK), padded.subarray(last));
}

function encrypted(keys: readonly Uint8Array[], vector: Uint8Array, data: Uint8Array): Uint8Array {
  return createCipheriv('des-ede3-cbc', Buffer.concat(keys), vector).setAutoPadding(false).update(data);
}

/** The octets of a message with its authentication code in DE 64, or DE 128 when it has a second bitmap. @throws IsoError */
export function sealIso({ mti, fields }: IsoMessage, variant: Variant, key: MacKey): Uint8Array {
  const field = [...fields.keys()].some((number) => number > 64) ? 128 : 64;
  const octets = encodeIso({ mti, fields: new Map([...fields, [field, '0'.repeat(2 * BLOCK)]]) }, variant);
  const end = octets.length - codeLength(variant);
  const code = Buffer.from(macX919(key, octets.subarray(0, end)));
  return Buffer.concat([octets.subarray(0, end), variant === 'binary' ? code : hexOf(code)]);
}

/** Reads a message and checks its code, which is its last data element. @throws IsoError; MacError when the code is missing or wrong */
export function openIso(octets: Uint8Array, variant: Variant, key: MacKey): IsoMessage {
  const message = decodeIso(octets, variant);
  const { fields } = message;
  const told = fields.get(128) ?? ([...fields.keys()].some((number) => number > 64) ? undefined : fields.get(64));
  if (told === undefined) throw new MacError(`${message.mti} came without an authentication code`);
  const code = macX919(key, octets.subarray(0, octets.length - codeLength(variant)));
  if (timingSafeEqual(code, Buffer.from(told, 'hex'))) return message;
  throw new MacError(`${message.mti} came with a wrong authentication code`);
}

/** A message that is not the other party's, or was changed on its way. */
export class MacError extends Error {
  override readonly name = 'MacError';
}

function codeLength(variant: Variant): number {
  return variant === 'binary' ? BLOCK : 2 * BLOCK;
}

function hexOf(code: Buffer): Buffer {
  return Buffer.from(code.toString('hex').toUpperCase(), 'latin1');
}
