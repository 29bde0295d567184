import { codeUnitsOf } from './alphabet/code-units.ts';
import { type SeptetAlphabet, septetLength } from './alphabet/gsm7.ts';
import { transliterated } from './alphabet/transliteration.ts';
import { type Coding, chooseTextCoding, dataCoding, type TextCodingOptions } from './coding.ts';
import type { ApplicationPorts, SmsContent } from './content.ts';
import type { Alphabet } from './data-coding-scheme.ts';
import type { InformationElement } from './information-element.ts';
import { MAX_USER_DATA } from './limits.ts';
import { headerLength, NO_HEADER } from './user-data-header.ts';

/** The options that decide where a message is cut. */
export interface LayoutOptions extends TextCodingOptions {
  /** Bits of the concatenation reference. Default 8. */
  readonly referenceWidth?: 8 | 16;
  /**
   * Whether a text that is not in the default alphabet is written with what looks like it there (“é” stays, “ő” is “o”,
   * “„” is “"”), if that can be done for all of it. Default false.
   */
  readonly transliterate?: boolean;
}

/** How a message is cut into segments. */
export interface Layout {
  /** The content that is cut: the given one, or its transliteration. */
  readonly content: SmsContent;
  readonly coding: Coding;
  /** The elements that every segment has, without concatenation. */
  readonly header: readonly InformationElement[];
  /** Where each segment ends, in UTF-16 code units of the text or octets of the data. */
  readonly ends: readonly number[];
  /** Units (septets, octets, UTF-16 code units) that a segment holds. */
  readonly capacity: number;
}

/** Octets of a concatenation element, by the width of its reference. */
const CONCATENATION_LENGTH = { 8: 5, 16: 6 };

/** Units that fit beside `header` octets of header. */
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
function endOfSeptets(
  units: Uint16Array,
  length: number,
  tables: SeptetAlphabet,
  start: number,
  capacity: number,
): number {
  let end = start;
  for (let left = capacity; end < length; end += 1) {
    left -= septetLength(units[end] ?? 0, tables);
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

/** Cuts a text into graphemes, what a reader sees as one character. Created at first use, because loading is slow. */
let graphemes: Intl.Segmenter | undefined;

/** Below this code point no character joins with the next one to a grapheme, except CR LF. */
const FIRST_MARK = 0x300;

/** Code units of the longest code point. */
const LONGEST_CODE_POINT = 2;

/**
 * The end of a segment moved back to where no character that a reader sees as one is cut (an emoji of several, a flag, a
 * letter with its marks, CR LF), if there is such a place behind `start`.
 */
function endOfGrapheme(text: string, start: number, end: number): number {
  const [before, behind] = [text.charCodeAt(end - 1), text.charCodeAt(end)];
  if (before < FIRST_MARK && behind < FIRST_MARK && behind !== LINE_FEED) return end;
  graphemes ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  // One code point behind the end is enough to see whether the end cuts a grapheme; with the whole text the segmenter
  // would go through all of it for each segment.
  const near = graphemes.segment(text.slice(start, end + LONGEST_CODE_POINT));
  const boundary = near.containing(end - start)?.index ?? 0;
  return boundary > 0 ? start + boundary : end;
}

const LINE_FEED = 0x0a;

/** The places where a content is cut into segments of `capacity` units; the last one is its end. */
function cut(content: SmsContent, coding: Coding, capacity: number): readonly number[] {
  const length = content.kind === 'text' ? content.text.length : content.data.length;
  if (coding.units <= capacity) return [length];
  const ends: number[] = [];
  const text = content.kind === 'text' ? content.text : '';
  const units = codeUnitsOf(text);
  for (let start = 0, end = 0; end < length; start = end, ends.push(end)) {
    if (coding.alphabet === 'gsm7') end = endOfSeptets(units, length, coding.tables, end, capacity);
    else if (coding.alphabet === 'ucs2') end = endOfUtf16(text, end, capacity);
    else end = Math.min(end + capacity, length);
    if (content.kind === 'text' && end < length) end = endOfGrapheme(text, start, end);
  }
  return ends;
}

/** Cuts a content as one coding writes it. */
function layoutIn(content: SmsContent, coding: Coding, { referenceWidth = 8 }: LayoutOptions): Layout {
  const header: readonly InformationElement[] =
    content.ports === undefined && coding.shifts.length === 0
      ? NO_HEADER
      : [...(content.ports === undefined ? [] : [portsElement(content.ports)]), ...coding.shifts];
  const alone = headerLength(header);
  const single = capacityOf(coding.alphabet, alone);
  if (coding.units <= single) return { content, coding, header, ends: cut(content, coding, single), capacity: single };
  const capacity = capacityOf(coding.alphabet, Math.max(alone, 1) + CONCATENATION_LENGTH[referenceWidth]);
  return { content, coding, header, ends: cut(content, coding, capacity), capacity };
}

function portsElement(ports: ApplicationPorts): InformationElement {
  return { kind: 'ports', width: 16, destination: ports.destination, source: ports.source };
}

/** Chooses the coding of a content and cuts it. Throws `PduEncodeError` when the wanted alphabet cannot write it. */
export function layOut(given: SmsContent, options: LayoutOptions): Layout {
  if (given.kind === 'data') return layoutIn(given, dataCoding(given.data, options.alphabet), options);
  const content = options.transliterate === true ? { ...given, text: transliterated(given.text) ?? given.text } : given;
  const coding = chooseTextCoding(
    content.text,
    options,
    (candidate) => layoutIn(content, candidate, options).ends.length,
  );
  return layoutIn(content, coding, options);
}
