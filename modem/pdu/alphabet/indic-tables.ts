import { type CharacterTable, characterTable, type Placed } from './character-table.ts';
import { southAsianSingle } from './south-asian-single.ts';

/** What a script of India puts into its tables. */
interface Script {
  /** First code point of its Unicode block. */
  readonly block: number;
  /** Letters, by place in the block, that other scripts have in the locking shift table and this one has not. */
  readonly without: readonly number[];
  /** Places in the block of what stands at 60 and at 7B to 7F of the locking shift table. */
  readonly rest: readonly [number, number, number, number, number, number];
  /** What the single shift table has beside the signs that all of them have, in order. */
  readonly single: readonly number[];
}

/** Both tables of a script. */
export interface ScriptTables {
  readonly locking: CharacterTable;
  readonly single: CharacterTable;
}

/** Marks, in {@link LAYOUT}, the place of a letter of the script. */
const LETTER = '\u0000';

/** What the locking shift tables have in common (3GPP TS 23.038, A.3.4 to A.3.12): signs, and room for letters. */
const LAYOUT = [
  `${LETTER.repeat(10)}\n${LETTER.repeat(2)}\r${LETTER.repeat(2)}`,
  `${LETTER.repeat(11)}\u001b${LETTER.repeat(4)}`,
  ` !${LETTER.repeat(6)})(${LETTER.repeat(2)},${LETTER}.${LETTER}`,
  `0123456789:;${LETTER.repeat(3)}?`,
  LETTER.repeat(32),
  ` abcdefghijklmno`,
  'pqrstuvwxyz     ',
].join('');

/** The letters' places in the block, in the order of {@link LAYOUT}: as in ISCII, and so in Unicode. */
const LETTERS = [...range(0x01, 0x03), ...range(0x05, 0x39), 0x3c, 0x3d, ...range(0x3e, 0x4d)];

/** Where {@link Script.rest} stands. */
const REST = [0x60, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f];

/** DANDA and DOUBLE DANDA, which the scripts share. */
const DANDAS = [0x0964, 0x0965];

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function lockingTable({ block, without, rest }: Script): CharacterTable {
  const letters = LETTERS.values();
  const placed: Placed[] = [];
  for (const [septet, character] of [...LAYOUT].entries()) {
    const letter = character === LETTER ? letters.next().value : undefined;
    if (character !== LETTER) placed.push([septet, character]);
    else if (letter !== undefined && !without.includes(letter))
      placed.push([septet, String.fromCharCode(block + letter)]);
  }
  REST.forEach((septet, index) => {
    placed.push([septet, String.fromCharCode(block + (rest[index] ?? 0))]);
  });
  return characterTable(placed);
}

function tablesOf(script: Script): ScriptTables {
  return { locking: lockingTable(script), single: southAsianSingle(script.single) };
}

/** 3GPP TS 23.038, A.2.4 and A.3.4. */
export const BENGALI: ScriptTables = tablesOf({
  block: 0x0980,
  without: [0x0d, 0x0e, 0x11, 0x12, 0x29, 0x31, 0x33, 0x34, 0x35, 0x45, 0x46, 0x49, 0x4a],
  rest: [0x4e, 0x57, 0x5c, 0x5d, 0x70, 0x71],
  single: [...range(0x09e6, 0x09ef), 0x09df, ...range(0x09e0, 0x09e3), ...range(0x09f2, 0x09fa)],
});

/** 3GPP TS 23.038, A.2.5 and A.3.5. */
export const GUJARATI: ScriptTables = tablesOf({
  block: 0x0a80,
  without: [0x0e, 0x12, 0x29, 0x31, 0x34, 0x46, 0x4a],
  rest: [0x50, 0x60, 0x61, 0x62, 0x63, 0x71],
  single: [...DANDAS, ...range(0x0ae6, 0x0aef)],
});

