import { septetsOf } from './alphabet/gsm7.ts';
import { LANGUAGE_CODES, LANGUAGES } from './alphabet/language.ts';
import type { Coding } from './coding.ts';
import type { Alphabet } from './data-coding-scheme.ts';
import { PduEncodeError } from './error.ts';
import type { NationalLanguage } from './information-element.ts';
import { type LayoutOptions, layOut } from './layout.ts';

/** The size of a text, as a person who types it wants to see it. */
export interface TextCount {
  readonly alphabet: Alphabet;
  /** The national language tables that the text needs; usually none. */
  readonly shifts: readonly NationalLanguage[];
  /** Characters as Unicode counts them. */
  readonly characters: number;
  /** Septets or UTF-16 code units that the text takes. */
  readonly units: number;
  /** SMS that the text takes. */
  readonly segments: number;
  /** Units that one of these SMS holds. */
  readonly perSegment: number;
  /** Units that still fit without another SMS. */
  readonly left: number;
}

/** What a text costs with one choice of the options. */
export interface CountedChoice extends TextCount {
  /** `auto`, `gsm7`, `transliterated`, the code of a language (ISO 639-1), or `ucs2`. */
  readonly choice: string;
}

function unitsOf(text: string, coding: Coding): number {
  return coding.alphabet === 'gsm7' ? (septetsOf(text, coding.tables) ?? 0) : text.length;
}

/**
 * Counts a text as it is typed: how many SMS it takes and what is left of the last. Options are those of `segment`.
 * Throws `PduEncodeError` when the wanted alphabet cannot write it.
 */
export function count(text: string, options: LayoutOptions = {}): TextCount {
  const { content, coding, ends, capacity } = layOut({ kind: 'text', text }, options);
  const written = content.kind === 'text' ? content.text : text;
  const last = written.slice(ends.at(-2) ?? 0);
  return {
    alphabet: coding.alphabet,
    shifts: coding.shifts,
    characters: [...written].length,
    units: coding.units,
    segments: ends.length,
    perSegment: capacity,
    left: capacity - unitsOf(last, coding),
  };
}

/** The choices that are compared, and the options that each stands for. */
const CHOICES: readonly (readonly [choice: string, options: LayoutOptions])[] = [
  ['auto', {}],
  ['gsm7', { alphabet: 'gsm7', language: 'none' }],
  ['transliterated', { alphabet: 'gsm7', language: 'none', transliterate: true }],
  ...LANGUAGES.map((language, index) => [LANGUAGE_CODES[index] ?? '', { alphabet: 'gsm7', language }] as const),
  ['ucs2', { alphabet: 'ucs2' }],
];

/**
 * The size of a text with each choice that can write it: first the choice that `segment` makes, then the others. A language
 * is left out when its tables change nothing for this text, and so is transliteration.
 */
export function compareChoices(text: string, { referenceWidth = 8 }: LayoutOptions = {}): readonly CountedChoice[] {
  const counted = CHOICES.flatMap(([choice, options]) => {
    const found = countIfPossible(text, { ...options, referenceWidth });
    return found === undefined ? [] : [{ choice, options, ...found }];
  });
  const isPlain = counted.some(({ choice }) => choice === 'gsm7');
  return counted
    .filter(({ options, choice, shifts }) => {
      if (choice === 'transliterated') return !isPlain;
      return options.language === undefined || options.language === 'none' || shifts.length > 0;
    })
    .map(({ options: _options, ...rest }) => rest);
}

function countIfPossible(text: string, options: LayoutOptions): TextCount | undefined {
  try {
    return count(text, options);
  } catch (error) {
    if (error instanceof PduEncodeError) return undefined;
    throw error;
  }
}
