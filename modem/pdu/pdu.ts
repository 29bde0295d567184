import { type Address, readServiceCentre, writeServiceCentre } from './address.ts';
import { type Deviation, Reader } from './reader.ts';
import { type DecodeOptions, type Direction, readTpdu, type Tpdu, writeTpdu } from './tpdu.ts';
import { Writer } from './writer.ts';

/** What `+CMGS`, `+CMGR`, `+CMT` and `+CDS` carry: a TPDU behind the service centre's address (3GPP TS 27.005, 3.1). */
export interface Pdu {
  /** Absent: the modem's own setting. */
  readonly smsc?: Address;
  readonly tpdu: Tpdu;
}

/** A PDU decoded leniently. */
export interface LenientPdu extends Pdu {
  /** What was passed over, in order. Strict decoding accepts the octets too when all of it is `tolerated`. */
  readonly deviations: readonly Deviation[];
}

/**
 * The octets of a PDU with its SMSC field. The `<length>` that AT commands want does not count that field; see
 * {@link tpduLength}. Throws `PduEncodeError` when a value does not fit its field.
 */
export function encodePdu(pdu: Pdu): Uint8Array {
  const writer = new Writer();
  writer.enter('SMSC');
  writeServiceCentre(writer, pdu.smsc);
  writeTpdu(writer, pdu.tpdu);
  return writer.finish();
}

/** Octets of the TPDU in a PDU with its SMSC field: the `<length>` of `+CMGS` and `+CMGR`. */
export function tpduLength(pdu: Uint8Array): number {
  return pdu.length - 1 - (pdu[0] ?? 0);
}

/** Reads a PDU to the end of the octets. */
export function readPdu(reader: Reader, direction: Direction): Pdu {
  reader.enter('SMSC');
  const smsc = readServiceCentre(reader);
  const tpdu = readTpdu(reader, direction);
  return smsc === undefined ? { tpdu } : { smsc, tpdu };
}

/** The PDU in `octets`; as strict as `decodeTpdu`. */
export function decodePdu(octets: Uint8Array, direction: Direction, options?: DecodeOptions): Pdu {
  return readPdu(new Reader(octets, options), direction);
}

/** The PDU in `octets`; as lenient as `decodeTpduLeniently`. */
export function decodePduLeniently(octets: Uint8Array, direction: Direction): LenientPdu {
  const deviations: Deviation[] = [];
  return { ...readPdu(new Reader(octets, { lenient: true, deviations }), direction), deviations };
}
