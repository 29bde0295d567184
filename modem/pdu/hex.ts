import { PduError } from './error.ts';
import { view } from './octets.ts';

/** Octets as upper-case hex, the way AT commands carry PDUs. */
export function toHex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex').toUpperCase();
}

/** The octets of a hex string, upper or lower case, without spaces. Throws {@link PduError} of field `hex`. */
export function fromHex(hex: string): Uint8Array {
  const octets = view(Buffer.from(hex, 'hex'));
  if (octets.length * 2 !== hex.length) {
    throw new PduError('hex', octets.length, octets, 'not a pair of hex digits here');
  }
  return octets;
}
