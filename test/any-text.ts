import fc from 'fast-check';

/** Code points before the halves of pairs of UTF-16, and after them. */
const BEFORE_HALVES = { min: 0, max: 0xd7ff };
const AFTER_HALVES = { min: 0xe000, max: 0x10_ffff };

/**
 * Any character of Unicode, as a unit of `fc.string`. It is what the unit `binary` gives, which builds a table of all characters first: a
 * second of processor in each process.
 */
export const anyCharacter: fc.Arbitrary<string> = fc
  .oneof(fc.integer(BEFORE_HALVES), fc.integer(AFTER_HALVES))
  .map((point) => String.fromCodePoint(point), pointOf);

/** So that texts which are dangerous as names of properties come too. @throws TypeError when it is not one character */
function pointOf(value: unknown): number {
  if (typeof value !== 'string' || [...value].length !== 1) throw new TypeError('Not one character');
  return value.codePointAt(0) ?? 0;
}
