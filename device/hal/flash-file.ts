import { closeSync, fsyncSync, openSync, readFileSync, realpathSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import {
  checkCapacity,
  FLASH_CAPACITY,
  FLASH_FORMAT,
  type Flash,
  FlashError,
  replaceSection,
  type Sections,
  serialize,
} from './flash.ts';

const fileFormat = z.object({ format: z.literal(FLASH_FORMAT), sections: z.record(z.string(), z.json()) });

/**
 * A flash in a JSON file that only its owner may read, because it holds the keys of the phone.
 * Each write makes a new file and gives it the old name: after a power cut the file is either the old or the new one.
 *
 * @throws FlashError `damaged` when the file is no flash, `failed` when it cannot be read.
 */
export function fileFlash(name: string, capacity: number = FLASH_CAPACITY): Flash {
  const path = realPath(name);
  let sections = load(path);
  return {
    read: (section) => sections.get(section),
    names: () => [...sections.keys()],
    write(section, value) {
      const changed = replaceSection(sections, section, value);
      const text = serialize(changed);
      checkCapacity(text, capacity);
      replaceFile(path, text);
      sections = changed;
    },
  };
}

/** The path of a file without symbolic links, so that a write replaces the file and not the link. */
export function realPath(path: string): string {
  return existingPath(path) ?? join(existingPath(dirname(path)) ?? dirname(path), basename(path));
}

function existingPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function load(path: string): Sections {
  const text = readText(path);
  if (text === undefined) return new Map();
  const parsed = fileFormat.safeParse(parseJson(path, text));
  if (!parsed.success) throw damaged(path);
  return new Map(Object.entries(parsed.data.sections));
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
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

function replaceFile(path: string, text: string): void {
  const fresh = `${path}.new`;
  try {
    rmSync(fresh, { force: true });
    writeDurably(fresh, text);
    renameSync(fresh, path);
    syncFolder(dirname(path));
  } catch (error) {
    throw new FlashError('failed', `The flash file ${path} cannot be written: ${reason(error)}`, { cause: error });
  }
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    const octets = Buffer.from(text, 'utf8');
    for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at);
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
