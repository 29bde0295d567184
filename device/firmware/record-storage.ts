import { z } from 'zod';
import { type Flash, FlashError, type FlashValue } from '../hal/index.ts';
import { type RecordPlatform, RecordStoreException, type StoredRecords } from '../midp/index.ts';

const stored = z.object({ nextId: z.int().positive(), records: z.record(z.string().regex(/^\d+$/), z.hex()) });

const PREFIX = 'records/';

/** A name as a part of a section's name, so that no two pairs of suite and store have one section. */
export function sectionName(name: string): string {
  return name.replaceAll(/[%/~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The ids of the suites that have records. */
export function suitesWithRecords(flash: Flash): readonly string[] {
  const ids = flash
    .names()
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length, name.lastIndexOf('/')));
  return [...new Set(ids)];
}

/** Erases all record stores of a suite. @throws FlashError */
export function eraseRecords(flash: Flash, suite: string): void {
  for (const name of flash.names()) {
    if (name.startsWith(PREFIX) && name.slice(PREFIX.length, name.lastIndexOf('/')) === suite)
      flash.write(name, undefined);
  }
}

/** The record stores of one suite, each a section of the flash with its records in hexadecimal. @param suite its id */
export function recordStorage(flash: Flash, suite: string): RecordPlatform {
  const section = (name: string) => `${PREFIX}${suite}/${sectionName(name)}`;
  return {
    load(name) {
      const value = flash.read(section(name));
      return value === undefined ? undefined : decode(name, value);
    },
    save(name, { nextId, records }) {
      const hex = [...records].map(([id, data]): [string, string] => [String(id), Buffer.from(data).toString('hex')]);
      write(flash, section(name), { nextId, records: Object.fromEntries(hex) });
    },
    remove(name) {
      write(flash, section(name), undefined);
    },
  };
}

function decode(name: string, value: unknown): StoredRecords {
  const parsed = stored.safeParse(value);
  if (!parsed.success) throw new RecordStoreException('failed', `The record store ${name} is damaged`);
  const records = Object.entries(parsed.data.records).map(([id, hex]): [number, Uint8Array] => [
    Number(id),
    new Uint8Array(Buffer.from(hex, 'hex')),
  ]);
  return { nextId: parsed.data.nextId, records: new Map(records.sort(([a], [b]) => a - b)) };
}

function write(flash: Flash, section: string, value: FlashValue | undefined): void {
  try {
    flash.write(section, value);
  } catch (error) {
    if (!(error instanceof FlashError)) throw error;
    throw new RecordStoreException(error.code === 'full' ? 'full' : 'failed', error.message, { cause: error });
  }
}
