import { LANGUAGES, type Language } from './alphabet/language.ts';
import { WAITING_KINDS, type WaitingKind } from './data-coding-scheme.ts';
import { inOctets, view } from './octets.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** Concatenated short message: one of `total` parts (3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8). */
export interface Concatenation {
  readonly kind: 'concatenation';
  /** Bits of the reference: element 00 has 8, element 08 has 16. */
  readonly width: 8 | 16;
  readonly reference: number;
  /** 1 to 255. */
  readonly total: number;
  /** 1 to `total`. */
  readonly sequence: number;
}

/** Application port addressing (3GPP TS 23.040, 9.2.3.24.3 and 9.2.3.24.4). */
export interface Ports {
  readonly kind: 'ports';
  /** Bits of each port: element 04 has 8, element 05 has 16. */
  readonly width: 8 | 16;
  readonly destination: number;
  readonly source: number;
}

/** National language table for the text of this message (3GPP TS 23.040, 9.2.3.24.15 and 9.2.3.24.16). */
export interface NationalLanguage {
  readonly kind: 'national-language';
  /** `single` (element 24) replaces the extension table, `locking` (element 25) the default alphabet. */
  readonly shift: 'single' | 'locking';
  readonly language: Language;
}

/** Special SMS message indication, element 01: how many messages wait in a mailbox (3GPP TS 23.040, 9.2.3.24.2). */
export interface SpecialMessage {
  readonly kind: 'special-message';
  /** Whether this message is to be stored after the indicator was set. */
  readonly store: boolean;
  readonly waiting: WaitingKind;
  /** Extended message indication type, 0 to 7: 0 none, 1 video (with `other`), the rest reserved. */
  readonly extendedType: number;
  /** Multiple subscriber profile, 1 to 4. */
  readonly profile: number;
  /** 0 to 255; 255 means 255 or more. */
  readonly count: number;
}

/** Any other information element, as it came. */
export interface OtherElement {
  readonly kind: 'other';
  /** IEI, 0 to 255. */
  readonly id: number;
  /** 0 to 137 octets. */
  readonly data: Uint8Array;
}

/** One element of the user-data header (3GPP TS 23.040, 9.2.3.24). */
export type InformationElement = Concatenation | Ports | NationalLanguage | SpecialMessage | OtherElement;

const CONCATENATION_8 = 0x00;
const SPECIAL_MESSAGE = 0x01;
const PORTS_8 = 0x04;
const PORTS_16 = 0x05;
const CONCATENATION_16 = 0x08;
const SINGLE_SHIFT = 0x24;
const LOCKING_SHIFT = 0x25;

/** Octets of data of the elements that this codec knows, by IEI. */
const LENGTHS: Readonly<Partial<Record<number, number>>> = {
  [CONCATENATION_8]: 3,
  [SPECIAL_MESSAGE]: 2,
  [PORTS_8]: 2,
  [PORTS_16]: 4,
  [CONCATENATION_16]: 4,
  [SINGLE_SHIFT]: 1,
  [LOCKING_SHIFT]: 1,
};

/** The typed element whose data begins at `reader.offset`, or what is wrong with it. Its length is right. */
function typedElement(reader: Reader, id: number): InformationElement | string {
  switch (id) {
    case CONCATENATION_8:
      return concatenation(reader, 8, reader.octet());
    case CONCATENATION_16:
      return concatenation(reader, 16, reader.octet() * 256 + reader.octet());
    case PORTS_8:
      return { kind: 'ports', width: 8, destination: reader.octet(), source: reader.octet() };
    case PORTS_16:
      return {
        kind: 'ports',
        width: 16,
        destination: reader.octet() * 256 + reader.octet(),
        source: reader.octet() * 256 + reader.octet(),
      };
    case SINGLE_SHIFT:
      return nationalLanguage(reader, id, 'single');
    case LOCKING_SHIFT:
      return nationalLanguage(reader, id, 'locking');
    default:
      return specialMessage(reader);
  }
}

function concatenation(reader: Reader, width: 8 | 16, reference: number): Concatenation | string {
  const total = reader.octet();
  const sequence = reader.octet();
  if (sequence === 0 || sequence > total) return `part ${sequence} of ${total}`;
  return { kind: 'concatenation', width, reference, total, sequence };
}

