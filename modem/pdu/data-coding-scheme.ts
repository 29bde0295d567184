import { CompressedTextError } from './error.ts';
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

/**
 * TP-DCS (3GPP TS 23.038, 4). Reserved codings have no value here: strict decoding refuses them, lenient decoding takes
 * them for the default alphabet as the standard asks. Compressed text is always refused.
 */
export type DataCodingScheme = GeneralCoding | WaitingCoding | ClassCoding;

const CLASSES = [0, 1, 2, 3] as const;
const GENERAL_ALPHABETS = ['gsm7', '8bit', 'ucs2'] as const;

/** The scheme of TP-DCS 0: text in the default alphabet, no class. */
export const PLAIN: GeneralCoding = Object.freeze({ group: 'general', alphabet: 'gsm7', automaticDeletion: false });

function generalCoding(octet: number): GeneralCoding | undefined {
  const alphabet = GENERAL_ALPHABETS[(octet >> 2) & 3];
  const automaticDeletion = octet >= 0x40;
  if (alphabet === undefined) return undefined;
  const messageClass = CLASSES[octet & 3];
  if ((octet & 0x10) !== 0 && messageClass !== undefined) {
    return { group: 'general', alphabet, messageClass, automaticDeletion };
  }
  return (octet & 3) === 0 ? { group: 'general', alphabet, automaticDeletion } : undefined;
}

function waitingCoding(octet: number): WaitingCoding | undefined {
  const waiting = WAITING_KINDS[octet & 3];
  if (waiting === undefined || (octet & 4) !== 0) return undefined;
  const active = (octet & 8) !== 0;
  return octet >= 0xe0
    ? { group: 'message-waiting', active, waiting, alphabet: 'ucs2', store: true }
    : { group: 'message-waiting', active, waiting, alphabet: 'gsm7', store: octet >= 0xd0 };
}

function classCoding(octet: number): ClassCoding | undefined {
  const messageClass = CLASSES[octet & 3];
  if (messageClass === undefined || (octet & 8) !== 0) return undefined;
  return { group: 'data-coding', alphabet: (octet & 4) === 0 ? 'gsm7' : '8bit', messageClass };
}

function isCompressed(octet: number): boolean {
  return octet < 0x80 && (octet & 0x20) !== 0;
}

function codingOf(octet: number): DataCodingScheme | undefined {
  if (octet === 0) return PLAIN;
  if (octet < 0x80) return isCompressed(octet) ? undefined : generalCoding(octet);
  if (octet < 0xc0) return undefined;
  return octet < 0xf0 ? waitingCoding(octet) : classCoding(octet);
}

const CODINGS: readonly (DataCodingScheme | undefined)[] = Array.from({ length: 256 }, (_, octet) => {
  const coding = codingOf(octet);
  return coding && Object.freeze(coding);
});

/** Reads TP-DCS. Throws {@link CompressedTextError} for compressed text, leniently too. */
export function readDataCodingScheme(reader: Reader): DataCodingScheme {
  const octet = reader.octet();
  const coding = CODINGS[octet];
  if (coding !== undefined) return coding;
  if (isCompressed(octet)) {
    throw reader.error(CompressedTextError, 'compressed text is not supported', reader.offset - 1);
  }
  reader.deviation('a reserved coding, taken for the default alphabet', reader.offset - 1);
  return PLAIN;
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
  }
}

/** Writes TP-DCS. */
export function writeDataCodingScheme(writer: Writer, dcs: DataCodingScheme): void {
  writer.octet(dataCodingOctet(dcs));
}
