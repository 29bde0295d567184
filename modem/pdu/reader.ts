import { PduError } from './error.ts';
import { view } from './octets.ts';

/** Something that the standard does not allow and lenient decoding passed over. */
export interface Deviation {
  /** The field in the words of 3GPP TS 23.040. */
  readonly field: string;
  /** Where, counted from the first octet decoded. */
  readonly offset: number;
  /** What is wrong and how it was taken. */
  readonly reason: string;
}

/** Where a field was found, for a view of a PDU field by field. */
export interface FieldMark {
  readonly field: string;
  readonly offset: number;
}

/** What a {@link Reader} does beside reading; nothing in strict decoding. */
export interface ReaderNotes {
  /** Given: lenient decoding, and what it passed over. */
  readonly deviations?: Deviation[];
  /** Given: the start of each field. */
  readonly marks?: FieldMark[];
}

/** Walks through the octets of one PDU, knows the field it is in, and decides whether a deviation is an error. */
export class Reader {
  /** The array that the PDU is in. */
  readonly octets: Uint8Array;
  /** Where in `octets` the PDU ends. */
  readonly end: number;
  /** Where in `octets` the next octet is. */
  offset: number;
  readonly #start: number;
  #field = 'TP-MTI';
  readonly #deviations: Deviation[] | undefined;
  readonly #marks: FieldMark[] | undefined;

  /** Reads `octets`, or only those in `[start, end)`: what is reported outside counts from `start`. */
  constructor(octets: Uint8Array, notes?: ReaderNotes, start: number = 0, end: number = octets.length) {
    this.octets = octets;
    this.end = end;
    this.offset = start;
    this.#start = start;
    this.#deviations = notes?.deviations;
    this.#marks = notes?.marks;
  }

  /** Says which field begins here. */
  enter(field: string): void {
    this.#field = field;
    if (this.#marks !== undefined) this.#marks.push({ field, offset: this.offset - this.#start });
  }

  /** The next octet. */
  octet(): number {
    const octet = this.octets[this.offset];
    if (octet === undefined || this.offset >= this.end) return this.refuse('the octets end here');
    this.offset += 1;
    return octet;
  }

  /** How many octets are left. */
  get left(): number {
    return this.end - this.offset;
  }

  /** The octets do not make sense, not even leniently. */
  refuse(reason: string, offset: number = this.offset): never {
    throw this.error(PduError, reason, offset);
  }

  /** An error of the given kind about the current field, for the caller to throw. */
  error(kind: typeof PduError, reason: string, offset: number = this.offset): PduError {
    return new kind(this.#field, offset - this.#start, view(this.octets, this.#start, this.end), reason);
  }

  /**
   * The octets are not as the standard wants them: an error in strict decoding; in lenient decoding a note, which also
   * says how they were taken.
   */
  deviation(reason: string, offset: number = this.offset, taken?: string): void {
    if (this.#deviations === undefined) this.refuse(reason, offset);
    const note = taken === undefined ? reason : `${reason}, ${taken}`;
    this.#deviations.push({ field: this.#field, offset: offset - this.#start, reason: note });
  }

  /** The end: nothing may be left. */
  finish(): void {
    if (this.left > 0) this.deviation(`${this.left} octets too many`);
  }
}
