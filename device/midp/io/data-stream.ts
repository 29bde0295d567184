import { EOFException, IOException, UTFDataFormatException } from '../errors.ts';
import { decodeUtf, encodeUtf } from './utf.ts';

/**
 * Writes values one after the other, as an application encodes a record (CLDC, `java.io.DataOutputStream` on a
 * `ByteArrayOutputStream`). All integers are big-endian. A number that is too wide is refused, where Java would cut it.
 */
export class DataOutputStream {
  readonly #octets: number[] = [];

  writeBoolean(value: boolean): this {
    return this.#integer(value ? 1 : 0, 1);
  }

  /** An octet: -128 to 127, or 0 to 255. */
  writeByte(value: number): this {
    return this.#integer(value, 1);
  }

  /** 2 octets: -32,768 to 32,767, or 0 to 65,535. */
  writeShort(value: number): this {
    return this.#integer(value, 2);
  }

  /** A unit of UTF-16, 2 octets. */
  writeChar(value: number): this {
    return this.#integer(value, 2);
  }

  /** 4 octets: -2^31 to 2^31 - 1, or 0 to 2^32 - 1. */
  writeInt(value: number): this {
    return this.#integer(value, 4);
  }

  /** 8 octets: an integer between -2^53 and 2^53, which is what a number of JavaScript holds. */
  writeLong(value: number): this {
    return this.#integer(value, 8);
  }

  /** The octets alone (`OutputStream.write`). */
  write(octets: Uint8Array): this {
    for (const octet of octets) this.#octets.push(octet);
    return this;
  }

  /** The number of octets in 2 octets, then the octets: a call that Java does not have. */
  writeBytes(value: Uint8Array): this {
    return this.#integer(value.length, 2).write(value);
  }

  /** The number of octets in 2 octets, then the text in the modified UTF-8 of `java.io.DataInput`. @throws UTFDataFormatException over 65,535 octets */
  writeUTF(text: string): this {
    const octets = encodeUtf(text);
    if (octets.length > 0xffff) throw new UTFDataFormatException(`The text has ${octets.length} octets, over 65535`);
    return this.writeBytes(octets);
  }

  /** Octets written so far. */
  size(): number {
    return this.#octets.length;
  }

  toByteArray(): Uint8Array {
    return Uint8Array.from(this.#octets);
  }

  #integer(value: number, width: number): this {
    const end = 256 ** width;
    if (!Number.isSafeInteger(value) || value < -end / 2 || value >= end) {
      throw new IOException(`${value} does not fit into ${width} octets`);
    }
    // Octet by octet from the left, as the operators on bits have 32 of them; below 0 each is that of the complement.
    for (let shift = width - 1; shift >= 0; shift -= 1) {
      this.#octets.push(((Math.floor(value / 256 ** shift) % 256) + 256) % 256);
    }
    return this;
  }
}

/** Reads what {@link DataOutputStream} wrote (`java.io.DataInputStream`). Every call throws EOFException beyond the end. */
export class DataInputStream {
  readonly #octets: Uint8Array;
  #at = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  /** Octets that are left to read. */
  available(): number {
    return this.#octets.length - this.#at;
  }

  readBoolean(): boolean {
    return this.#integer(1) !== 0;
  }

  /** -128 to 127 */
  readByte(): number {
    return this.#signed(1);
  }

  /** 0 to 255 */
  readUnsignedByte(): number {
    return this.#integer(1);
  }

  /** -32,768 to 32,767 */
  readShort(): number {
    return this.#signed(2);
  }

  /** 0 to 65,535 */
  readUnsignedShort(): number {
    return this.#integer(2);
  }

  /** A unit of UTF-16. */
  readChar(): number {
    return this.#integer(2);
  }

  /** -2^31 to 2^31 - 1 */
  readInt(): number {
    return this.#integer(4) | 0;
  }

  /** @throws IOException for a number beyond 2^53, which JavaScript does not hold */
  readLong(): number {
    const long = (this.#integer(4) | 0) * 2 ** 32 + this.#integer(4);
    if (!Number.isSafeInteger(long)) throw new IOException('The number has more than 53 bits');
    return long;
  }

  /** As many octets as are left, or `count` (`DataInput.readFully`). */
  readFully(count: number): Uint8Array {
    return this.#take(count).slice();
  }

  /** What `writeBytes` wrote. */
  readBytes(): Uint8Array {
    return this.#take(this.#integer(2)).slice();
  }

  /** @throws UTFDataFormatException for octets that are no text */
  readUTF(): string {
    return decodeUtf(this.#take(this.#integer(2)));
  }

  /** Leaves out octets, as far as there are some; says how many. */
  skipBytes(count: number): number {
    return this.#take(Math.min(Math.max(0, count), this.available())).length;
  }

  #signed(width: number): number {
    const value = this.#integer(width);
    return value < 256 ** width / 2 ? value : value - 256 ** width;
  }

  #integer(width: number): number {
    return this.#take(width).reduce((value, octet) => value * 256 + octet, 0);
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#octets.length) throw new EOFException('The record is shorter than what is read from it');
    const taken = this.#octets.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
