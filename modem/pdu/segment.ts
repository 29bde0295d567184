import type { SmsContent } from '../bearer.ts';
import { type Alphabet, type DataCodingScheme, type MessageClass, PLAIN } from './data-coding-scheme.ts';
import { PduEncodeError } from './error.ts';
import type { InformationElement } from './information-element.ts';
import { type LayoutOptions, layOut } from './layout.ts';
import { view } from './octets.ts';
import type { UserData } from './user-data.ts';

/** How to cut a message. */
export interface SegmentOptions extends LayoutOptions {
  /** The concatenation reference, 0 to 65535; modulo 256 when 8 bits wide, unused when one SMS is enough. */
  readonly reference: number;
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

function slice(content: SmsContent, start: number, end: number, header: readonly InformationElement[]): UserData {
  if (content.kind === 'data') return { kind: 'data', header, data: view(content.data, start, end) };
  return { kind: 'text', header, text: content.text.slice(start, end) };
}

function dcsOf(alphabet: Alphabet, messageClass: MessageClass | undefined): DataCodingScheme {
  if (messageClass === undefined) return alphabet === 'gsm7' ? PLAIN : { ...PLAIN, alphabet };
  return { ...PLAIN, alphabet, messageClass };
}

/**
 * Cuts a message into as few SMS as it takes (3GPP TS 23.040, 9.2.3.24.1). Never cuts an escape sequence or a surrogate
 * pair. Data in the result are views of the content's. Throws `PduEncodeError` when it takes more than 255 SMS or the
 * wanted alphabet cannot write it.
 */
export function segment(content: SmsContent, options: SegmentOptions): readonly Segment[] {
  const { coding, header, ends } = layOut(content, options);
  const dcs = dcsOf(coding.alphabet, options.messageClass);
  const total = ends.length;
  if (total === 1) return [{ dcs, userData: slice(content, 0, ends[0] ?? 0, header) }];
  if (total > MAX_SEGMENTS) throw new PduEncodeError('TP-UD', `${total} segments, more than ${MAX_SEGMENTS}`);
  const width = options.referenceWidth ?? 8;
  const reference = options.reference % 2 ** width;
  return ends.map((end, index) => ({
    dcs,
    userData: slice(content, ends[index - 1] ?? 0, end, [
      ...header,
      { kind: 'concatenation', width, reference, total, sequence: index + 1 },
    ]),
  }));
}
