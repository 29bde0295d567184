import { SafeMobileError } from './errors.ts';
import { concat, octetsOf } from './octets.ts';
import type { Primitives } from './primitives.ts';

/** The purpose of a signature: the first 16 octets of the signed text, zero padded. No signature is valid for another purpose. */
export type SignatureLabel = 'SM1 approve' | 'SM1 receipt' | 'SM1 pin' | 'SM1 admin' | 'SM1 time' | 'SM1 key';

/** ASCII letters in 16 octets, filled with zeros. */
export function label16(label: string): Uint8Array {
  const octets = new Uint8Array(16);
  for (let index = 0; index < label.length; index += 1) octets[index] = label.charCodeAt(index);
  return octets;
}

/** A u32 in 4 octets, big-endian: a deviceId or a `ctr` inside a signed text. */
export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The text that a signature covers: the label, then the parts as they are. */
export function signedText(label: SignatureLabel, ...parts: readonly Uint8Array[]): Uint8Array {
  return concat(label16(label), ...parts);
}

// The points of order 1, 2, 4 and 8 in every encoding that decoders accept, sign bit cleared.
const SMALL_ORDER: readonly Uint8Array[] = [
  '00'.repeat(32),
  '01'.padEnd(64, '0'),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ...['ec', 'ed', 'ee'].map((low) => `${low.padEnd(62, 'f')}7f`),
].map(octetsOf);

/** Whether an Ed25519 public key has an order of at most 8: one signature by it is valid for many messages. */
export function isSmallOrder(publicKey: Uint8Array): boolean {
  return SMALL_ORDER.some((point) =>
    point.every((octet, index) => octet === ((publicKey[index] ?? 0) & (index === 31 ? 0x7f : 0xff))),
  );
}

const GROUP_ORDER = octetsOf('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

// RFC 8032, 5.1.7: S (the upper half, little-endian) lies below the group order, or the signature was malleated.
function isCanonical(signature: Uint8Array): boolean {
  for (let index = 31; index >= 0; index -= 1) {
    const difference = (signature[32 + index] ?? 0) - (GROUP_ORDER[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Whether `signature` (64 octets) over `text` is by `publicKey`. Malleated signatures and small-order keys are refused. */
export function verifySignature(
  primitives: Primitives,
  publicKey: Uint8Array,
  text: Uint8Array,
  signature: Uint8Array,
): boolean {
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (isSmallOrder(publicKey) || !isCanonical(signature)) return false;
  return primitives.ed25519Verify(publicKey, text, signature);
}

/** @throws SafeMobileError `key` for an approval key of another length or of small order. */
export function checkApprovalKey(publicKey: Uint8Array): void {
  if (publicKey.length !== 32 || isSmallOrder(publicKey))
    throw new SafeMobileError('key', 'the approval key is of small order');
}
