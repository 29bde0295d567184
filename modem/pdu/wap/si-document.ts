import { PduEncodeError } from '../error.ts';
import type { Reader } from '../reader.ts';
import { type Charset, charsetNumber, charsetOf, readText, textOctets } from './charset.ts';
import type { ServiceAction, ServiceIndication } from './service-indication.ts';
import { readUintvar } from './uintvar.ts';

// The tokens of WBXML (WAP-192-WBXML, 7.1) and of the Service Indication document (WAP-167-ServiceInd, 9.3).

const END = 0x01;
const ENTITY = 0x02;
const INLINE_STRING = 0x03;
const TABLE_STRING = 0x83;
const OPAQUE = 0xc3;

/** WBXML 1.2; 1.0 to 1.3 are read. */
const VERSION = 0x02;
const VERSIONS = [0x00, 0x01, 0x02, 0x03];
const SI_1_0 = 0x05;

const SI_WITH_CONTENT = 0x45;
const INDICATION = 0x06;
const WITH_CONTENT = 0x40;
const WITH_ATTRIBUTES = 0x80;

const CREATED = 0x0a;
const EXPIRES = 0x10;
const ID = 0x11;

const ACTIONS: ReadonlyMap<number, ServiceAction> = new Map([
  [0x05, 'signal-none'],
  [0x06, 'signal-low'],
  [0x07, 'signal-medium'],
  [0x08, 'signal-high'],
  [0x09, 'delete'],
]);

/** `href` and what its value begins with, the longest first. */
const HREFS: readonly (readonly [token: number, start: string])[] = [
  [0x0f, 'https://www.'],
  [0x0e, 'https://'],
  [0x0d, 'http://www.'],
  [0x0c, 'http://'],
  [0x0b, ''],
];

/** Parts of attribute values that have a token. */
const VALUE_TOKENS: ReadonlyMap<number, string> = new Map([
  [0x85, '.com/'],
  [0x86, '.edu/'],
  [0x87, '.net/'],
  [0x88, '.org/'],
]);

/** A document being read: where its strings are, and how they are written. */
interface Document {
  readonly reader: Reader;
  readonly charset: Charset;
  /** First octet of the string table, and the one behind it. */
  readonly table: readonly [start: number, end: number];
}

function readPrologue(reader: Reader, outer: Charset): Document {
  reader.enter('WBXML version');
  if (!VERSIONS.includes(reader.octet())) reader.refuse('not WBXML 1.0 to 1.3', reader.offset - 1);
  reader.enter('WBXML document type');
  if (readUintvar(reader) !== SI_1_0) reader.refuse('not a Service Indication', reader.offset - 1);
  reader.enter('WBXML charset');
  const charset = charsetOf(reader, readUintvar(reader), outer);
  reader.enter('WBXML string table');
  const length = readUintvar(reader);
  if (length > reader.left) reader.refuse('the string table is longer than the octets');
  const start = reader.offset;
  reader.offset += length;
  return { reader, charset, table: [start, start + length] };
}

/** The text from `start` to the next NUL before `limit`, and where that is. */
function terminated({ reader, charset }: Document, start: number, limit: number): readonly [string, number] {
  const end = reader.octets.subarray(0, limit).indexOf(0, start);
  if (end < 0) return reader.refuse('a string does not end', limit);
  return [readText(reader, start, end, charset), end];
}

/** The string that a token begins, or undefined when it begins none. */
function stringOf(document: Document, token: number): string | undefined {
  const { reader } = document;
  if (token === INLINE_STRING) {
    const [text, end] = terminated(document, reader.offset, reader.end);
    reader.offset = end + 1;
    return text;
  }
  if (token === TABLE_STRING) {
    const [start, end] = document.table;
    const at = start + readUintvar(reader);
    if (at >= end) return reader.refuse('beyond the string table', reader.offset - 1);
    return terminated(document, at, end)[0];
  }
  if (token !== ENTITY) return undefined;
  const code = readUintvar(reader);
  if (code > 0x10ffff) return reader.refuse(`character ${code} does not exist`, reader.offset - 1);
  return String.fromCodePoint(code);
}

/** The next token, without taking it. */
function peek(reader: Reader): number {
  const token = reader.octet();
  reader.offset -= 1;
  return token;
}

/** Characters of the longest text or attribute: a small document could make a huge text by references to its string table. */
const LONGEST = 16 * 1024;

/** Joins two parts of a text or attribute. */
function joined({ reader }: Document, text: string, part: string): string {
  if (text.length + part.length > LONGEST) reader.refuse(`longer than ${LONGEST} characters`);
  return text + part;
}

/** The value of an attribute: all strings up to the next attribute or the end. */
function readValue(document: Document): string {
  const { reader } = document;
  for (let value = ''; ; ) {
    const token = peek(reader);
    if (token !== ENTITY && token !== INLINE_STRING && token < 0x80) return value;
    reader.offset += 1;
    const part = VALUE_TOKENS.get(token) ?? stringOf(document, token);
    if (part === undefined) return reader.refuse(`token ${token} is not supported here`, reader.offset - 1);
    value = joined(document, value, part);
  }
}

