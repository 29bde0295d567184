import { CompressedTextError, PduEncodeError } from './error.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** How user data is written: 7-bit default alphabet, octets, or UTF-16 in network order. */
export type Alphabet = 'gsm7' | '8bit' | 'ucs2';

/** 0 is shown at once and not stored, 1 is for the phone, 2 for the SIM, 3 for the terminal equipment. */
export type MessageClass = 0 | 1 | 2 | 3;

/** What a message-waiting indication counts (3GPP TS 23.038, 4). */
export type WaitingKind = 'voicemail' | 'fax' | 'email' | 'other';

/** {@link WaitingKind} by its code on the wire. */
export const WAITING_KINDS: readonly [WaitingKind, WaitingKind, WaitingKind, WaitingKind] = [
  'voicemail',
  'fax',
  'email',
  'other',
];

/** General data coding, 00xx and, with `automaticDeletion`, 01xx. */
export interface GeneralCoding {
  readonly group: 'general';
  readonly alphabet: Alphabet;
  readonly messageClass?: MessageClass;
  /** The message is deleted once read. */
  readonly automaticDeletion: boolean;
}

/** Message waiting: 1100, the text may be discarded; 1101 and, in UCS-2, 1110, the text is stored. */
export type WaitingCoding = {
  readonly group: 'message-waiting';
  /** The indicator goes on or off. */
  readonly active: boolean;
  readonly waiting: WaitingKind;
} & ({ readonly alphabet: 'gsm7'; readonly store: boolean } | { readonly alphabet: 'ucs2'; readonly store: true });

/** Data coding and message class, 1111. */
export interface ClassCoding {
  readonly group: 'data-coding';
  readonly alphabet: 'gsm7' | '8bit';
  readonly messageClass: MessageClass;
}

/** A reserved coding group or reserved bits: only the alphabet is known. */
export interface ReservedCoding {
  readonly group: 'reserved';
  /** TP-DCS itself. */
  readonly octet: number;
  /** The default alphabet, as the standard tells a receiver, unless the other bits name an alphabet. */
  readonly alphabet: Alphabet;
}

/** TP-DCS (3GPP TS 23.038, 4). Compressed text is not among the values, since it is always refused. */
export type DataCodingScheme = GeneralCoding | WaitingCoding | ClassCoding | ReservedCoding;

const CLASSES = [0, 1, 2, 3] as const;
const GENERAL_ALPHABETS = ['gsm7', '8bit', 'ucs2'] as const;

/** The scheme of TP-DCS 0: text in the default alphabet, no class. */
export const PLAIN: GeneralCoding = Object.freeze({ group: 'general', alphabet: 'gsm7', automaticDeletion: false });

function reserved(octet: number, alphabet: Alphabet): ReservedCoding {
  return { group: 'reserved', octet, alphabet };
}

function generalCoding(octet: number): DataCodingScheme {
  const alphabet = GENERAL_ALPHABETS[(octet >> 2) & 3];
  if (alphabet === undefined) return reserved(octet, 'gsm7');
  const automaticDeletion = octet >= 0x40;
  const messageClass = CLASSES[octet & 3];
  if ((octet & 0x10) !== 0)
    return { group: 'general', alphabet, ...(messageClass !== undefined && { messageClass }), automaticDeletion };
  return (octet & 3) === 0 ? { group: 'general', alphabet, automaticDeletion } : reserved(octet, alphabet);
}

function waitingCoding(octet: number): DataCodingScheme {
  const waiting = WAITING_KINDS[octet & 3] ?? 'other';
  const alphabet = octet >= 0xe0 ? 'ucs2' : 'gsm7';
  if ((octet & 4) !== 0) return reserved(octet, alphabet);
  const active = (octet & 8) !== 0;
  return alphabet === 'ucs2'
    ? { group: 'message-waiting', active, waiting, alphabet, store: true }
    : { group: 'message-waiting', active, waiting, alphabet, store: octet >= 0xd0 };
}

function classCoding(octet: number): DataCodingScheme {
  const alphabet = (octet & 4) === 0 ? 'gsm7' : '8bit';
  if ((octet & 8) !== 0) return reserved(octet, alphabet);
  return { group: 'data-coding', alphabet, messageClass: CLASSES[octet & 3] ?? 0 };
}

/** The scheme of an octet; undefined for compressed text. */
function codingOf(octet: number): DataCodingScheme | undefined {
  if (octet === 0) return PLAIN;
  if (octet < 0x80) return (octet & 0x20) === 0 ? generalCoding(octet) : undefined;
  if (octet < 0xc0) return reserved(octet, 'gsm7');
  return octet < 0xf0 ? waitingCoding(octet) : classCoding(octet);
}

const CODINGS: readonly (DataCodingScheme | undefined)[] = Array.from({ length: 256 }, (_, octet) => {
  const coding = codingOf(octet);
  return coding && Object.freeze(coding);
});

/** Reads TP-DCS. Throws {@link CompressedTextError} for compressed text, leniently too. */
export function readDataCodingScheme(reader: Reader): DataCodingScheme {
  const coding = CODINGS[reader.octet()];
  if (coding !== undefined) return coding;
  throw reader.error(CompressedTextError, 'compressed text is not supported', reader.offset - 1);
}

/** The scheme of TP-DCS, an octet. Throws {@link PduEncodeError} for compressed text. */
export function dataCodingOf(octet: number): DataCodingScheme {
  const coding = CODINGS[octet];
  if (coding !== undefined) return coding;
  throw new PduEncodeError('TP-DCS', `${octet} is compressed text, or no octet`);
}

/** The octet of a coding scheme. */
export function dataCodingOctet(dcs: DataCodingScheme): number {
  switch (dcs.group) {
    case 'general': {
      const octet = (dcs.automaticDeletion ? 0x40 : 0) | (GENERAL_ALPHABETS.indexOf(dcs.alphabet) << 2);
      return dcs.messageClass === undefined ? octet : octet | 0x10 | dcs.messageClass;
    }
    case 'message-waiting': {
      const group = dcs.alphabet === 'ucs2' ? 0xe0 : dcs.store ? 0xd0 : 0xc0;
      return group | (dcs.active ? 8 : 0) | WAITING_KINDS.indexOf(dcs.waiting);
    }
    case 'data-coding':
      return 0xf0 | (dcs.alphabet === '8bit' ? 4 : 0) | dcs.messageClass;
    case 'reserved':
      return dcs.octet;
  }
}

/** Writes TP-DCS. */
export function writeDataCodingScheme(writer: Writer, dcs: DataCodingScheme): void {
  if (dcs.group === 'reserved') checkReserved(writer, dcs);
  writer.octet(dataCodingOctet(dcs));
}

function checkReserved(writer: Writer, { octet, alphabet }: ReservedCoding): void {
  const coding = CODINGS[octet];
  if (coding?.group !== 'reserved' || coding.alphabet !== alphabet) {
    writer.refuse(`${octet} is no reserved coding of alphabet ${alphabet}`);
  }
}
