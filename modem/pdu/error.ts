/**
 * Octets that cannot be decoded. Decoding throws no other error. The message is one line for people; the properties say
 * where the fault is.
 */
export class PduError extends Error {
  override readonly name: string = 'PduError';
  /** The field in the words of 3GPP TS 23.040, e.g. `TP-OA`, `TP-UDH`, `SMSC`. */
  readonly field: string;
  /** Where in `octets` the fault is, counted from 0; `octets.length` when the fault is that they end there. */
  readonly offset: number;
  /** All octets that were being decoded. */
  readonly octets: Uint8Array;
  /** What is wrong there, in words, without any of the content: the words may go to a log. */
  readonly reason: string;

  constructor(field: string, offset: number, octets: Uint8Array, reason: string) {
    super(`${field}, octet ${offset}: ${reason} (in ${Buffer.from(octets).toString('hex').toUpperCase()})`);
    this.field = field;
    this.offset = offset;
    this.octets = octets;
    this.reason = reason;
  }
}

/** The text is compressed (3GPP TS 23.042), which this codec refuses to decode. */
export class CompressedTextError extends PduError {
  override readonly name = 'CompressedTextError';
}

/** A value that its field cannot carry. Encoding throws no other error. */
export class PduEncodeError extends Error {
  override readonly name = 'PduEncodeError';
  /** The field in the words of 3GPP TS 23.040, e.g. `TP-DA`. */
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
  }
}
