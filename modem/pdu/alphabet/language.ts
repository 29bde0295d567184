/**
 * The languages that have tables of their own (3GPP TS 23.038, 6.2.1.2.4 and 6.2.1.2.5). The position in this list plus
 * one is the national language identifier on the wire.
 */
export const LANGUAGES = [
  'turkish',
  'spanish',
  'portuguese',
  'bengali',
  'gujarati',
  'hindi',
  'kannada',
  'malayalam',
  'oriya',
  'punjabi',
  'tamil',
  'telugu',
  'urdu',
] as const;

/** The languages by their codes of ISO 639-1, in the order of {@link LANGUAGES}. */
export const LANGUAGE_CODES = ['tr', 'es', 'pt', 'bn', 'gu', 'hi', 'kn', 'ml', 'or', 'pa', 'ta', 'te', 'ur'] as const;

/** A language that has tables of its own (3GPP TS 23.038, 6.2.1.2.4 and 6.2.1.2.5). */
export type Language = (typeof LANGUAGES)[number];

/** The language of a code of ISO 639-1 (`tr`), or of its own name (`turkish`). */
export function languageOf(code: string): Language | undefined {
  return LANGUAGES.find((language, index) => language === code || LANGUAGE_CODES[index] === code);
}
