import { toHex } from '../hex.ts';
import { view } from '../octets.ts';
import type { Reader } from '../reader.ts';
import type { Writer } from '../writer.ts';
import { type CharacterTable, ESCAPE, NONE } from './character-table.ts';
import { CharacterBuffer, codeUnitsOf } from './code-units.ts';
import { DEFAULT_EXTENSION, DEFAULT_TABLE } from './default-tables.ts';
import { copyBehindFill, copyWithoutFill, pack, ROOM, unpack, unpackCharacters } from './packing.ts';
import { packPlainText, plainSeptets, repackPlainText } from './plain-text.ts';

/** A 7-bit alphabet: a table, and the one behind the escape septet (3GPP TS 23.038, 6.2.1). */
export interface SeptetAlphabet {
  readonly table: CharacterTable;
  readonly extension: CharacterTable;
}

/** The GSM 7-bit default alphabet with its extension table. */
export const DEFAULT_ALPHABET: SeptetAlphabet = { table: DEFAULT_TABLE, extension: DEFAULT_EXTENSION };

/** Stands for a lone escape septet at the end of leniently decoded text: the next part begins with its other half. */
export const LONE_ESCAPE = '\u001b';

const septets = new Uint8Array(ROOM);
const packed = new DataView(new ArrayBuffer(ROOM));
const packedWords = new Uint32Array(packed.buffer);
const aligned = new Uint8Array(ROOM);
const LATIN1_END = 0x100;
const latin1Buffer = Buffer.alloc(ROOM);
const latin1 = view(latin1Buffer);
const characters = new CharacterBuffer();

function latin1Text(length: number): string {
  return latin1Buffer.toString('latin1', 0, length);
}

/** A septet without a character is shown as a space. */
const SPACE = 0x20;

/**
 * The character behind an escape septet. Where the extension table has none, that of the table without the escape is
 * shown; a second escape, which a later release may use, is a space (3GPP TS 23.038, 6.2.1.1).
 */
function escaped(reader: Reader, { table, extension }: SeptetAlphabet, septet: number, offset: number): number {
  const code = extension.characters[septet] ?? 0;
  const isFirstWay = (table.septets[code] ?? NONE) === NONE && extension.septets[code] === septet;
  if (code !== 0 && isFirstWay) return code;
  const sequence = `the escape sequence 1B ${toHex(Uint8Array.of(septet))}`;
  if (code !== 0) {
    // A character with two places: Φ is 12 in the default table and 1B 12 in the Portuguese tables.
    reader.tolerate(`${sequence} is not the first way to write its character`, offset, 'taken for that character');
    return code;
  }
  const plain = table.characters[septet] || SPACE;
  reader.tolerate(
    `${sequence} has no character`,
    offset,
    plain === SPACE ? 'taken for a space' : 'taken without the escape',
  );
  return plain;
}

/** The character of the septet at `at`, which the table does not have by itself. */
function special(reader: Reader, alphabet: SeptetAlphabet, at: number, to: number, offset: number): number {
  const septet = septets[at] ?? 0;
  if (septet !== ESCAPE) {
    reader.deviation(`the septet ${septet.toString(16)} has no character`, offset, 'taken for a space');
    return SPACE;
  }
  if (at + 1 < to) return escaped(reader, alphabet, septets[at + 1] ?? 0, offset);
  reader.deviation('the text ends in the middle of an escape sequence', offset);
  return ESCAPE;
}

/** Whether a bit is set behind the first `bits` from octet `start` on, in the same octet. */
function hasSpareBits(reader: Reader, start: number, bits: number): boolean {
  return (bits & 7) !== 0 && (reader.octets[start + (bits >> 3)] ?? 0) >> (bits & 7) !== 0;
}

/**
 * The text of `count` septets, 255 at most, behind `fill` bits at octet `start`. The fill bits before the first septet and
 * the spare bits behind the last one are not checked here.
 */
export function readSeptets(
  reader: Reader,
  start: number,
  fill: number,
  count: number,
  alphabet: SeptetAlphabet,
): string {
  const bits = fill + count * 7;
  if (hasSpareBits(reader, start, bits)) {
    reader.tolerate('the bits behind the last septet are not 0', start + (bits >> 3), 'ignored');
  }
  let octets = reader.octets;
  let from = start;
  if (fill > 0) {
    copyWithoutFill(octets, start, (count * 7 + 7) >> 3, fill, aligned);
    octets = aligned;
    from = 0;
  }
  if (unpackCharacters(octets, from, count, alphabet.table.latin1, latin1)) return latin1Text(count);
  unpack(octets, from, count, septets);
  return textOfSeptets(reader, start, fill, count, alphabet);
}

