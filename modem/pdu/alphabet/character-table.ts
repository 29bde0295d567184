/** In {@link CharacterTable.septets}: the table does not have the character. */
export const NONE = 0xff;

/** The septet that leads to the extension table (3GPP TS 23.038, 6.2.1.1). */
export const ESCAPE = 0x1b;

/** One table of 128 characters, both ways. */
export interface CharacterTable {
  /** UTF-16 code units by septet; 0 where there is no character. */
  readonly characters: Uint16Array;
  /** Septets by UTF-16 code unit; {@link NONE} where there is none. The first place counts when there are two. */
  readonly septets: Uint8Array;
}

/** A character, one UTF-16 code unit, and its place in a table. */
export type Placed = readonly [septet: number, character: string];

/** Builds a table from its characters; a later one takes the place of an earlier. {@link ESCAPE} has none. */
export function characterTable(placed: Iterable<Placed>): CharacterTable {
  const characters = new Uint16Array(128);
  for (const [septet, character] of placed) if (septet !== ESCAPE) characters[septet] = character.charCodeAt(0);
  const septets = new Uint8Array(Math.max(...characters) + 1).fill(NONE);
  characters.forEach((code, septet) => {
    if (code !== 0 && septets[code] === NONE) septets[code] = septet;
  });
  return { characters, septets };
}
