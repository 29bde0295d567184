import { expect } from 'vitest';
import {
  type Deliver,
  type Deviation,
  type Direction,
  decodeTpdu,
  decodeTpduLeniently,
  encodeTpdu,
  fromHex,
  PduError,
  type Submit,
  type Tpdu,
  toHex,
} from '../../../modem/pdu/index.ts';

/** The fields of a DELIVER in hex; what is not given is harmless. */
export interface DeliverFields {
  readonly flags?: string;
  readonly oa?: string;
  readonly dcs?: string;
  readonly scts?: string;
  /** TP-UDL and TP-UD. */
  readonly ud?: string;
}

/** A DELIVER in hex, put together from its fields. */
export function deliverHex(fields: DeliverFields): string {
  const { flags = '04', oa = '04912143', dcs = '00', scts = '90304061520000', ud = '00' } = fields;
  return `${flags}${oa}00${dcs}${scts}${ud}`;
}

/** Decodes a DELIVER strictly. */
export function decodeDeliver(fields: DeliverFields): Deliver {
  const tpdu = decodeTpdu(fromHex(deliverHex(fields)), 'mobile-terminated');
  if (tpdu.type !== 'DELIVER') throw new Error(`a ${tpdu.type}`);
  return tpdu;
}

/** Decodes a DELIVER leniently. */
export function decodeLeniently(fields: DeliverFields): { deliver: Deliver; deviations: readonly string[] } {
  const { tpdu, deviations } = decodeTpduLeniently(fromHex(deliverHex(fields)), 'mobile-terminated');
  if (tpdu.type !== 'DELIVER') throw new Error(`a ${tpdu.type}`);
  return { deliver: tpdu, deviations: deviations.map(({ field, offset, reason }) => `${field} ${offset}: ${reason}`) };
}

/** Decodes a SUBMIT strictly. */
export function decodeSubmit(hex: string): Submit {
  const tpdu = decodeTpdu(fromHex(hex), 'mobile-originated');
  if (tpdu.type !== 'SUBMIT') throw new Error(`a ${tpdu.type}`);
  return tpdu;
}

/** The PduError that decoding throws, as `field offset: reason`. */
export function refusal(decode: () => unknown): string {
  try {
    decode();
  } catch (error) {
    if (error instanceof PduError) return error.message.replace(/^(.*), octet (\d+): (.*) \(in .*\)$/, '$1 $2: $3');
    throw error;
  }
  return 'accepted';
}

/** A note of lenient decoding without how the octets were taken: what strict decoding says. */
export function reasonIn(note: string): string {
  return note.replace(/, (?:the (?:last|header) ignored|ignored|left out|taken (?:for|without) [^,]*)$/, '');
}

/**
 * Decodes strictly, and sees that nothing is lost on the way back: octets that nothing was passed over in are encoded as
 * they were; of others the encoder makes octets that are as they should be and say the same, but for an element with a
 * reserved language, which stays as it came. Undefined: refused.
 */
export function decodeThereAndBack(octets: Uint8Array, direction: Direction): Tpdu | undefined {
  const deviations: Deviation[] = [];
  const tpdu = decoded(octets, direction, deviations);
  if (tpdu === undefined) return undefined;
  const again = encodeTpdu(tpdu);
  if (deviations.length === 0) {
    if (toHex(again) !== toHex(octets)) expect(toHex(again)).toBe(toHex(octets));
    return tpdu;
  }
  const deviationsAgain: Deviation[] = [];
  expect(decoded(again, direction, deviationsAgain), toHex(octets)).toEqual(tpdu);
  const others = deviationsAgain.filter(({ reason }) => !/language \d+ is reserved/.test(reason));
  expect(others, toHex(octets)).toEqual([]);
  expect(deviations.every(({ tolerated }) => tolerated)).toBe(true);
  return tpdu;
}

function decoded(octets: Uint8Array, direction: Direction, deviations: Deviation[]): Tpdu | undefined {
  try {
    return decodeTpdu(octets, direction, { deviations });
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}
