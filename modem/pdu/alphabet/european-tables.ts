import { type CharacterTable, characterTable } from './character-table.ts';
import { DEFAULT_CHARACTERS, EXTENSION_CHARACTERS } from './default-tables.ts';

// Most of these tables are the default ones with a few places taken by other letters.

/** 3GPP TS 23.038, A.3.1. */
export const TURKISH_LOCKING: CharacterTable = characterTable([
  ...DEFAULT_CHARACTERS,
  [0x04, '€'],
  [0x07, 'ı'],
  [0x0b, 'Ğ'],
  [0x0c, 'ğ'],
  [0x1c, 'Ş'],
  [0x1d, 'ş'],
  [0x40, 'İ'],
  [0x60, 'ç'],
]);

/** 3GPP TS 23.038, A.2.1. */
export const TURKISH_SINGLE: CharacterTable = characterTable([
  ...EXTENSION_CHARACTERS,
  [0x47, 'Ğ'],
  [0x49, 'İ'],
  [0x53, 'Ş'],
  [0x63, 'ç'],
  [0x67, 'ğ'],
  [0x69, 'ı'],
  [0x73, 'ş'],
]);

/** 3GPP TS 23.038, A.2.2. Spanish has no locking shift table (A.3.2 is void). */
export const SPANISH_SINGLE: CharacterTable = characterTable([
  ...EXTENSION_CHARACTERS,
  [0x09, 'ç'],
  [0x41, 'Á'],
  [0x49, 'Í'],
  [0x4f, 'Ó'],
  [0x55, 'Ú'],
  [0x61, 'á'],
  [0x69, 'í'],
  [0x6f, 'ó'],
  [0x75, 'ú'],
]);

const PORTUGUESE =
  '@£$¥êéúíóç\nÔô\rÁá' +
  'Δ_ªÇÀ∞^\\€Ó|\u001bÂâÊÉ' +
  ' !"#º%&\'()*+,-./' +
  '0123456789:;<=>?' +
  'ÍABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÃÕÚÜ§' +
  '~abcdefghijklmno' +
  'pqrstuvwxyzãõ`üà';

/** 3GPP TS 23.038, A.3.3. */
export const PORTUGUESE_LOCKING: CharacterTable = characterTable([...PORTUGUESE].entries());

/** 3GPP TS 23.038, A.2.3. */
export const PORTUGUESE_SINGLE: CharacterTable = characterTable([
  ...EXTENSION_CHARACTERS,
  [0x05, 'ê'],
  [0x09, 'ç'],
  [0x0b, 'Ô'],
  [0x0c, 'ô'],
  [0x0e, 'Á'],
  [0x0f, 'á'],
  [0x12, 'Φ'],
  [0x13, 'Γ'],
  [0x15, 'Ω'],
  [0x16, 'Π'],
  [0x17, 'Ψ'],
  [0x18, 'Σ'],
  [0x19, 'Θ'],
  [0x1f, 'Ê'],
  [0x41, 'À'],
  [0x49, 'Í'],
  [0x4f, 'Ó'],
  [0x55, 'Ú'],
  [0x5b, 'Ã'],
  [0x5c, 'Õ'],
  [0x61, 'Â'],
  [0x69, 'í'],
  [0x6f, 'ó'],
  [0x75, 'ú'],
  [0x7b, 'ã'],
  [0x7c, 'õ'],
  [0x7f, 'â'],
]);
