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

/** A language that has tables of its own (3GPP TS 23.038, 6.2.1.2.4 and 6.2.1.2.5). */
export type Language = (typeof LANGUAGES)[number];
