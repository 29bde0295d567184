import { PduEncodeError } from './error.ts';
import { writeHexWords } from './hex-words.ts';
import { copyOf } from './octets.ts';

/** Room for the longest PDU, and for a text that turns out to be too long when it is written. */
const LIMIT = 1024;

const words = new Uint32Array(LIMIT / 4);
const octets = new Uint8Array(words.buffer);
const wordView = new DataView(words.buffer);

/** Writes the octets of one PDU, and names the current field in errors. All writers share one memory: use one at a time. */
export class Writer {
  offset = 0;
  #field = 'TP-MTI';

  /** The shared memory, as octets. */
  get octets(): Uint8Array {
    return octets;
  }

  /** The shared memory, as words of four octets. */
  get words(): Uint32Array {
    return words;
  }

  /** The shared memory, as a `DataView`. */
  get view(): DataView {
    return wordView;
  }

  /** Sets the current field, for errors. */
  enter(field: string): void {
    this.#field = field;
  }

  /** Appends one octet; refuses what is not 0 to 255. */
  octet(value: number): void {
    if ((value & 0xff) !== value) this.refuse(`${value} is not 0 to 255`);
    octets[this.offset] = value;
    this.offset += 1;
  }

  /** Appends octets. */
  append(octets: Uint8Array): void {
    this.octets.set(octets, this.offset);
    this.offset += octets.length;
  }

  /** Throws a `PduEncodeError`: the value does not fit the field. */
  refuse(reason: string): never {
    throw new PduEncodeError(this.#field, reason);
  }

  /** What was written. */
  finish(): Uint8Array {
    return copyOf(this.octets, 0, this.offset);
  }

  /** What was written, as upper-case hex. */
  finishHex(): string {
    return writeHexWords(words, this.offset);
  }
}
