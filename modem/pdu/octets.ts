/**
 * A fresh array of `length` octets with undefined content, which the caller fills. Taken from Node's buffer pool: an
 * array of its own would cost more than decoding a whole TPDU.
 */
export function allocate(length: number): Uint8Array {
  const pooled = Buffer.allocUnsafe(length);
  return new Uint8Array(pooled.buffer, pooled.byteOffset, length);
}

/** A copy of `octets[start, end)`. */
export function copyOf(octets: Uint8Array, start: number, end: number): Uint8Array {
  const copy = allocate(end - start);
  for (let at = start; at < end; at += 1) copy[at - start] = octets[at] ?? 0;
  return copy;
}
