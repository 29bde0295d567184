import { PduError } from './error.ts';
import { inOctets, view } from './octets.ts';

/** Octets that the standard does not let a sender write so, and that decoding passed over. */
export interface Deviation {
  /** The field in the words of 3GPP TS 23.040. */
  readonly field: string;
  /** Where, counted from the first octet decoded. */
  readonly offset: number;
  /** What is wrong, and how it was read. */
  readonly reason: string;
  /**
   * True for what the standard tells a receiver to accept: a reserved bit, a fill bit, an escape sequence without a
   * character. Strict decoding accepts it too. False: only lenient decoding does.
   */
  readonly tolerated: boolean;
}

/** Where a field was found, for a view of a PDU field by field. */
export interface FieldMark {
  readonly field: string;
  readonly offset: number;
}

/** How strictly a {@link Reader} reads, and where it notes deviations and fields. */
export interface ReaderOptions {
  /** Whether what the standard forbids is passed over too. Default false. */
  readonly lenient?: boolean;
  /** Octets FF may follow, as they fill up a record of the SIM (3GPP TS 51.011, 10.5.3). Default false. */
  readonly padded?: boolean;
  /** Given: deviations are added to it, in order. */
  readonly deviations?: Deviation[];
  /** Given: the start of each field is added to it. */
  readonly marks?: FieldMark[];
}

/** The octet that fills up a record of the SIM. */
const PADDING = 0xff;

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
  readonly #lenient: boolean;
  readonly #padded: boolean;
  readonly #deviations: Deviation[] | undefined;
  readonly #marks: FieldMark[] | undefined;

  /** Reads `octets`, or only those in `[start, end)`; offsets in errors and deviations count from `start`. */
  constructor(octets: Uint8Array, options?: ReaderOptions, start: number = 0, end: number = octets.length) {
    this.octets = octets;
    this.end = end;
    this.offset = start;
    this.#start = start;
    this.#lenient = options?.lenient === true;
    this.#padded = options?.padded === true;
    this.#deviations = options?.deviations;
    this.#marks = options?.marks;
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

  /** Throws a `PduError`: the octets cannot be decoded, not even leniently. */
  refuse(reason: string, offset: number = this.offset): never {
    throw this.error(PduError, reason, offset);
  }

  /** An error of the given kind about the current field, for the caller to throw. */
  error(kind: typeof PduError, reason: string, offset: number = this.offset): PduError {
    return new kind(this.#field, offset - this.#start, view(this.octets, this.#start, this.end), reason);
  }

  /**
   * The standard forbids the octets. Strict decoding: throws a `PduError`. Lenient decoding: a deviation, with `taken`
   * saying how they were read.
   */
  deviation(reason: string, offset: number = this.offset, taken?: string): void {
    if (!this.#lenient) this.refuse(reason, offset);
    this.#noteDown(reason, offset, taken, false);
  }

  /** Reads fields that a TPDU can do without. Lenient decoding leaves them out when they cannot be read: a deviation. */
  readOptional<Fields>(read: () => Fields): Fields | undefined {
    try {
      return read();
    } catch (error) {
      if (!this.#lenient || !(error instanceof PduError)) throw error;
      this.#noteDown(error.reason, this.#start + error.offset, 'the optional fields left out', false);
      this.offset = this.end;
      return undefined;
    }
  }

  /** The standard tells a receiver to accept these octets: a tolerated deviation, in strict decoding too. */
  tolerate(reason: string, offset: number, taken: string): void {
    this.#noteDown(reason, offset, taken, true);
  }

  #noteDown(reason: string, offset: number, taken: string | undefined, tolerated: boolean): void {
    const note = taken === undefined ? reason : `${reason}, ${taken}`;
    this.#deviations?.push({ field: this.#field, offset: offset - this.#start, reason: note, tolerated });
  }

  /** Whether octets are left, and all of them are FF. */
  get isPadding(): boolean {
    return this.left > 0 && this.octets.subarray(this.offset, this.end).every((octet) => octet === PADDING);
  }

  /** Checks that the PDU ends here; FF may follow when `padded`. */
  finish(): void {
    if (this.left === 0 || (this.#padded && this.isPadding)) return;
    this.deviation(`${inOctets(this.left)} too many`);
  }
}
