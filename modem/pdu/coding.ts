import { codeUnitsOf } from './alphabet/code-units.ts';
import {
  DEFAULT_ALPHABET,
  firstForeign,
  hasCharacter,
  type SeptetAlphabet,
  septetLength,
  septetsOf,
} from './alphabet/gsm7.ts';
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
      /** The elements of the header that select the national tables. */
      readonly shifts: readonly NationalLanguage[];
      /** Septets that the whole content takes. */
      readonly units: number;
    }
  /** `units` are UTF-16 code units or octets. */
  | { readonly alphabet: 'ucs2' | '8bit'; readonly shifts: readonly []; readonly units: number };

const NO_SHIFTS: readonly [] = [];

/** A pair of tables, at least one of them national, and the header elements that select them. */
interface Shifted {
  readonly tables: SeptetAlphabet;
  readonly shifts: readonly NationalLanguage[];
}

function shifted(locking: Language | undefined, single: Language | undefined): Shifted {
  const shifts: NationalLanguage[] = [];
  if (locking !== undefined) shifts.push({ kind: 'national-language', shift: 'locking', language: locking });
  if (single !== undefined) shifts.push({ kind: 'national-language', shift: 'single', language: single });
  return { tables: nationalAlphabet(locking, single), shifts };
}

/** The tables of one language. */
const OF_LANGUAGE: ReadonlyMap<Language | 'auto' | 'none', readonly Shifted[]> = new Map(
  LANGUAGES.map((one) => [one, [shifted(undefined, one), shifted(one, undefined), shifted(one, one)]]),
);

/** All pairs of tables: first the pairs of one language, then those of two. */
const SHIFTED: readonly Shifted[] = [
  ...[...OF_LANGUAGE.values()].flat(),
  ...LANGUAGES.flatMap((one) => LANGUAGES.filter((other) => other !== one).map((other) => shifted(one, other))),
];

/** Which tables may write a text. */
export interface TextCodingOptions {
  /** Default: the smallest that can write the text. */
  readonly alphabet?: Alphabet;
  /**
   * Which national tables the recipient's phone knows: those of one language, of all (`auto`, the default), or of none.
   * National tables are used where they save an SMS.
   */
  readonly language?: Language | 'auto' | 'none';
}

/** How often a text has a code unit. */
type Occurrence = readonly [code: number, count: number];

/** The code units of a text. Those that the default alphabet lacks come first: with them most tables are excluded soonest. */
function occurrencesIn(text: string): readonly Occurrence[] {
  const units = codeUnitsOf(text);
  const counts = new Map<number, number>();
  for (let at = 0; at < text.length; at += 1) counts.set(units[at] ?? 0, (counts.get(units[at] ?? 0) ?? 0) + 1);
  const isForeign = ([code]: Occurrence) => !hasCharacter(code, DEFAULT_ALPHABET);
  const all = [...counts];
  return [...all.filter(isForeign), ...all.filter((occurrence) => !isForeign(occurrence))];
}

/** Septets that the code units take, or undefined when the alphabet does not have them all. */
function septetsFor(occurrences: readonly Occurrence[], alphabet: SeptetAlphabet): number | undefined {
  let septets = 0;
  for (const [code, count] of occurrences) {
    if (!hasCharacter(code, alphabet)) return undefined;
    septets += count * septetLength(code, alphabet);
  }
  return septets;
}

/** The text in the default alphabet, if that has all of its characters. */
function defaultCoding(text: string): Coding | undefined {
  const units = septetsOf(text, DEFAULT_ALPHABET);
  return units === undefined ? undefined : { alphabet: 'gsm7', tables: DEFAULT_ALPHABET, shifts: NO_SHIFTS, units };
}

/** The ways to write the text with tables of languages. */
function nationalCodings(text: string, language: Language | 'auto' | 'none'): readonly Coding[] {
  if (language === 'none') return [];
  const occurrences = occurrencesIn(text);
  return (OF_LANGUAGE.get(language) ?? SHIFTED).flatMap(({ tables, shifts }): readonly Coding[] => {
    const units = septetsFor(occurrences, tables);
    return units === undefined ? [] : [{ alphabet: 'gsm7', tables, shifts, units }];
  });
}

function first(codings: readonly Coding[], segmentsOf: (coding: Coding) => number): Coding | undefined {
  let best: { readonly coding: Coding; readonly segments: number } | undefined;
  for (const coding of codings) {
    const segments = segmentsOf(coding);
    if (best === undefined || segments < best.segments) best = { coding, segments };
  }
  return best?.coding;
}

/**
 * The coding of a text: the default alphabet if it has all of the characters; otherwise UTF-16, unless the tables of
 * languages take fewer segments, because every phone reads UTF-16 and not all know those tables. With a language given,
 * its tables may save an SMS of a text in the default alphabet, too: the euro sign is one septet of the Turkish one. With
 * an alphabet given, the best of that alphabet; throws `PduEncodeError` when it cannot write the text.
 */
export function chooseTextCoding(
  text: string,
  { alphabet: wanted, language = 'auto' }: TextCodingOptions,
  segmentsOf: (coding: Coding) => number,
): Coding {
  if (wanted === '8bit') throw new PduEncodeError('TP-DCS', 'text does not go into 8bit, give data');
  const plain = wanted === 'ucs2' ? undefined : defaultCoding(text);
  if (plain !== undefined && (language === 'auto' || segmentsOf(plain) === 1)) return plain;
  const utf16: Coding = { alphabet: 'ucs2', shifts: NO_SHIFTS, units: text.length };
  if (wanted === 'ucs2') return utf16;
  if (wanted === undefined && segmentsOf(utf16) === 1) return utf16;
  const forAll = [...(plain === undefined ? [] : [plain]), ...(wanted === undefined ? [utf16] : [])];
  const found = first([...forAll, ...nationalCodings(text, language)], segmentsOf);
  if (found !== undefined) return found;
  const where = language === 'auto' ? 'a 7-bit alphabet' : 'the 7-bit alphabets allowed';
  throw new PduEncodeError('TP-UD', `'${firstForeign(text, DEFAULT_ALPHABET)}' is not in ${where}`);
}

/** The coding of data. Throws `PduEncodeError` when another alphabet is wanted. */
export function dataCoding(data: Uint8Array, wanted: Alphabet | undefined): Coding {
  if (wanted !== undefined && wanted !== '8bit') throw new PduEncodeError('TP-DCS', `data does not go into ${wanted}`);
  return { alphabet: '8bit', shifts: NO_SHIFTS, units: data.length };
}
