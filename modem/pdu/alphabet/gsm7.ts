import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { type CharacterTable, ESCAPE, NONE } from './character-table.ts';
import { DEFAULT_EXTENSION, DEFAULT_TABLE } from './default-tables.ts';

/** A 7-bit alphabet: a table, and the one behind the escape septet (3GPP TS 23.038, 6.2.1). */
export interface SeptetAlphabet {
  readonly table: CharacterTable;
  readonly extension: CharacterTable;
}

/** The GSM 7-bit default alphabet with its extension table. */
export const DEFAULT_ALPHABET: SeptetAlphabet = { table: DEFAULT_TABLE, extension: DEFAULT_EXTENSION };

/** Stands for a lone escape septet at the end of leniently decoded text: the next part begins with its other half. */
export const LONE_ESCAPE = '\u001b';

/** Septets in the longest text that TP-UDL can say. */
const LONGEST = 255;
const LATIN1_END = 0x100;
const narrow = Buffer.alloc(LONGEST);
const wide = new Uint16Array(LONGEST);

/** The character behind an escape septet. Some tables have a character twice: only one way to write it is right. */
function escaped(reader: Reader, alphabet: SeptetAlphabet, septet: number): number {
  const code = alphabet.extension.characters[septet] ?? 0;
  if (code !== 0) {
    const plain = (alphabet.table.septets[code] ?? NONE) !== NONE;
    if (plain || alphabet.extension.septets[code] !== septet) {
      reader.deviation(`the escape sequence 1B ${septet.toString(16)} is not the first way to write its character`);
    }
    return code;
  }
  reader.deviation(`the escape sequence 1B ${septet.toString(16)} has no character, taken without the escape`);
  return septet === ESCAPE ? 0x20 : unescaped(reader, alphabet, septet);
}

function unescaped(reader: Reader, alphabet: SeptetAlphabet, septet: number): number {
  const code = alphabet.table.characters[septet] ?? 0;
  if (code !== 0) return code;
  reader.deviation(`the septet ${septet.toString(16)} has no character, taken for a space`);
  return 0x20;
}

/**
 * The text of `count` septets, at most 255, packed low bit first from octet `start` on, behind `fill` fill bits
 * (3GPP TS 23.038, 6.1.2.1). The fill bits and those behind the last septet must be 0.
 */
export function readSeptets(
  reader: Reader,
  start: number,
  fill: number,
  count: number,
  alphabet: SeptetAlphabet,
): string {
  const { octets } = reader;
  const { characters } = alphabet.table;
  let at = start;
  let held = 0;
  let width = 0;
  if (fill > 0) {
    held = octets[at++] ?? 0;
    if ((held & ((1 << fill) - 1)) !== 0) reader.deviation('the fill bits are not 0, ignored', start);
    held >>= fill;
    width = 8 - fill;
  }
  let length = 0;
  let seen = 0;
  let afterEscape = false;
  for (let left = count; left > 0; left -= 1) {
    if (width < 7) {
      held |= (octets[at++] ?? 0) << width;
      width += 8;
    }
    const septet = held & 0x7f;
    held >>= 7;
    width -= 7;
    if (septet === ESCAPE && !afterEscape) {
      afterEscape = true;
      continue;
    }
    let code = characters[septet] ?? 0;
    if (afterEscape) code = escaped(reader, alphabet, septet);
    else if (code === 0) code = unescaped(reader, alphabet, septet);
    afterEscape = false;
    narrow[length] = code;
    wide[length] = code;
    seen |= code;
    length += 1;
  }
  if (held !== 0) reader.deviation('the bits behind the last septet are not 0, ignored', at - 1);
  const text =
    seen < LATIN1_END ? narrow.toString('latin1', 0, length) : String.fromCharCode(...wide.subarray(0, length));
  if (!afterEscape) return text;
  reader.deviation('the text ends in the middle of an escape sequence', at - 1);
  return text + LONE_ESCAPE;
}

/** Septets that a character of the alphabet takes: 1, or 2 with the escape. */
export function septetLength(code: number, alphabet: SeptetAlphabet): 1 | 2 {
  return (alphabet.table.septets[code] ?? NONE) === NONE ? 2 : 1;
}

/** How many septets the text takes, or undefined when the alphabet does not have all of its characters. */
export function septetsOf(text: string, alphabet: SeptetAlphabet): number | undefined {
  const { septets } = alphabet.table;
  const extension = alphabet.extension.septets;
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if ((septets[code] ?? NONE) !== NONE) continue;
    if ((extension[code] ?? NONE) === NONE) return undefined;
    count += 1;
  }
  return count;
}

/** The first character of the text that the alphabet does not have. */
export function firstForeign(text: string, alphabet: SeptetAlphabet): string | undefined {
  return [...text].find((character) => septetsOf(character, alphabet) === undefined);
}

/**
 * Packs a text of at most 160 characters behind `fill` fill bits and says how many septets it took. What is beyond the
 * writer's room is lost: the caller looks at the number.
 */
export function writeSeptets(writer: Writer, text: string, fill: number, alphabet: SeptetAlphabet): number {
  const { septets } = alphabet.table;
  const extension = alphabet.extension.septets;
  const { octets } = writer;
  let at = writer.offset;
  let held = 0;
  let width = fill;
  let count = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    let septet = septets[code] ?? NONE;
    if (septet === NONE) {
      septet = extension[code] ?? NONE;
      if (septet === NONE) writer.refuse(`'${firstForeign(text, alphabet)}' is not in the alphabet`);
      count += 1;
      held |= ESCAPE << width;
      width += 7;
      if (width >= 8) {
        octets[at++] = held;
        held >>= 8;
        width -= 8;
      }
    }
    held |= septet << width;
    width += 7;
    if (width >= 8) {
      octets[at++] = held;
      held >>= 8;
      width -= 8;
    }
  }
  if (width > 0) octets[at++] = held;
  writer.offset = at;
  return count;
}

/** Joins the texts of segments that were cut in the middle of an escape sequence, or not. */
export function joinEscapes(texts: readonly string[]): string {
  let joined = '';
  for (const text of texts) {
    if (!joined.endsWith(LONE_ESCAPE)) {
      joined += text;
      continue;
    }
    const septet = DEFAULT_TABLE.septets[text.charCodeAt(0)] ?? NONE;
    const code = DEFAULT_EXTENSION.characters[septet] ?? 0;
    joined = joined.slice(0, -1) + (code === 0 ? text : String.fromCharCode(code) + text.slice(1));
  }
  return joined;
}
