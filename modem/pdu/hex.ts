import { PduError } from './error.ts';
import { view } from './octets.ts';
import { Reader, type ReaderNotes } from './reader.ts';

/** Octets as upper-case hex, the way AT commands carry PDUs. */
export function toHex(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength).toString('hex').toUpperCase();
}

/** The octets of a hex string, upper or lower case, without spaces. Throws {@link PduError} of field `hex`. */
export function fromHex(hex: string): Uint8Array {
  const octets = view(Buffer.from(hex, 'hex'));
  if (octets.length * 2 !== hex.length) throw notHex(octets);
  return octets;
}

function notHex(octets: Uint8Array): PduError {
  return new PduError('hex', octets.length, octets, 'not a pair of hex digits here');
}

/** Octets that {@link readerOfHex} takes from the system at a time. */
const SLAB = 64 * 1024;

let slab = Buffer.allocUnsafeSlow(SLAB);
let octets = view(slab);
let used = 0;

/**
 * A reader of the octets of a hex string. They are written one string behind the other into a large array: an array for
 * each would cost as much as decoding what is in it. Throws {@link PduError} of field `hex`.
 */
export function readerOfHex(hex: string, notes?: ReaderNotes): Reader {
  const length = hex.length >> 1;
  if (length > SLAB / 16) return new Reader(fromHex(hex), notes);
  if (used + length > SLAB) {
    slab = Buffer.allocUnsafeSlow(SLAB);
    octets = view(slab);
    used = 0;
  }
  const start = used;
  const written = slab.write(hex, start, length, 'hex');
  if (written * 2 !== hex.length) throw notHex(octets.slice(start, start + written));
  used += length;
  return new Reader(octets, notes, start, used);
}
