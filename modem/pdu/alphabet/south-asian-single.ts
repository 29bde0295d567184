import { type CharacterTable, characterTable, type Placed } from './character-table.ts';
import { EXTENSION_CHARACTERS } from './default-tables.ts';

/** Characters in a row, from septet `start` on. */
function row(start: number, characters: string): readonly Placed[] {
  return [...characters].map((character, index) => [start + index, character]);
}

/** The signs and letters that the single shift tables of South Asia share (3GPP TS 23.038, A.2.4 to A.2.13). */
const SHARED: readonly Placed[] = [
  ...EXTENSION_CHARACTERS,
  ...row(0x00, '@£$¥¿"¤%&\''),
  ...row(0x0b, '*+'),
  ...row(0x0e, '-/'),
  ...row(0x10, '<=>¡^¡_#*'),
  ...row(0x41, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'),
];

/** The places that are left for the script, in order. */
const FREE = [
  ...[0x19, 0x1a, 0x1c, 0x1d, 0x1e, 0x1f],
  ...[0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e],
  ...[0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3f],
];

/** A single shift table of South Asia from the code points of its script, in order; 0 leaves a place empty. */
export function southAsianSingle(codes: readonly number[]): CharacterTable {
  const placed = codes.map((code, index): Placed => [FREE[index] ?? 0, String.fromCharCode(code)]);
  return characterTable([...SHARED, ...placed]);
}
