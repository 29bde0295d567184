import { DEFAULT_ALPHABET, readSeptets, type SeptetAlphabet, writeSeptets } from './alphabet/gsm7.ts';
import type { Language } from './alphabet/language.ts';
import { nationalAlphabet } from './alphabet/national.ts';
import { readUtf16, writeUtf16 } from './alphabet/ucs2.ts';
import type { DataCodingScheme } from './data-coding-scheme.ts';
import type { Concatenation, InformationElement, Ports } from './information-element.ts';
import { MAX_USER_DATA } from './limits.ts';
import { inOctets, view } from './octets.ts';
import type { Reader } from './reader.ts';
import { headerLength, NO_HEADER, readHeader, writeHeader } from './user-data-header.ts';
import type { Writer } from './writer.ts';

/**
 * TP-UD of one SMS: its header's elements in order (none: no header, TP-UDHI is 0) and what follows
 * (3GPP TS 23.040, 9.2.3.24). `text` goes with a coding scheme of alphabet `gsm7` or `ucs2`, `data` with `8bit`.
 */
export type UserData =
  | { readonly kind: 'text'; readonly header: readonly InformationElement[]; readonly text: string }
  | { readonly kind: 'data'; readonly header: readonly InformationElement[]; readonly data: Uint8Array };

/** Octets that septets take. */
function octetsFor(septets: number): number {
  return (septets * 7 + 7) >> 3;
}

/** Septets that octets take, the last one filled up. */
function septetsFor(octets: number): number {
  return Math.ceil((octets * 8) / 7);
}

/** Whole septets in octets. */
function septetsIn(octets: number): number {
  return Math.floor((octets * 8) / 7);
}

/** The 7-bit tables that the header asks for. */
function alphabetOf(header: readonly InformationElement[]): SeptetAlphabet {
  if (header.length === 0) return DEFAULT_ALPHABET;
  let locking: Language | undefined;
  let single: Language | undefined;
  for (const element of header) {
    if (element.kind !== 'national-language') continue;
    if (element.shift === 'locking') locking = element.language;
    else single = element.language;
  }
  return locking === undefined && single === undefined ? DEFAULT_ALPHABET : nationalAlphabet(locking, single);
}

/** Reads TP-UDL and TP-UD, to the end of the TPDU. `limit` is the most octets of user data that the TPDU may have. */
export function readUserData(
  reader: Reader,
  dcs: DataCodingScheme,
  hasHeader: boolean,
  limit: number = MAX_USER_DATA,
): UserData {
  reader.enter('TP-UDL');
  const length = reader.octet();
  const octets = dcs.alphabet === 'gsm7' ? octetsFor(length) : length;
  if (octets > limit) reader.deviation(`${octets} octets of user data, more than ${limit}`, reader.offset - 1);
  reader.enter('TP-UD');
  const start = reader.offset;
  let end = start + octets;
  if (octets > reader.left) {
    end = reader.end;
    reader.deviation(`${inOctets(reader.left)} of user data instead of ${octets}`, end);
  }
  let header = NO_HEADER;
  if (hasHeader) {
    const found = readHeader(reader, end);
    reader.enter('TP-UD');
    if (found === undefined) return nothing(dcs);
    header = found;
  }
  const at = reader.offset;
  reader.offset = end;
  switch (dcs.alphabet) {
    case 'gsm7':
      return {
        kind: 'text',
        header,
        text: readText(reader, header, start, at, Math.min(length, septetsIn(end - start))),
      };
    case 'ucs2':
      return { kind: 'text', header, text: readUtf16(reader, at, end) };
    case '8bit':
      return { kind: 'data', header, data: view(reader.octets, at, end) };
  }
}

/** The empty user data of a TPDU whose header is longer than its user data, or is not there. */
function nothing({ alphabet }: DataCodingScheme): UserData {
  if (alphabet === '8bit') return { kind: 'data', header: NO_HEADER, data: new Uint8Array(0) };
  return { kind: 'text', header: NO_HEADER, text: '' };
}

/** Reads 7-bit text from octet `at` on; the stream of septets begins with the header, at octet `start`. */
function readText(
  reader: Reader,
  header: readonly InformationElement[],
  start: number,
  at: number,
  septets: number,
): string {
  const used = septetsFor(at - start);
  if (used > septets) {
    reader.deviation(`a length of ${septets} septets does not cover the header, which takes ${used}`);
    return '';
  }
  const fill = used * 7 - (at - start) * 8;
  if (((reader.octets[at] ?? 0) & ((1 << fill) - 1)) !== 0) reader.tolerate('the fill bits are not 0', at, 'ignored');
  return readSeptets(reader, at, fill, septets - used, alphabetOf(header));
}

/** Writes TP-UDL and TP-UD. `limit` is the most octets of user data that the TPDU may have. */
export function writeUserData(
  writer: Writer,
  dcs: DataCodingScheme,
  userData: UserData,
  limit: number = MAX_USER_DATA,
): void {
  writer.enter('TP-UD');
  if ((dcs.alphabet === '8bit') !== (userData.kind === 'data')) {
    writer.refuse(`${userData.kind} does not go with the alphabet ${dcs.alphabet} of TP-DCS`);
  }
  const before = headerLength(userData.header);
  const units = userData.kind === 'text' ? userData.text.length : userData.data.length;
  if (before > limit || units > septetsIn(limit))
    writer.refuse(`${units} characters or octets do not fit in ${limit} octets`);
  const lengthAt = writer.offset;
  writer.octet(0);
  writer.octets[lengthAt] =
    userData.kind === 'text' && dcs.alphabet === 'gsm7'
      ? writeText(writer, userData.header, userData.text, before)
      : writeOctets(writer, userData, before);
  const octets = writer.offset - lengthAt - 1;
  if (octets > limit) writer.refuse(`${octets} octets of user data, more than ${limit}`);
}

/** Writes the header, which takes `before` octets, and what follows it; returns TP-UDL in octets. */
function writeOctets(writer: Writer, userData: UserData, before: number): number {
  if (before > 0) writeHeader(writer, userData.header);
  if (userData.kind === 'data') {
    writer.append(userData.data);
    return before + userData.data.length;
  }
  writeUtf16(writer, userData.text);
  return before + userData.text.length * 2;
}

/** Writes the header, which takes `before` octets, and septets from the next septet boundary on; returns TP-UDL in septets. */
function writeText(writer: Writer, header: readonly InformationElement[], text: string, before: number): number {
  if (before > 0) writeHeader(writer, header);
  const used = septetsFor(before);
  return used + writeSeptets(writer, text, used * 7 - before * 8, alphabetOf(header));
}

/** The last concatenation element of the header, which is the one that counts. */
export function concatenationOf(userData: UserData): Concatenation | undefined {
  return userData.header.findLast((element) => element.kind === 'concatenation');
}

/** The last port element of the header, which is the one that counts. */
export function portsOf(userData: UserData): Ports | undefined {
  return userData.header.findLast((element) => element.kind === 'ports');
}
