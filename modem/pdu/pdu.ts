import type { Address } from './address.ts';
import { type Direction, decodeTpdu, encodeTpdu, type Tpdu } from './tpdu.ts';

/** What `+CMGS`, `+CMGR`, `+CMT` and `+CDS` carry: a TPDU behind the service centre's address (3GPP TS 27.005, 3.1). */
export interface Pdu {
  /** Absent: the modem's own setting. */
  readonly smsc?: Address;
  readonly tpdu: Tpdu;
}

/** The octets of a PDU with its SMSC field. The `<length>` that AT commands want is that of {@link encodeTpdu} alone. */
export function encodePdu(pdu: Pdu): Uint8Array {
  return encodeTpdu(pdu.tpdu);
}

/** The PDU in `octets`; as strict as {@link decodeTpdu}. */
export function decodePdu(octets: Uint8Array, direction: Direction): Pdu {
  return { tpdu: decodeTpdu(octets, direction) };
}