/** A date: an opaque value of up to seven octets of two digits, from the century to the second; those missing are 0. */
function readDate({ reader }: Document): number {
  if (reader.octet() !== OPAQUE) reader.refuse('a date must be opaque data', reader.offset - 1);
  const length = readUintvar(reader);
  if (length < 1 || length > 7) reader.refuse(`a date of ${length} octets`, reader.offset - 1);
  let digits = '';
  for (let left = length; left > 0; left -= 1) digits += reader.octet().toString(16).padStart(2, '0');
  const [year, month, day, hour, minute, second] = digits.padEnd(14, '0').match(/^\d{4}|\d\d/g) ?? [];
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}.000Z`;
  const at = Date.parse(iso);
  if (Number.isNaN(at) || new Date(at).toISOString() !== iso) return reader.refuse(`'${digits}' is not a date`);
  return at;
}

type ReadAttributes = Omit<ServiceIndication, 'text'>;
type Attributes = { -readonly [Name in keyof ReadAttributes]: ReadAttributes[Name] };

function readAttribute(document: Document, attributes: Attributes): void {
  const { reader } = document;
  const token = reader.octet();
  const action = ACTIONS.get(token);
  const href = HREFS.find(([start]) => start === token);
  if (action !== undefined) attributes.action = action;
  else if (href !== undefined) attributes.href = href[1] + readValue(document);
  else if (token === ID) attributes.id = readValue(document);
  else if (token === CREATED) attributes.created = readDate(document);
  else if (token === EXPIRES) attributes.expires = readDate(document);
  else reader.refuse(`attribute ${token} is not supported`, reader.offset - 1);
}

function readContent(document: Document): string {
  const { reader } = document;
  for (let text = ''; ; ) {
    const token = reader.octet();
    if (token === END) return text;
    const part = stringOf(document, token);
    if (part === undefined) return reader.refuse(`token ${token} is not supported in the text`, reader.offset - 1);
    text = joined(document, text, part);
  }
}

/** Reads a Service Indication document to the end of the octets. Its charset, when it says none, is that of the Push. */
export function readIndication(reader: Reader, outer: Charset): ServiceIndication {
  const document = readPrologue(reader, outer);
  reader.enter('WBXML si');
  if (reader.octet() !== SI_WITH_CONTENT) reader.refuse('not <si>', reader.offset - 1);
  reader.enter('WBXML indication');
  const tag = reader.octet();
  if ((tag & 0x3f) !== INDICATION) reader.refuse('not <indication>', reader.offset - 1);
  const attributes: Attributes = {};
  if ((tag & WITH_ATTRIBUTES) !== 0) {
    while (peek(reader) !== END) readAttribute(document, attributes);
    reader.offset += 1;
  }
  const text = (tag & WITH_CONTENT) !== 0 ? readContent(document) : '';
  reader.enter('WBXML si');
  if (reader.octet() !== END) reader.refuse('<info> is not supported', reader.offset - 1);
  reader.finish();
  return { text, ...attributes };
}

function inline(text: string, charset: Charset): readonly number[] {
  return [INLINE_STRING, ...textOctets(text, charset), 0];
}

/** A date; without its time when that is midnight. */
function date(token: number, at: number | undefined): readonly number[] {
  if (at === undefined) return [];
  const moment = new Date(at);
  if (Number.isNaN(moment.getTime()) || moment.getUTCFullYear() > 9999) {
    throw new PduEncodeError('WBXML', `${at} ms is not a date`);
  }
  const pairs = moment.toISOString().replaceAll(/\D/g, '').slice(0, 14).replace(/0{6}$/, '').match(/../g) ?? [];
  return [token, OPAQUE, pairs.length, ...pairs.map((pair) => Number.parseInt(pair, 16))];
}

function href(value: string | undefined, charset: Charset): readonly number[] {
  const found = value === undefined ? undefined : HREFS.find(([, start]) => value.startsWith(start));
  if (value === undefined || found === undefined) return [];
  const rest = value.slice(found[1].length);
  return rest === '' ? [found[0]] : [found[0], ...inline(rest, charset)];
}

function action(value: ServiceAction | undefined): readonly number[] {
  return [...ACTIONS].flatMap(([token, name]) => (name === value ? [token] : []));
}

/** The octets of a Service Indication document. Throws {@link PduEncodeError}. */
export function writeIndication(indication: ServiceIndication, charset: Charset): Uint8Array {
  const attributes = [
    ...href(indication.href, charset),
    ...(indication.id === undefined ? [] : [ID, ...inline(indication.id, charset)]),
    ...date(CREATED, indication.created),
    ...date(EXPIRES, indication.expires),
    ...action(indication.action),
  ];
  const content = indication.text === '' ? [] : [...inline(indication.text, charset), END];
  const tag = INDICATION | (attributes.length > 0 ? WITH_ATTRIBUTES : 0) | (content.length > 0 ? WITH_CONTENT : 0);
  return Uint8Array.from([
    ...[VERSION, SI_1_0, charsetNumber(charset), 0],
    ...[SI_WITH_CONTENT, tag, ...attributes, ...(attributes.length > 0 ? [END] : []), ...content, END],
  ]);
}
