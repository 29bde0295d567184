import { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';
import { type RecordPlatform, RecordStoreException, type StoredRecords } from '../midp/index.ts';

const stored = z.object({ nextId: z.int().positive(), records: z.record(z.string().regex(/^\d+$/), z.hex()) });

/** The record stores of one application, each a section of the flash with its records in hexadecimal. */
export function recordStorage(flash: Flash, application: string): RecordPlatform {
  const section = (name: string) => `records/${application}/${name}`;
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

function write(flash: Flash, section: string, value: Parameters<Flash['write']>[1]): void {
  try {
    flash.write(section, value);
  } catch (error) {
    if (!(error instanceof FlashError)) throw error;
    throw new RecordStoreException(error.code === 'full' ? 'full' : 'failed', error.message, { cause: error });
  }
}
