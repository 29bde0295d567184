/**
 * Octets that are not what they should be. Decoding throws nothing else. The message is one line for people;
 * the properties are the evidence.
 */
export class PduError extends Error {
  override readonly name: string = 'PduError';
  /** The field in the words of 3GPP TS 23.040, e.g. `TP-OA`, `TP-UDH`, `SMSC`. */
  readonly field: string;
  /** Where in `octets` the fault is, counted from 0; `octets.length` when the fault is that they end there. */
  readonly offset: number;
  /** What was being decoded, whole. */
  readonly octets: Uint8Array;
  /** What is wrong there, in words; nothing of what was being decoded. */
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

/** A value that its field cannot carry. Encoding throws nothing else. */
export class PduEncodeError extends Error {
  override readonly name = 'PduEncodeError';
  /** The field in the words of 3GPP TS 23.040, e.g. `TP-DA`. */
  readonly field: string;

  constructor(field: string, reason: string) {
    super(`${field}: ${reason}`);
    this.field = field;
  }
}
