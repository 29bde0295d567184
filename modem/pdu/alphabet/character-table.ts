/** In {@link CharacterTable.septets}: the table does not have the character. Bit 7, which no septet has. */
export const NONE = 0x80;

/** The septet that leads to the extension table (3GPP TS 23.038, 6.2.1.1). */
export const ESCAPE = 0x1b;

/** One table of 128 characters, both ways. */
export interface CharacterTable {
  /** UTF-16 code units by septet; 0 where there is no character. */
  readonly characters: Uint16Array;
  /** The characters that Latin-1 has, by septet; 0 where there is none. */
  readonly latin1: Uint8Array;
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
  const latin1 = Uint8Array.from(characters, (code) => (code < 0x100 ? code : 0));
  return { characters, latin1, septets };
}
