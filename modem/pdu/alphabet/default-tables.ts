import { type CharacterTable, characterTable } from './character-table.ts';

const DEFAULT =
  '@£$¥èéùìòÇ\nØø\rÅå' +
  'Δ_ΦΓΛΩΠΨΣΘΞ\u001bÆæßÉ' +
  ' !"#¤%&\'()*+,-./' +
  '0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNO' +
  'PQRSTUVWXYZÄÖÑÜ§' +
  '¿abcdefghijklmno' +
  'pqrstuvwxyzäöñüà';

/** The GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1). */
export const DEFAULT_TABLE: CharacterTable = characterTable([...DEFAULT].entries());

/** The extension table of the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1.1). */
export const DEFAULT_EXTENSION: CharacterTable = characterTable([
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
]);
