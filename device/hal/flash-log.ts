import { crc32 } from 'node:zlib';
import type { FlashValue, Sections } from './flash.ts';

/**
 * The flash as a log. After a first line with the format, each line is one write: columns with tabs between them, three for each value
 * that was set: its path as JSON (section, key, key of the key), a checksum, the value as JSON. A value that was erased is empty. A value
 * that a later line replaces is overwritten with blanks, so that nobody reads there what was erased.
 */
export const LOG_HEAD = '{"format":"cash-handset-flash-2"}\n';

/** Keys of a section and keys of those are values of their own; what is deeper is one value. */
const DEPTH = 3;

/** Where a value is in a section: the section's name, and up to two keys. */
export type Path = readonly string[];

/** A value to be set, or to be erased with `undefined`. */
export interface Change {
  readonly path: Path;
  readonly json: string | undefined;
}

/** A value, and where its JSON is in the file, in octets. */
export interface Leaf {
  readonly path: Path;
  readonly json: string;
  readonly at: number;
  readonly length: number;
}

/** The values of a log by {@link keyOf} their paths, and where its last whole line ends. */
export interface Log {
  readonly leaves: ReadonlyMap<string, Leaf>;
  readonly end: number;
}

/** A log as it was read, with values that were replaced and can still be read: the power went before they were overwritten. */
export interface ReadLog extends Log {
  readonly stale: readonly Leaf[];
}

/** A path as a key of a map. */
export function keyOf(path: Path): string {
  return JSON.stringify(path);
}

/** A section as its single values. */
export function split(path: Path, value: FlashValue): readonly { readonly path: Path; readonly json: string }[] {
  const isObject = typeof value === 'object' && value !== null && !isArray(value);
  const entries = isObject ? Object.entries(value) : [];
  if (entries.length === 0 || path.length === DEPTH) return [{ path, json: JSON.stringify(value) }];
  return entries.flatMap(([key, part]) => split([...path, key], part));
}

function isArray(value: object): value is readonly FlashValue[] {
  return Array.isArray(value);
}

/** The sections of which these are the single values. */
export function join(leaves: Iterable<Pick<Leaf, 'path' | 'json'>>): Sections {
  const groups = new Map<string, Pick<Leaf, 'path' | 'json'>[]>();
  for (const { path, json } of leaves) {
    const [first = '', ...rest] = path;
    const group = groups.get(first) ?? [];
    groups.set(first, group);
    group.push({ path: rest, json });
  }
  return new Map(Array.from(groups, ([name, group]) => [name, sectionOf(group)]));
}

function sectionOf(group: readonly Pick<Leaf, 'path' | 'json'>[]): FlashValue {
  const whole = group.find(({ path }) => path.length === 0);
  return whole === undefined ? Object.fromEntries(join(group)) : JSON.parse(whole.json);
}

/** A write as a line that begins at an octet of the file, and the values that it sets. */
export function encodeLine(
  changes: readonly Change[],
  at: number,
): { readonly line: Buffer; readonly leaves: readonly Leaf[] } {
  const leaves: Leaf[] = [];
  let line = '';
  let end = at;
  for (const { path, json } of changes) {
    const before = `${line === '' ? '' : '\t'}${keyOf(path)}\t${sumOf(keyOf(path), json ?? '')}\t`;
    end += Buffer.byteLength(before);
    if (json !== undefined) leaves.push({ path, json, at: end, length: Buffer.byteLength(json) });
    line += before + (json ?? '');
    end += Buffer.byteLength(json ?? '');
  }
  return { line: Buffer.from(`${line}\n`), leaves };
}

/**
 * Reads a log. A last line that is not whole is a write that the power cut: it has not been made.
 * @returns `undefined` when the file is damaged, or no log
 */
export function readLog(octets: Buffer): ReadLog | undefined {
  if (octets.subarray(0, LOG_HEAD.length).toString() !== LOG_HEAD) return undefined;
  const values: Values = { leaves: new Map(), wiped: new Set(), stale: [] };
  let at = LOG_HEAD.length;
  while (at < octets.length) {
    const newline = octets.indexOf(0x0a, at);
    const columns = readLine(octets.subarray(at, newline < 0 ? octets.length : newline), at);
    const isLast = newline < 0 || newline === octets.length - 1;
    const isWhole = newline >= 0 && columns?.every(({ isSound }) => isSound) === true;
    if (isLast && !isWhole) break;
    if (columns === undefined) return undefined;
    for (const { leaf, isSound } of columns) apply(values, leaf, isSound);
    at = newline + 1;
  }
  const { leaves, wiped, stale } = values;
  return wiped.size > 0 ? undefined : { leaves, stale, end: at };
}

interface Values {
  readonly leaves: Map<string, Leaf>;
  /** Paths whose value is not what was written: a later line is to replace it. */
  readonly wiped: Set<string>;
  readonly stale: Leaf[];
}

// A value that was wiped keeps its place, so that the keys of an object stay in their order.
function apply({ leaves, wiped, stale }: Values, leaf: Leaf, isSound: boolean): void {
  const key = keyOf(leaf.path);
  const before = leaves.get(key);
  if (before !== undefined && before.json.trim() !== '') stale.push(before);
  if (isSound) wiped.delete(key);
  else wiped.add(key);
  if (isSound && leaf.json === '') leaves.delete(key);
  else leaves.set(key, leaf);
}

// Measured in octets: a value that was overwritten up to the middle of a letter is no UTF-8 any more, and as text it would be longer.
function readLine(line: Buffer, at: number): readonly { readonly leaf: Leaf; readonly isSound: boolean }[] | undefined {
  const columns = columnsOf(line);
  if (columns.length % 3 !== 0) return undefined;
  const read: { leaf: Leaf; isSound: boolean }[] = [];
  let end = at;
  for (let index = 0; index < columns.length; index += 3) {
    const [key = EMPTY, sum = EMPTY, json = EMPTY] = columns.slice(index, index + 3);
    const path = readPath(key);
    if (path === undefined) return undefined;
    end += key.length + sum.length + 2;
    const leaf = { path, json: json.toString('utf8'), at: end, length: json.length };
    read.push({ leaf, isSound: sum.toString('latin1') === sumOf(key, json) });
    end += json.length + 1;
  }
  return read;
}

const EMPTY = Buffer.alloc(0);
const TAB = 0x09;

function columnsOf(line: Buffer): readonly Buffer[] {
  const columns: Buffer[] = [];
  let from = 0;
  for (;;) {
    const tab = line.indexOf(TAB, from);
    if (tab < 0) return [...columns, line.subarray(from)];
    columns.push(line.subarray(from, tab));
    from = tab + 1;
  }
}

function readPath(column: Buffer): Path | undefined {
  const key = column.toString('utf8');
  try {
    const path: unknown = JSON.parse(key);
    const isPath = Array.isArray(path) && path.length > 0 && path.every((part) => typeof part === 'string');
    return isPath && keyOf(path) === key ? path : undefined;
  } catch {
    return undefined;
  }
}

function sumOf(key: string | Buffer, json: string | Buffer): string {
  return crc32(json, crc32('\t', crc32(key)))
    .toString(16)
    .padStart(8, '0');
}
