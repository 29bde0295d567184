/** In {@link CharacterTable.septets}: the table does not have the character. */
export const NONE = 0xff;

/** The septet that leads to the extension table (3GPP TS 23.038, 6.2.1.1). */
export const ESCAPE = 0x1b;

/** One table of 128 characters, both ways. */
export interface CharacterTable {
  /** UTF-16 code units by septet; 0 where there is no character. */
  readonly characters: Uint16Array;
  /** Septets by UTF-16 code unit; {@link NONE} where there is none. */
  readonly septets: Uint8Array;
}

/** Builds a table from its characters by septet. {@link ESCAPE} has none. */
export function characterTable(characters: Iterable<readonly [septet: number, character: string]>): CharacterTable {
  const codes = new Uint16Array(128);
  for (const [septet, character] of characters) if (septet !== ESCAPE) codes[septet] = character.charCodeAt(0);
  const septets = new Uint8Array(Math.max(...codes) + 1).fill(NONE);
  codes.forEach((code, septet) => {
    if (code !== 0) septets[code] = septet;
  });
  return { characters: codes, septets };
}
