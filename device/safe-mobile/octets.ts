import { SafeMobileError } from './errors.ts';

/** Joins arrays of octets into a new one. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const joined = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Whether two arrays hold the same octets, in a time that depends on their length only. */
export function sameOctets(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let index = 0; index < a.length; index += 1) difference |= (a[index] ?? 0) ^ (b[index] ?? 0);
  return difference === 0;
}

/** Whether all octets are zero. */
export function isZero(octets: Uint8Array): boolean {
  for (const octet of octets) if (octet !== 0) return false;
  return true;
}

/** Lower-case hexadecimal, for people and for keys of maps. */
export function hexOf(octets: Uint8Array): string {
  let hex = '';
  for (const octet of octets) hex += HEX[octet];
  return hex;
}

/** The two digits of each octet. */
const HEX: readonly string[] = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0'));

/** @throws SafeMobileError `field` when `hex` is not pairs of hexadecimal digits. */
export function octetsOf(hex: string): Uint8Array {
  if (!/^([0-9a-fA-F]{2})*$/.test(hex)) throw new SafeMobileError('field', 'expected pairs of hexadecimal digits');
  const octets = new Uint8Array(hex.length / 2);
  for (let index = 0; index < octets.length; index += 1) {
    octets[index] = Number.parseInt(hex.slice(2 * index, 2 * index + 2), 16);
  }
  return octets;
}

/** Writes a plaintext of fixed size from the left; the rest stays zero, which is the padding. */
export class Writer {
  readonly octets: Uint8Array;
  #at = 0;

  constructor(size: number) {
    this.octets = new Uint8Array(size);
  }

  /** A big-endian unsigned integer of `width` octets (1 to 6). */
  uint(value: number, width: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** width) {
      throw new SafeMobileError('field', `${value} is not an unsigned integer of ${width} octets`);
    }
    for (let index = width - 1, rest = value; index >= 0; index -= 1, rest = Math.floor(rest / 256)) {
      this.octets[this.#at + index] = rest % 256;
    }
    return this.#advance(width);
  }

  /** Exactly `width` octets. */
  bytes(value: Uint8Array, width: number): this {
    if (value.length !== width) throw new SafeMobileError('field', `expected ${width} octets, got ${value.length}`);
    if (this.#at + width > this.octets.length) throw new SafeMobileError('length', 'the fields do not fit');
    this.octets.set(value, this.#at);
    return this.#advance(width);
  }

  #advance(width: number): this {
    this.#at += width;
    if (this.#at > this.octets.length) throw new SafeMobileError('length', 'the fields do not fit');
    return this;
  }
}

/** Reads a plaintext from the left; {@link Reader.end} checks that the rest is zero padding. */
export class Reader {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  uint(width: number): number {
    return this.#take(width).reduce((value, octet) => value * 256 + octet, 0);
  }

  bytes(width: number): Uint8Array {
    return this.#take(width).slice();
  }

  /** @throws SafeMobileError `padding` unless all that is left is zero. */
  end(): void {
    if (!isZero(this.#octets.subarray(this.#at))) throw new SafeMobileError('padding', 'the padding is not zero');
  }

  #take(width: number): Uint8Array {
    const end = this.#at + width;
    if (end > this.#octets.length) throw new SafeMobileError('length', 'a field goes beyond the end');
    const taken = this.#octets.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
