import type { ApplicationPorts } from '../bearer.ts';
import { DEFAULT_ALPHABET, septetLength, septetsOf } from './alphabet/gsm7.ts';
import type { Alphabet, DataCodingScheme, MessageClass } from './data-coding-scheme.ts';
import { PduEncodeError } from './error.ts';
import type { InformationElement } from './information-element.ts';
import { MAX_USER_DATA, type UserData } from './user-data.ts';
import { headerLength, NO_HEADER } from './user-data-header.ts';

/** A whole message, before it is cut or after it is put together. Every `SmsContent` is one. */
export type MessageContent =
  | { readonly kind: 'text'; readonly text: string; readonly ports?: ApplicationPorts }
  | { readonly kind: 'data'; readonly data: Uint8Array; readonly ports?: ApplicationPorts };

/** How to cut a message. */
export interface SegmentOptions {
  /** The concatenation reference, 0 to 65535; modulo 256 when 8 bits wide, unused when one SMS is enough. */
  readonly reference: number;
  /** Bits of the concatenation reference. Default 8. */
  readonly referenceWidth?: 8 | 16;
  /** Default: the smallest that can write the text; `8bit` for data. */
  readonly alphabet?: Alphabet;
  /** Default: none. */
  readonly messageClass?: MessageClass;
}

/** What differs from one SMS of a message to the next. */
export interface Segment {
  readonly dcs: DataCodingScheme;
  readonly userData: UserData;
}

/** Most parts that a concatenation can count. */
const MAX_SEGMENTS = 255;

/** Units (septets, octets, UTF-16 code units) that fit beside `header` octets of header. */
function capacityOf(alphabet: Alphabet, header: number): number {
  const octets = MAX_USER_DATA - header;
  switch (alphabet) {
    case 'gsm7':
      return Math.floor((octets * 8) / 7);
    case '8bit':
      return octets;
    case 'ucs2':
      return octets >> 1;
  }
}

/** Where the septets of a segment from `start` on must end so as not to cut an escape sequence. */
function endOfSeptets(text: string, start: number, capacity: number): number {
  let end = start;
  for (let left = capacity; end < text.length; end += 1) {
    left -= septetLength(text.charCodeAt(end), DEFAULT_ALPHABET);
    if (left < 0) break;
  }
  return end;
}

/** Where the UTF-16 of a segment from `start` on must end so as not to cut a surrogate pair. */
function endOfUtf16(text: string, start: number, capacity: number): number {
  const end = Math.min(start + capacity, text.length);
  const cut = end < text.length && (text.codePointAt(end - 1) ?? 0) > 0xffff;
  return cut ? end - 1 : end;
}

/** The places where a content is cut into segments of `capacity` units; the last one is its end. */
function cut(content: MessageContent, alphabet: Alphabet, capacity: number): readonly number[] {
  const length = content.kind === 'text' ? content.text.length : content.data.length;
  const ends: number[] = [];
  let end = 0;
  do {
    if (content.kind === 'data') end = Math.min(end + capacity, length);
    else if (alphabet === 'gsm7') end = endOfSeptets(content.text, end, capacity);
    else end = endOfUtf16(content.text, end, capacity);
    ends.push(end);
  } while (end < length);
  return ends;
}

function slice(content: MessageContent, start: number, end: number, header: readonly InformationElement[]): UserData {
  return content.kind === 'text'
    ? { kind: 'text', header, text: content.text.slice(start, end) }
    : { kind: 'data', header, data: content.data.subarray(start, end) };
}

function chooseAlphabet(content: MessageContent, wanted: Alphabet | undefined): Alphabet {
  if (content.kind === 'data') {
    if (wanted !== undefined && wanted !== '8bit')
      throw new PduEncodeError('TP-DCS', `data does not go into ${wanted}`);
    return '8bit';
  }
  if (wanted === '8bit') throw new PduEncodeError('TP-DCS', 'text does not go into 8bit, give data');
  if (wanted === 'ucs2') return 'ucs2';
  if (septetsOf(content.text, DEFAULT_ALPHABET) !== undefined) return 'gsm7';
  if (wanted === undefined) return 'ucs2';
  const foreign = [...content.text].find((character) => septetsOf(character, DEFAULT_ALPHABET) === undefined);
  throw new PduEncodeError('TP-UD', `'${foreign}' is not in the 7-bit alphabet`);
}

/**
 * Cuts a message into as few SMS as it takes (3GPP TS 23.040, 9.2.3.24.1). Never cuts an escape sequence or a surrogate
 * pair. Data in the result are views of the content's. Throws `PduEncodeError` when it takes more than 255 SMS or the
 * alphabet cannot write the text.
 */
export function segment(content: MessageContent, options: SegmentOptions): readonly Segment[] {
  const alphabet = chooseAlphabet(content, options.alphabet);
  const { messageClass, reference, referenceWidth: width = 8 } = options;
  const dcs: DataCodingScheme = {
    group: 'general',
    alphabet,
    automaticDeletion: false,
    ...(messageClass !== undefined && { messageClass }),
  };
  const header: readonly InformationElement[] =
    content.ports === undefined ? NO_HEADER : [{ kind: 'ports', width: 16, ...content.ports }];
  const ends = cut(content, alphabet, capacityOf(alphabet, headerLength(header)));
  if (ends.length === 1) return [{ dcs, userData: slice(content, 0, ends[0] ?? 0, header) }];

  const headerOf = (total: number, sequence: number): readonly InformationElement[] => [
    ...header,
    { kind: 'concatenation', width, reference: reference % 2 ** width, total, sequence },
  ];
  const parts = cut(content, alphabet, capacityOf(alphabet, headerLength(headerOf(1, 1))));
  const total = parts.length;
  if (total > MAX_SEGMENTS) throw new PduEncodeError('TP-UD', `${total} segments, more than ${MAX_SEGMENTS}`);
  return parts.map((end, index) => ({
    dcs,
    userData: slice(content, parts[index - 1] ?? 0, end, headerOf(total, index + 1)),
  }));
}
