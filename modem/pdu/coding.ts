import { DEFAULT_ALPHABET, firstForeign, type SeptetAlphabet, septetsOf } from './alphabet/gsm7.ts';
import { LANGUAGES, type Language } from './alphabet/language.ts';
import { nationalAlphabet } from './alphabet/national.ts';
import type { Alphabet } from './data-coding-scheme.ts';
import { PduEncodeError } from './error.ts';
import type { NationalLanguage } from './information-element.ts';

/** One way to write a content. */
export type Coding =
  | {
      readonly alphabet: 'gsm7';
      readonly tables: SeptetAlphabet;
      /** The elements that the header must have for it. */
      readonly shifts: readonly NationalLanguage[];
      /** Septets that the whole content takes. */
      readonly units: number;
    }
  /** `units` are UTF-16 code units or octets. */
  | { readonly alphabet: 'ucs2' | '8bit'; readonly shifts: readonly []; readonly units: number };

const NO_SHIFTS: readonly [] = [];

function septetCoding(text: string, locking: Language | undefined, single: Language | undefined): Coding | undefined {
  const tables = nationalAlphabet(locking, single);
  const units = septetsOf(text, tables);
  if (units === undefined) return undefined;
  const shifts: NationalLanguage[] = [];
  if (locking !== undefined) shifts.push({ kind: 'national-language', shift: 'locking', language: locking });
  if (single !== undefined) shifts.push({ kind: 'national-language', shift: 'single', language: single });
  return { alphabet: 'gsm7', tables, shifts, units };
}

/** The text in the default alphabet, if that has all of its characters. */
function defaultCoding(text: string): Coding | undefined {
  const units = septetsOf(text, DEFAULT_ALPHABET);
  return units === undefined ? undefined : { alphabet: 'gsm7', tables: DEFAULT_ALPHABET, shifts: NO_SHIFTS, units };
}

/** The ways to write the text with the tables of one language at a time. */
function nationalCodings(text: string): readonly Coding[] {
  return LANGUAGES.flatMap((language) => [
    septetCoding(text, undefined, language) ?? [],
    septetCoding(text, language, undefined) ?? [],
    septetCoding(text, language, language) ?? [],
  ]).flat();
}

function first(codings: readonly Coding[], segmentsOf: (coding: Coding) => number): Coding | undefined {
  let best: Coding | undefined;
  for (const coding of codings) if (best === undefined || segmentsOf(coding) < segmentsOf(best)) best = coding;
  return best;
}

/**
 * The coding of a text: the default alphabet if it has all of the characters; otherwise UTF-16, unless the tables of a
 * language take fewer segments, because every phone reads UTF-16 and few know those tables. With `wanted`, the best of
 * that alphabet; throws `PduEncodeError` when it cannot write the text.
 */
export function chooseTextCoding(
  text: string,
  wanted: Alphabet | undefined,
  segmentsOf: (coding: Coding) => number,
): Coding {
  if (wanted === '8bit') throw new PduEncodeError('TP-DCS', 'text does not go into 8bit, give data');
  const plain = wanted === 'ucs2' ? undefined : defaultCoding(text);
  if (plain !== undefined) return plain;
  const utf16: Coding = { alphabet: 'ucs2', shifts: NO_SHIFTS, units: text.length };
  if (wanted === 'ucs2') return utf16;
  if (wanted === undefined && segmentsOf(utf16) === 1) return utf16;
  const found = first([...(wanted === undefined ? [utf16] : []), ...nationalCodings(text)], segmentsOf);
  if (found !== undefined) return found;
  throw new PduEncodeError('TP-UD', `'${firstForeign(text, DEFAULT_ALPHABET)}' is not in a 7-bit alphabet`);
}

/** The coding of data. Throws `PduEncodeError` when another alphabet is wanted. */
export function dataCoding(data: Uint8Array, wanted: Alphabet | undefined): Coding {
  if (wanted !== undefined && wanted !== '8bit') throw new PduEncodeError('TP-DCS', `data does not go into ${wanted}`);
  return { alphabet: '8bit', shifts: NO_SHIFTS, units: data.length };
}
