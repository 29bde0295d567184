/**
 * A copy of `octets[start, end)`. It lives in Node's buffer pool: memory of its own would cost more than encoding or
 * decoding a whole TPDU.
 */
export function copyOf(octets: Uint8Array, start: number, end: number): Uint8Array {
  return view(Buffer.from(octets.subarray(start, end)));
}

/** A plain `Uint8Array` on the memory of a `Buffer`. */
export function view(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
