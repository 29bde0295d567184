import { vi } from 'vitest';

/** The copies of octets that are made from now on, by reference, until `vi.restoreAllMocks`. */
export function noteCopies(): readonly Uint8Array[] {
  const copies: Uint8Array[] = [];
  const { slice } = Uint8Array.prototype;
  vi.spyOn(Uint8Array.prototype, 'slice').mockImplementation(function (this: Uint8Array<ArrayBuffer>, ...range) {
    const copy = slice.apply(this, range);
    copies.push(copy);
    return copy;
  });
  return copies;
}