/** 3GPP TS 23.038, A.2.6 and A.3.6. */
export const HINDI: ScriptTables = tablesOf({
  block: 0x0900,
  without: [],
  rest: [0x50, 0x72, 0x7b, 0x7c, 0x7e, 0x7f],
  single: [...DANDAS, ...range(0x0966, 0x096f), ...range(0x0951, 0x0954), ...range(0x0958, 0x0963), 0x0970, 0x0971],
});

/** 3GPP TS 23.038, A.2.7 and A.3.7. */
export const KANNADA: ScriptTables = tablesOf({
  block: 0x0c80,
  without: [0x01, 0x0d, 0x11, 0x29, 0x34, 0x45, 0x49],
  rest: [0x55, 0x56, 0x60, 0x61, 0x62, 0x63],
  single: [...DANDAS, ...range(0x0ce6, 0x0cef), 0x0cde, 0x0cf1, 0x0cf2],
});

/** 3GPP TS 23.038, A.2.8 and A.3.8. */
export const MALAYALAM: ScriptTables = tablesOf({
  block: 0x0d00,
  without: [0x01, 0x0d, 0x11, 0x29, 0x3c, 0x45, 0x49],
  rest: [0x57, 0x60, 0x61, 0x62, 0x63, 0x79],
  single: [...DANDAS, ...range(0x0d66, 0x0d75), ...range(0x0d7a, 0x0d7f)],
});

/** 3GPP TS 23.038, A.2.9 and A.3.9. */
export const ORIYA: ScriptTables = tablesOf({
  block: 0x0b00,
  without: [0x0d, 0x0e, 0x11, 0x12, 0x29, 0x31, 0x34, 0x45, 0x46, 0x49, 0x4a],
  rest: [0x56, 0x57, 0x60, 0x61, 0x62, 0x63],
  single: [...DANDAS, ...range(0x0b66, 0x0b6f), 0x0b5c, 0x0b5d, 0x0b5f, 0x0b70, 0x0b71],
});

/** 3GPP TS 23.038, A.2.10 and A.3.10. */
export const PUNJABI: ScriptTables = tablesOf({
  block: 0x0a00,
  without: [0x0b, 0x0c, 0x0d, 0x0e, 0x11, 0x12, 0x29, 0x31, 0x34, 0x37, 0x3d, 0x43, 0x44, 0x45, 0x46, 0x49, 0x4a],
  rest: [0x51, 0x70, 0x71, 0x72, 0x73, 0x74],
  single: [...DANDAS, ...range(0x0a66, 0x0a6f), 0x0a59, 0x0a5a, 0x0a5b, 0x0a5c, 0x0a5e, 0x0a75],
});

/** 3GPP TS 23.038, A.2.11 and A.3.11. */
export const TAMIL: ScriptTables = tablesOf({
  block: 0x0b80,
  without: [
    ...[0x01, 0x0b, 0x0c, 0x0d, 0x11, 0x16, 0x17, 0x18, 0x1b, 0x1d, 0x20, 0x21, 0x22, 0x25, 0x26, 0x27, 0x2b],
    ...[0x2c, 0x2d, 0x3c, 0x3d, 0x43, 0x44, 0x45, 0x49],
  ],
  rest: [0x50, 0x57, 0x70, 0x71, 0x72, 0x79],
  single: [...DANDAS, ...range(0x0be6, 0x0bef), ...range(0x0bf3, 0x0bf8), 0x0bfa],
});

/** 3GPP TS 23.038, A.2.12 and A.3.12. The single shift table has no dandas: their places are empty. */
export const TELUGU: ScriptTables = tablesOf({
  block: 0x0c00,
  without: [0x0d, 0x11, 0x29, 0x34, 0x3c, 0x45, 0x49],
  rest: [0x55, 0x56, 0x60, 0x61, 0x62, 0x63],
  single: [0, 0, ...range(0x0c66, 0x0c6f), 0x0c58, 0x0c59, ...range(0x0c78, 0x0c7f)],
});