/** A reserved language gives an element `other`, without effect, as an unknown IEI does (3GPP TS 23.040, 9.2.3.24). */
function nationalLanguage(reader: Reader, id: number, shift: NationalLanguage['shift']): InformationElement {
  const octet = reader.octet();
  const language = LANGUAGES[octet - 1];
  if (language !== undefined) return { kind: 'national-language', shift, language };
  reader.tolerate(`element ${id}: language ${octet} is reserved`, reader.offset - 1, 'ignored');
  return { kind: 'other', id, data: view(reader.octets, reader.offset - 1, reader.offset) };
}

function specialMessage(reader: Reader): SpecialMessage {
  const type = reader.octet();
  return {
    kind: 'special-message',
    store: type >= 0x80,
    waiting: WAITING_KINDS[type & 3] ?? 'other',
    extendedType: (type >> 2) & 7,
    profile: ((type >> 5) & 3) + 1,
    count: reader.octet(),
  };
}

/**
 * Reads one element of a header that ends at octet `limit`. A malformed element is kept as `other` in lenient decoding.
 * Undefined: the element is longer than the header.
 */
export function readElement(reader: Reader, limit: number): InformationElement | undefined {
  const id = reader.octet();
  if (reader.offset === limit) {
    reader.deviation('a single octet is no information element', reader.offset - 1, 'the header ignored');
    return undefined;
  }
  const length = reader.octet();
  const start = reader.offset;
  const end = start + length;
  if (end > limit) {
    reader.deviation(`element ${id} of ${inOctets(length)} goes beyond the header`, start - 1, 'the header ignored');
    return undefined;
  }
  const expected = LENGTHS[id];
  if (expected !== undefined) {
    const element = expected === length ? typedElement(reader, id) : `${inOctets(length)} instead of ${expected}`;
    if (typeof element !== 'string') return element;
    reader.deviation(`element ${id}: ${element}`, start, 'ignored');
  }
  reader.offset = end;
  return { kind: 'other', id, data: view(reader.octets, start, end) };
}

function write16(writer: Writer, value: number): void {
  writer.octet(value >> 8);
  writer.octet(value & 0xff);
}

/** Octets that the element takes, IEI and length included. */
export function elementLength(element: InformationElement): number {
  switch (element.kind) {
    case 'concatenation':
      return element.width === 8 ? 5 : 6;
    case 'ports':
      return element.width === 8 ? 4 : 6;
    case 'national-language':
      return 3;
    case 'special-message':
      return 4;
    case 'other':
      return 2 + element.data.length;
  }
}

/** Writes one element. */
export function writeElement(writer: Writer, element: InformationElement): void {
  const length = elementLength(element) - 2;
  switch (element.kind) {
    case 'concatenation':
      writer.octet(element.width === 8 ? CONCATENATION_8 : CONCATENATION_16);
      writer.octet(length);
      if (element.width === 8) writer.octet(element.reference);
      else write16(writer, element.reference);
      if (element.sequence < 1 || element.sequence > element.total) {
        writer.refuse(`part ${element.sequence} of ${element.total}`);
      }
      writer.octet(element.total);
      writer.octet(element.sequence);
      break;
    case 'ports': {
      const write = element.width === 8 ? (value: number) => writer.octet(value) : write16.bind(undefined, writer);
      writer.octet(element.width === 8 ? PORTS_8 : PORTS_16);
      writer.octet(length);
      write(element.destination);
      write(element.source);
      break;
    }
    case 'national-language':
      writer.octet(element.shift === 'single' ? SINGLE_SHIFT : LOCKING_SHIFT);
      writer.octet(length);
      writer.octet(LANGUAGES.indexOf(element.language) + 1);
      break;
    case 'special-message':
      writer.octet(SPECIAL_MESSAGE);
      writer.octet(length);
      writer.octet(specialType(writer, element));
      writer.octet(element.count);
      break;
    case 'other':
      writer.octet(element.id);
      writer.octet(length);
      writer.append(element.data);
  }
}

function specialType(writer: Writer, { store, waiting, extendedType, profile }: SpecialMessage): number {
  if (!(profile >= 1 && profile <= 4)) writer.refuse(`profile ${profile} is not 1 to 4`);
  if (!(extendedType >= 0 && extendedType <= 7)) writer.refuse(`extended type ${extendedType} is not 0 to 7`);
  return (store ? 0x80 : 0) | ((profile - 1) << 5) | (extendedType << 2) | WAITING_KINDS.indexOf(waiting);
}
