import { septetsOf } from './alphabet/gsm7.ts';
import type { Coding } from './coding.ts';
import type { Alphabet } from './data-coding-scheme.ts';
import type { NationalLanguage } from './information-element.ts';
import { type LayoutOptions, layOut } from './layout.ts';

/** What a user typing wants to know. */
export interface TextCount {
  readonly alphabet: Alphabet;
  /** The national language tables that it takes; usually none. */
  readonly shifts: readonly NationalLanguage[];
  /** Characters as Unicode counts them. */
  readonly characters: number;
  /** Septets or UTF-16 code units that they take. */
  readonly units: number;
  /** SMS that the text takes. */
  readonly segments: number;
  /** Units that one of these SMS holds. */
  readonly perSegment: number;
  /** Units that still fit without another SMS. */
  readonly left: number;
}

function unitsOf(text: string, coding: Coding): number {
  return coding.alphabet === 'gsm7' ? (septetsOf(text, coding.tables) ?? 0) : text.length;
}

/**
 * Counts a text as it is typed: how many SMS it takes and what is left of the last. Options are those of `segment`.
 * Throws `PduEncodeError` when the wanted alphabet cannot write it.
 */
export function count(text: string, options: LayoutOptions = {}): TextCount {
  const { coding, ends, capacity } = layOut({ kind: 'text', text }, options);
  const last = text.slice(ends.at(-2) ?? 0);
  return {
    alphabet: coding.alphabet,
    shifts: coding.shifts,
    characters: [...text].length,
    units: coding.units,
    segments: ends.length,
    perSegment: capacity,
    left: capacity - unitsOf(last, coding),
  };
}
