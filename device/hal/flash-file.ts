import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join as joinPath } from 'node:path';
import { z } from 'zod';
import {
  checkCapacity,
  FLASH_CAPACITY,
  FLASH_FORMAT,
  type Flash,
  FlashError,
  type FlashValue,
  replaceSection,
  type Sections,
  serialize,
} from './flash.ts';
import { type Change, encodeLine, join, keyOf, type Leaf, LOG_HEAD, type Log, readLog, split } from './flash-log.ts';

const fileFormat = z.object({ format: z.literal(FLASH_FORMAT), sections: z.record(z.string(), z.json()) });

/** Octets of a log above twice those that count: then the file is written anew. */
const SPARE_OCTETS = 65_536;

/**
 * A flash in a file that only its owner may read, because it holds the keys of the phone. A write adds what has changed as a line, and then
 * overwrites what that has replaced (see `flash-log.ts`); now and then the file is written anew under another name and given the old one.
 * After a power cut the file is what it was before the write or after it. A file of the first format, one JSON text, is read as well.
 *
 * @throws FlashError `damaged` when the file is no flash, `failed` when it cannot be read.
 */
export function fileFlash(name: string, capacity: number = FLASH_CAPACITY): Flash {
  const path = realPath(name);
  let sections: Sections;
  /** Absent when the file is to be written anew: there is none, or one of the first format, or the last write failed. */
  let log: Log | undefined;
  ({ sections, log } = load(path));
  return {
    read: (section) => sections.get(section),
    names: () => [...sections.keys()],
    write(section, value) {
      const changed = replaceSection(sections, section, value);
      checkCapacity(serialize(changed), capacity);
      const before = log;
      log = undefined;
      const isWorn = before !== undefined && before.end > 2 * sizeOf(before) + SPARE_OCTETS;
      log = before === undefined || isWorn ? writeAnew(path, changed) : addLine(path, before, section, value);
      sections = changed;
    },
  };
}

/** Octets of the values of a log, with their paths. */
function sizeOf({ leaves }: Log): number {
  return [...leaves].reduce((sum, [key, { length }]) => sum + key.length + length, 0);
}

function writeAnew(path: string, sections: Sections): Log {
  const changes = [...sections].flatMap(([name, value]) => split([name], value));
  const lines = changes.length === 0 ? [] : [encodeLine(changes, LOG_HEAD.length)];
  const octets = Buffer.concat([Buffer.from(LOG_HEAD), ...lines.map(({ line }) => line)]);
  replaceFile(path, octets);
  const leaves = lines.flatMap((line) => line.leaves);
  return { leaves: new Map(leaves.map((leaf) => [keyOf(leaf.path), leaf])), end: octets.length };
}

/** @returns `undefined` when the file is to be written anew with the next write */
function addLine(path: string, log: Log, section: string, value: FlashValue | undefined): Log | undefined {
  const changes = changesOf(log, section, value);
  if (changes.length === 0) return log;
  const { line, leaves } = encodeLine(changes, log.end);
  const replaced = changes.flatMap(({ path: changed }) => log.leaves.get(keyOf(changed)) ?? []);
  appendDurably(path, line, log.end);
  if (replaced.length > 0 && !overwrite(path, replaced)) return undefined;
  const all = new Map(log.leaves);
  for (const { path: changed, json } of changes) if (json === undefined) all.delete(keyOf(changed));
  for (const leaf of leaves) all.set(keyOf(leaf.path), leaf);
  return { leaves: all, end: log.end + line.length };
}

/** What is to be set and erased so that a section has a value. */
function changesOf(log: Log, section: string, value: FlashValue | undefined): readonly Change[] {
  const wanted = value === undefined ? [] : split([section], value);
  const keys = new Set(wanted.map(({ path }) => keyOf(path)));
  const erased = [...log.leaves].filter(([key, { path }]) => path[0] === section && !keys.has(key));
  return [
    ...erased.map(([, { path }]) => ({ path, json: undefined })),
    ...wanted.filter(({ path, json }) => log.leaves.get(keyOf(path))?.json !== json),
  ];
}

/** The path of a file without symbolic links, so that a write replaces the file and not the link. */
export function realPath(path: string): string {
  return existingPath(path) ?? joinPath(existingPath(dirname(path)) ?? dirname(path), basename(path));
}

function existingPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function load(path: string): { readonly sections: Sections; readonly log?: Log } {
  const octets = readOctets(path);
  if (octets === undefined) return { sections: new Map() };
  const log = readLog(octets);
  if (log !== undefined) {
    if (log.end < octets.length) cutTail(path, log.end);
    if (log.stale.length > 0) overwrite(path, log.stale);
    return { sections: join(log.leaves.values()), log };
  }
  const parsed = fileFormat.safeParse(parseJson(path, octets.toString('utf8')));
  if (!parsed.success) throw damaged(path);
  return { sections: new Map(Object.entries(parsed.data.sections)) };
}

/** Removes a line that the power cut, so that the next one does not continue it. */
function cutTail(path: string, end: number): void {
  try {
    truncateSync(path, end);
  } catch (error) {
    throw new FlashError('failed', `The flash file ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
}

function readOctets(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new FlashError('failed', `The flash file ${path} cannot be read: ${reason(error)}`, { cause: error });
  }
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw damaged(path);
  }
}

function damaged(path: string): FlashError {
  return new FlashError(
    'damaged',
    `${path} is not a flash file of a handset: give another name, or delete it to start with an empty phone`,
  );
}

/** Adds a line: when this returns, it is on the disk. */
function appendDurably(path: string, line: Buffer, end: number): void {
  try {
    inFile(path, (file) => writeWhole(file, line, end));
  } catch (error) {
    // What was written of the line is no line. Where that cannot be removed, the next write makes the file anew.
    rescue(() => truncateSync(path, end));
    throw new FlashError('failed', `The flash file ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
}

/** Overwrites values that a line has replaced, so that nobody reads there what was erased. @returns whether the disk has done that */
function overwrite(path: string, replaced: readonly Leaf[]): boolean {
  return rescue(() =>
    inFile(path, (file) => {
      for (const { at, length } of replaced) writeWhole(file, Buffer.alloc(length, ' '), at);
    }),
  );
}

function inFile(path: string, change: (file: number) => void): void {
  const file = openSync(path, 'r+');
  try {
    change(file);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Whether something could be done that may fail. */
function rescue(task: () => void): boolean {
  try {
    task();
    return true;
  } catch {
    return false;
  }
}

/** A disk may take a part of a write only. */
function writeWhole(file: number, octets: Buffer, at: number): void {
  for (let done = 0; done < octets.length; ) done += writeSync(file, octets, done, octets.length - done, at + done);
}

function replaceFile(path: string, octets: Buffer): void {
  const fresh = `${path}.new`;
  try {
    rmSync(fresh, { force: true });
    writeDurably(fresh, octets);
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw new FlashError('failed', `The flash file ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
}

function writeDurably(path: string, octets: Buffer): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeWhole(file, octets, 0);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

// The rename survives a power cut only when the folder is on the disk too.
function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
