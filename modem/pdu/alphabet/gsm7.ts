import { view } from '../octets.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { toAscii } from './ascii.ts';
import { allInDefault, packAscii } from './ascii-pairs.ts';
import { type CharacterTable, ESCAPE, NONE } from './character-table.ts';
import { DEFAULT_EXTENSION, DEFAULT_TABLE } from './default-tables.ts';
import { pack, ROOM, unpack, unpackCharacters } from './packing.ts';

/** A 7-bit alphabet: a table, and the one behind the escape septet (3GPP TS 23.038, 6.2.1). */
export interface SeptetAlphabet {
  readonly table: CharacterTable;
  readonly extension: CharacterTable;
}

/** The GSM 7-bit default alphabet with its extension table. */
export const DEFAULT_ALPHABET: SeptetAlphabet = { table: DEFAULT_TABLE, extension: DEFAULT_EXTENSION };

/** Stands for a lone escape septet at the end of leniently decoded text: the next part begins with its other half. */
export const LONE_ESCAPE = '\u001b';

const septetsRead = new Uint8Array(ROOM);
const septetsToWrite = new Uint8Array(ROOM);
const septetsView = new DataView(septetsToWrite.buffer);
const LATIN1_END = 0x100;
const latin1Buffer = Buffer.alloc(ROOM);
const latin1 = view(latin1Buffer);
const utf16 = new Uint16Array(ROOM);

function latin1Text(length: number): string {
  return latin1Buffer.toString('latin1', 0, length);
}

/** What a lenient receiver shows for a septet without a character. */
const SPACE = 0x20;

/** The character behind an escape septet. Some tables have a character twice: only one way to write it is right. */
function escaped(reader: Reader, alphabet: SeptetAlphabet, septet: number, offset: number): number {
  const code = alphabet.extension.characters[septet] ?? 0;
  const sequence = `the escape sequence 1B ${septet.toString(16)}`;
  if (code === 0) {
    reader.deviation(`${sequence} has no character, taken without the escape`, offset);
    return alphabet.table.characters[septet] || SPACE;
  }
  const plain = (alphabet.table.septets[code] ?? NONE) !== NONE;
  if (plain || alphabet.extension.septets[code] !== septet) {
    reader.deviation(`${sequence} is not the first way to write its character`, offset);
  }
  return code;
}

/** The character of the septet at `at`, which the table does not have by itself. */
function special(reader: Reader, alphabet: SeptetAlphabet, at: number, to: number, offset: number): number {
  const septet = septetsRead[at] ?? 0;
  if (septet !== ESCAPE) {
    reader.deviation(`the septet ${septet.toString(16)} has no character, taken for a space`, offset);
    return SPACE;
  }
  if (at + 1 < to) return escaped(reader, alphabet, septetsRead[at + 1] ?? 0, offset);
  reader.deviation('the text ends in the middle of an escape sequence', offset);
  return ESCAPE;
}

/** Whether a bit is set behind the last of `count` septets, in the same octet. */
function hasSpareBits(reader: Reader, start: number, count: number): boolean {
  const bits = count * 7;
  return (bits & 7) !== 0 && (reader.octets[start + (bits >> 3)] ?? 0) >> (bits & 7) !== 0;
}

/**
 * The text of septets `[from, to)`, at most 255 of them, of the stream that begins at octet `start`. A header stands over
 * the septets before `from`. The bits behind the last septet must be 0.
 */
export function readSeptets(reader: Reader, start: number, from: number, to: number, alphabet: SeptetAlphabet): string {
  if (hasSpareBits(reader, start, to)) {
    reader.deviation('the bits behind the last septet are not 0, ignored', start + ((to * 7) >> 3));
  }
  const { characters } = alphabet.table;
  if (from === 0 && unpackCharacters(reader.octets, start, to, alphabet.table.latin1, latin1)) {
    return latin1Text(to);
  }
  unpack(reader.octets, start, to, septetsRead);
  let length = 0;
  let seen = 0;
  for (let at = from; at < to; at += 1) {
    const septet = septetsRead[at] ?? 0;
    let code = characters[septet] ?? 0;
    if (code === 0) {
      code = special(reader, alphabet, at, to, start + ((at * 7) >> 3));
      if (septet === ESCAPE) at += 1;
    }
    latin1[length] = code;
    utf16[length] = code;
    seen |= code;
    length += 1;
  }
  return seen < LATIN1_END ? latin1Text(length) : String.fromCharCode(...utf16.subarray(0, length));
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
  if (alphabet.table === DEFAULT_TABLE && toAscii(text) && allInDefault(count)) return count;
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
 * Writes a text of at most 255 characters as the septets from `from` on of the stream that begins at the writer's
 * offset, over 0 in the septets before; leaves the offset behind the stream and says how many septets that is.
 */
export function writeSeptets(writer: Writer, text: string, from: number, alphabet: SeptetAlphabet): number {
  const { septets } = alphabet.table;
  const isPlain = from === 0 && alphabet.table === DEFAULT_TABLE && toAscii(text);
  if (isPlain && packAscii(text.length, writer.view, writer.offset)) {
    writer.offset += (text.length * 7 + 7) >> 3;
    return text.length;
  }
  septetsToWrite.fill(0, 0, from);
  let to = from;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    let septet = septets[code] ?? NONE;
    if (septet === NONE) {
      septet = alphabet.extension.septets[code] ?? NONE;
      if (septet === NONE) writer.refuse(`'${firstForeign(text, alphabet)}' is not in the alphabet`);
      septetsToWrite[to] = ESCAPE;
      to += 1;
    }
    septetsToWrite[to] = septet;
    to += 1;
  }
  septetsToWrite.fill(0, to, to + 7);
  pack(septetsView, to, writer.view, writer.offset);
  writer.offset += (to * 7 + 7) >> 3;
  return to;
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
