/**
 * A copy of `octets[start, end)` in Node's buffer pool: allocating memory for it alone would take longer than encoding or
 * decoding a whole TPDU.
 */
export function copyOf(octets: Uint8Array, start: number, end: number): Uint8Array {
  return view(Buffer.from(view(octets, start, end)));
}

/**
 * A plain `Uint8Array` on the memory of `octets[start, end)`, which may be a `Buffer`. `subarray` would look up the class of
 * its result first, and take twice as long.
 */
export function view(octets: Uint8Array, start: number = 0, end: number = octets.length): Uint8Array {
  return new Uint8Array(octets.buffer, octets.byteOffset + start, end - start);
}

/** A number of octets in words: `1 octet`, `2 octets`. */
export function inOctets(count: number): string {
  return count === 1 ? '1 octet' : `${count} octets`;
}
