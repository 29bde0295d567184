import { type CharacterTable, characterTable, type Placed } from './character-table.ts';

const DEFAULT =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';

/** The characters of the default alphabet, by septet. */
export const DEFAULT_CHARACTERS: readonly Placed[] = [...[...DEFAULT].entries()];

/** The characters of the extension table, by septet. */
export const EXTENSION_CHARACTERS: readonly Placed[] = [
  [0x0a, '\f'],
  [0x14, '^'],
  [0x28, '{'],
  [0x29, '}'],
  [0x2f, '\\'],
  [0x3c, '['],
  [0x3d, '~'],
  [0x3e, ']'],
  [0x40, '|'],
  [0x65, '€'],
];

/** The GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1). */
export const DEFAULT_TABLE: CharacterTable = characterTable(DEFAULT_CHARACTERS);

/** The extension table of the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1.1). */
export const DEFAULT_EXTENSION: CharacterTable = characterTable(EXTENSION_CHARACTERS);
