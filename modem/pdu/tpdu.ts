import { type Command, readCommand, writeCommand } from './command.ts';
import { type Deliver, readDeliver, writeDeliver } from './deliver.ts';
import { type DeliverReport, readDeliverReport, writeDeliverReport } from './deliver-report.ts';
import { readerOfHex } from './hex-reader.ts';
import { MAX_TPDU } from './limits.ts';
import { type Deviation, Reader, type ReaderOptions } from './reader.ts';
import { readStatusReport, type StatusReport, writeStatusReport } from './status-report.ts';
import { readSubmit, type Submit, writeSubmit } from './submit.ts';
import { readSubmitReport, type SubmitReport, writeSubmitReport } from './submit-report.ts';
import { Writer } from './writer.ts';

/** One transport protocol data unit of the short message service (3GPP TS 23.040, 9.2.2). */
export type Tpdu = Deliver | DeliverReport | Submit | SubmitReport | StatusReport | Command;

/** Who sent it: the phone, or the service centre. The first octet means nothing without it. */
export type Direction = 'mobile-originated' | 'mobile-terminated';

/** A TPDU decoded leniently. */
export interface LenientTpdu {
  readonly tpdu: Tpdu;
  /** What was passed over, in order. Strict decoding accepts the octets too when all of it is `tolerated`. */
  readonly deviations: readonly Deviation[];
}

/** Options of strict decoding. */
export type DecodeOptions = Pick<ReaderOptions, 'padded' | 'deviations'>;

/** Reads a TPDU to the end of the octets. The first octet is TP-MTI and flags (3GPP TS 23.040, 9.2.3.1). */
export function readTpdu(reader: Reader, direction: Direction): Tpdu {
  const start = reader.offset;
  reader.enter('TP-MTI');
  const flags = reader.octet();
  const tpdu = direction === 'mobile-originated' ? readOriginated(reader, flags) : readTerminated(reader, flags);
  reader.finish();
  const length = reader.offset - start;
  if (length > MAX_TPDU) reader.deviation(`${length} octets, more than a TPDU has`, start + MAX_TPDU);
  return tpdu;
}

function readOriginated(reader: Reader, flags: number): Tpdu {
  switch (flags & 3) {
    case 0:
      return readDeliverReport(reader, flags);
    case 1:
      return readSubmit(reader, flags);
    case 2:
      return readCommand(reader, flags);
    default:
      return reader.refuse('message type 3 is reserved from the phone to the service centre', reader.offset - 1);
  }
}

function readTerminated(reader: Reader, flags: number): Tpdu {
  switch (flags & 3) {
    case 0:
      return readDeliver(reader, flags);
    case 1:
      return readSubmitReport(reader, flags);
    case 2:
      return readStatusReport(reader, flags);
    default:
      reader.deviation('message type 3 is reserved', reader.offset - 1, 'taken for a DELIVER');
      return readDeliver(reader, flags);
  }
}

/** Writes a TPDU. */
export function writeTpdu(writer: Writer, tpdu: Tpdu): void {
  const start = writer.offset;
  writer.enter('TP-MTI');
  writeByType(writer, tpdu);
  const length = writer.offset - start;
  if (length > MAX_TPDU) writer.refuse(`${length} octets, more than the ${MAX_TPDU} of a TPDU`);
}

function writeByType(writer: Writer, tpdu: Tpdu): void {
  switch (tpdu.type) {
    case 'DELIVER':
      writeDeliver(writer, tpdu);
      break;
    case 'DELIVER-REPORT':
      writeDeliverReport(writer, tpdu);
      break;
    case 'SUBMIT':
      writeSubmit(writer, tpdu);
      break;
    case 'SUBMIT-REPORT':
      writeSubmitReport(writer, tpdu);
      break;
    case 'STATUS-REPORT':
      writeStatusReport(writer, tpdu);
      break;
    case 'COMMAND':
      writeCommand(writer, tpdu);
  }
}

/** The octets of a TPDU. Throws `PduEncodeError` when a value does not fit its field. */
export function encodeTpdu(tpdu: Tpdu): Uint8Array {
  const writer = new Writer();
  writeTpdu(writer, tpdu);
  return writer.finish();
}

/** {@link encodeTpdu} as upper-case hex. */
export function encodeTpduToHex(tpdu: Tpdu): string {
  const writer = new Writer();
  writeTpdu(writer, tpdu);
  return writer.finishHex();
}

/**
 * The TPDU in `octets`. Strict: what the standard forbids is a `PduError`. What it tells a receiver to pass over (reserved
 * and fill bits, escape sequences without a character) goes to `options.deviations`; where nothing does,
 * {@link encodeTpdu} of the result gives the same octets. Data and unknown elements in the result are views of `octets`.
 */
export function decodeTpdu(octets: Uint8Array, direction: Direction, options?: DecodeOptions): Tpdu {
  return readTpdu(new Reader(octets, options), direction);
}

/**
 * {@link decodeTpdu} of hex, upper or lower case; other characters are a `PduError` of field `hex`. Data in the result are
 * views of a large array, in which other TPDUs are too.
 */
export function decodeTpduFromHex(hex: string, direction: Direction, options?: DecodeOptions): Tpdu {
  return readTpdu(readerOfHex(hex, options), direction);
}

/**
 * The TPDU in `octets`, passing over what the standard has a receiver ignore and what real service centres and
 * modems get wrong. Throws `PduError` only where nothing sensible can be made of the octets.
 */
export function decodeTpduLeniently(octets: Uint8Array, direction: Direction): LenientTpdu {
  const deviations: Deviation[] = [];
  return { tpdu: readTpdu(new Reader(octets, { lenient: true, deviations }), direction), deviations };
}
