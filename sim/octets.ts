/**
 * Octets that are about to be written. They share a buffer with others: in a world of many phones, one of their own would
 * cost more than the TPDU in it.
 */
export function roomFor(length: number): Uint8Array {
  const room = Buffer.allocUnsafe(length);
  return new Uint8Array(room.buffer, room.byteOffset, length);
}

/** A copy that can be changed, in such a buffer. */
export function copyOf(octets: Uint8Array): Uint8Array {
  const copy = roomFor(octets.length);
  copy.set(octets);
  return copy;
}
