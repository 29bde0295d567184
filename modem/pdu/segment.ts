import type { SmsContent } from './content.ts';
import { type Alphabet, type DataCodingScheme, type MessageClass, PLAIN } from './data-coding-scheme.ts';
import { PduEncodeError } from './error.ts';
import type { InformationElement } from './information-element.ts';
import { type LayoutOptions, layOut } from './layout.ts';
import { view } from './octets.ts';
import type { UserData } from './user-data.ts';

/** How a message is written. */
export interface CodingOptions extends Omit<LayoutOptions, 'referenceWidth'> {
  /** Default: none. */
  readonly messageClass?: MessageClass;
  /**
   * TP-DCS itself, in place of `alphabet` and `messageClass`: for the other coding groups, as message waiting or F0, data
   * coding and message class. Default: of the general group, with the smallest alphabet.
   */
  readonly dcs?: DataCodingScheme;
}

/** How to cut a message. */
export interface SegmentOptions extends CodingOptions, LayoutOptions {
  /** The concatenation reference, 0 to 65535; modulo 256 when 8 bits wide, unused when one SMS is enough. */
  readonly reference: number;
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

/** The options with the alphabet that TP-DCS, if given, says. */
function withAlphabet<Options extends CodingOptions>(options: Options): Options {
  const { dcs, alphabet, messageClass } = options;
  if (dcs === undefined) return options;
  if (messageClass !== undefined || (alphabet !== undefined && alphabet !== dcs.alphabet)) {
    throw new PduEncodeError(
      'TP-DCS',
      `it says ${dcs.alphabet} and its own class: give no alphabet and no class beside it`,
    );
  }
  return { ...options, alphabet: dcs.alphabet };
}

/**
 * Cuts a message into as few SMS as it takes (3GPP TS 23.040, 9.2.3.24.1). Never cuts an escape sequence or a surrogate
 * pair, nor what a reader sees as one character (an emoji of several, a letter with its marks) unless it is longer than an
 * SMS. Data in the result are views of the content's. Throws `PduEncodeError` when it takes more than 255 SMS or the
 * wanted alphabet cannot write it.
 */
export function segment(given: SmsContent, options: SegmentOptions): readonly Segment[] {
  const { content, coding, header, ends } = layOut(given, withAlphabet(options));
  const dcs = options.dcs ?? dcsOf(coding.alphabet, options.messageClass);
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
