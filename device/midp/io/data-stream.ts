import { IOException } from '../errors.ts';
import { decodeUtf, encodeUtf } from './utf.ts';

/**
 * Writes values one after the other, as an application encodes a record (CLDC, `java.io.DataOutputStream` on a
 * `ByteArrayOutputStream`). All integers are big-endian.
 */
export class DataOutputStream {
  readonly #octets: number[] = [];

  writeByte(value: number): this {
    return this.#integer(value, 1);
  }

  /** An unsigned 32-bit integer. */
  writeInt(value: number): this {
    return this.#integer(value, 4);
  }

  /** An unsigned integer below 2^53 in 8 octets. */
  writeLong(value: number): this {
    return this.#integer(value, 8);
  }

  /** The number of octets in 2 octets, then the octets. */
  writeBytes(value: Uint8Array): this {
    this.#integer(value.length, 2);
    this.#octets.push(...value);
    return this;
  }

  /** The number of octets in 2 octets, then the text in the modified UTF-8 of `java.io.DataInput`. */
  writeUTF(text: string): this {
    return this.writeBytes(encodeUtf(text));
  }

  toByteArray(): Uint8Array {
    return Uint8Array.from(this.#octets);
  }

  #integer(value: number, width: number): this {
    if (!Number.isSafeInteger(value) || value < 0 || value >= 256 ** width) {
      throw new IOException(`${value} does not fit into ${width} octets`);
    }
    for (let shift = width - 1; shift >= 0; shift -= 1) this.#octets.push(Math.floor(value / 256 ** shift) % 256);
    return this;
  }
}

/** Reads what {@link DataOutputStream} wrote. Every call throws IOException beyond the end. */
export class DataInputStream {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  readByte(): number {
    return this.#integer(1);
  }

  readInt(): number {
    return this.#integer(4);
  }

  readLong(): number {
    return this.#integer(8);
  }

  readBytes(): Uint8Array {
    return this.#take(this.#integer(2)).slice();
  }

  readUTF(): string {
    return decodeUtf(this.#take(this.#integer(2)));
  }

  #integer(width: number): number {
    return this.#take(width).reduce((value, octet) => value * 256 + octet, 0);
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#octets.length) throw new IOException('The record is shorter than what is read from it');
    const taken = this.#octets.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