/** The text of the {@link septets}. */
function textOfSeptets(reader: Reader, start: number, fill: number, count: number, alphabet: SeptetAlphabet): string {
  const table = alphabet.table.characters;
  const { units } = characters;
  let length = 0;
  let seen = 0;
  for (let at = 0; at < count; at += 1) {
    const septet = septets[at] ?? 0;
    let code = table[septet] ?? 0;
    if (code === 0) {
      code = special(reader, alphabet, at, count, start + ((fill + at * 7) >> 3));
      if (septet === ESCAPE) at += 1;
    }
    latin1[length] = code;
    units[length] = code;
    seen |= code;
    length += 1;
  }
  return seen < LATIN1_END ? latin1Text(length) : characters.text(length);
}

/** Whether the alphabet has a character, a UTF-16 code unit. */
export function hasCharacter(code: number, { table, extension }: SeptetAlphabet): boolean {
  return (table.septets[code] ?? NONE) !== NONE || (extension.septets[code] ?? NONE) !== NONE;
}

/** Septets that a character of the alphabet takes: 1, or 2 with the escape. */
export function septetLength(code: number, alphabet: SeptetAlphabet): 1 | 2 {
  return (alphabet.table.septets[code] ?? NONE) === NONE ? 2 : 1;
}

/** How many septets the text takes, or undefined when the alphabet does not have all of its characters. */
export function septetsOf(text: string, alphabet: SeptetAlphabet): number | undefined {
  if (alphabet.table === DEFAULT_TABLE && packPlainText(text)) return text.length;
  return text.length <= LONGEST ? packText(text, alphabet) : countSeptets(text, alphabet);
}

function countSeptets(text: string, alphabet: SeptetAlphabet): number | undefined {
  const units = codeUnitsOf(text);
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = units[at] ?? 0;
    if (!hasCharacter(code, alphabet)) return undefined;
    count += septetLength(code, alphabet);
  }
  return count;
}

/** The first character of the text that the alphabet does not have. */
export function firstForeign(text: string, alphabet: SeptetAlphabet): string | undefined {
  for (const character of text) {
    if (character.length > 1 || !hasCharacter(character.charCodeAt(0), alphabet)) return character;
  }
  return undefined;
}

/**
 * Writes a text of at most 255 characters as septets behind `fill` bits of 0, 0 to 6; leaves the writer's offset behind
 * them and says how many septets that is.
 */
export function writeSeptets(writer: Writer, text: string, fill: number, alphabet: SeptetAlphabet): number {
  const isPlain = alphabet.table === DEFAULT_TABLE && repackPlainText(text);
  const count = isPlain ? text.length : repackText(text, alphabet);
  if (count === undefined) return writer.refuse(`'${firstForeign(text, alphabet)}' is not in the alphabet`);
  const length = (fill + count * 7 + 7) >> 3;
  copyBehindFill(isPlain ? plainSeptets : packedWords, length, writer.words, writer.offset, fill);
  writer.offset += length;
  return count;
}

/** Characters of the longest text that {@link packText} takes. */
const LONGEST = 255;

/** The text whose septets are in {@link packed}: measuring a text packs it, and encoding then uses the same septets. */
let packedText: string | undefined;
let packedTable: CharacterTable | undefined;
let packedExtension: CharacterTable | undefined;
let packedCount = 0;

/** {@link packText}, unless the same text was packed last. */
function repackText(text: string, alphabet: SeptetAlphabet): number | undefined {
  const isPacked = alphabet.table === packedTable && alphabet.extension === packedExtension && text === packedText;
  return isPacked ? packedCount : packText(text, alphabet);
}

/** Packs a text to {@link packed} and returns the number of septets; undefined when the alphabet lacks some character. */
function packText(text: string, { table, extension }: SeptetAlphabet): number | undefined {
  packedText = undefined;
  const units = codeUnitsOf(text);
  const plain = table.septets;
  const behindEscape = extension.septets;
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = units[at] ?? 0;
    let septet = plain[code] ?? NONE;
    if (septet === NONE) {
      septet = behindEscape[code] ?? NONE;
      if (septet === NONE) return undefined;
      septets[count] = ESCAPE;
      count += 1;
    }
    septets[count] = septet;
    count += 1;
  }
  for (let at = count; at < count + 7; at += 1) septets[at] = 0;
  pack(septets, count, packed);
  [packedText, packedTable, packedExtension, packedCount] = [text, table, extension, count];
  return count;
}

/** Joins the texts of segments, also where a sender cut an escape sequence between two segments. */
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
