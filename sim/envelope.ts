import {
  CompressedTextError,
  type Deliver,
  decodeTpdu,
  decodeTpduLeniently,
  encodeTpdu,
  PduError,
  type SegmentOptions,
  type SmsContent,
  type Submit,
  segment,
  toHex,
} from '../modem/index.ts';
import { roomFor } from './octets.ts';
import { addressOctets, isSubmit } from './tpdu-fields.ts';

/** What a message carries, which network and modem pass on without looking into it. */
export interface Contents {
  /** TP-DCS, as it came. */
  readonly dcs: number;
  /** TP-UDHI. */
  readonly hasHeader: boolean;
  /** TP-UDL and TP-UD, which may be a view of the TPDU. */
  readonly userData: Uint8Array;
}

/** A message whose header is read and whose contents are not; the user data of `header` is empty. */
export interface Envelope<Header extends Submit | Deliver> {
  readonly header: Header;
  readonly contents: Contents;
}

const UDHI = 0x40;
/** TP-DCS of plain octets, and a TP-UDL of 0: contents that any header is valid with. */
const NO_CONTENTS = [0x04, 0x00] as const;
const TIME_STAMP_OCTETS = 7;
const USER_DATA_OCTETS = 140;

/** Octets of TP-VP by TP-VPF: none, enhanced, relative, absolute (3GPP TS 23.040, 9.2.3.3). */
const VALIDITY_OCTETS = [0, 7, 1, 7] as const;

/** Opens a SUBMIT. @throws PduError when its header is malformed, or the user data is longer than 140 octets. */
export function openSubmit(tpdu: Uint8Array): Envelope<Submit> {
  const afterAddress = 2 + addressOctets(tpdu, 2);
  const validity = VALIDITY_OCTETS[((tpdu[0] ?? 0) >> 3) & 0x03] ?? 0;
  const [tp, contents] = separate(tpdu, afterAddress + 1, validity);
  const header = decodeTpdu(tp, 'mobile-originated');
  if (header.type !== 'SUBMIT') throw new PduError('TP-MTI', 0, tpdu, `${header.type} where a SUBMIT was expected`);
  return { header, contents };
}

/** Opens a DELIVER. @throws PduError when its header is malformed, or the user data is longer than 140 octets. */
export function openDeliver(tpdu: Uint8Array): Envelope<Deliver> {
  const afterAddress = 1 + addressOctets(tpdu, 1);
  const [tp, contents] = separate(tpdu, afterAddress + 1, TIME_STAMP_OCTETS);
  const header = decodeTpdu(tp, 'mobile-terminated');
  if (header.type !== 'DELIVER') throw new PduError('TP-MTI', 0, tpdu, `${header.type} where a DELIVER was expected`);
  return { header, contents };
}

/** The TPDU again. @throws PduEncodeError when a value of the header does not fit its field. */
export function seal({ header, contents }: Envelope<Submit | Deliver>): Uint8Array {
  const tp = encodeTpdu(header);
  const before = header.type === 'DELIVER' ? TIME_STAMP_OCTETS : (VALIDITY_OCTETS[((tp[0] ?? 0) >> 3) & 0x03] ?? 0);
  const dcsAt = tp.length - before - NO_CONTENTS.length;
  const tpdu = roomFor(tp.length - 1 + contents.userData.length);
  tpdu.set(tp);
  tpdu.set(contents.userData, tp.length - 1);
  tpdu[0] = (tp[0] ?? 0) | (contents.hasHeader ? UDHI : 0);
  tpdu[dcsAt] = contents.dcs;
  return tpdu;
}

/** Contents that any header can be made with, to be put into it by {@link seal}. */
export const withoutContents: Pick<Submit, 'dcs' | 'userData'> = {
  dcs: { group: 'general', alphabet: '8bit', automaticDeletion: false },
  userData: { kind: 'data', header: [], data: new Uint8Array() },
};

/** A SUBMIT as it is sent, and what it carries, which is a view of it. */
export interface Written {
  readonly tpdu: Uint8Array;
  readonly contents: Contents;
}

/** What a SUBMIT says of itself, beside what it carries. */
export type SubmitHeader = Omit<Submit, 'type' | 'dcs' | 'userData'>;

/**
 * The SUBMITs of a content: one, or one for each part of a long one.
 * @throws PduEncodeError when it cannot be written so, or takes more than 255 parts.
 */
export function submitsOf(content: SmsContent, options: SegmentOptions, header: SubmitHeader): readonly Written[] {
  return segment(content, options).map((part) => {
    const tpdu = encodeTpdu({ type: 'SUBMIT', ...header, ...part });
    const dcsAt = 3 + addressOctets(tpdu, 2);
    const lengthAt = dcsAt + 1 + (VALIDITY_OCTETS[((tpdu[0] ?? 0) >> 3) & 0x03] ?? 0);
    const hasHeader = ((tpdu[0] ?? 0) & UDHI) !== 0;
    return { tpdu, contents: { dcs: tpdu[dcsAt] ?? 0, hasHeader, userData: tpdu.subarray(lengthAt) } };
  });
}

function separate(tpdu: Uint8Array, dcsAt: number, between: number): readonly [header: Uint8Array, Contents] {
  const lengthAt = dcsAt + 1 + between;
  if (tpdu.length <= lengthAt) throw new PduError('TP-UDL', tpdu.length, tpdu, 'the octets end before it');
  const userData = tpdu.subarray(lengthAt);
  if (userData.length > 1 + USER_DATA_OCTETS) {
    throw new PduError('TP-UD', lengthAt + 1, tpdu, `${userData.length - 1} octets, more than ${USER_DATA_OCTETS}`);
  }
  const header = tpdu.slice(0, lengthAt + 1);
  header[0] = (header[0] ?? 0) & ~UDHI;
  header[dcsAt] = NO_CONTENTS[0];
  header[lengthAt] = NO_CONTENTS[1];
  const contents = { dcs: tpdu[dcsAt] ?? 0, hasHeader: ((tpdu[0] ?? 0) & UDHI) !== 0, userData };
  return [header, contents];
}

/** The text of a SUBMIT or DELIVER, or its octets in upper-case hex; nothing when it cannot be read, as compressed text. */
export function readableIn(tpdu: Uint8Array): string {
  const direction = isSubmit(tpdu) ? 'mobile-originated' : 'mobile-terminated';
  try {
    const { tpdu: read } = decodeTpduLeniently(tpdu, direction);
    if (read.type !== 'SUBMIT' && read.type !== 'DELIVER') return '';
    return read.userData.kind === 'text' ? read.userData.text : toHex(read.userData.data);
  } catch (error) {
    if (error instanceof PduError || error instanceof CompressedTextError) return '';
    throw error;
  }
}
