import { z } from 'zod';
import { type Flash, FlashError, type FlashValue } from '../hal/index.ts';
import type { HostFailure, StoredRecords } from '../midp/index.ts';
import { DATA_LIMIT } from '../suite/index.ts';

const stored = z.object({
  nextId: z.int().positive(),
  records: z.record(z.string().regex(/^\d+$/), z.hex()),
  /** How often records were changed, and when last, ms since 1970; absent in earlier versions. */
  changed: z.tuple([z.int().min(0), z.number()]).exactOptional(),
});

/** A record store as it is in the flash: each record in hexadecimal. */
type Section = z.output<typeof stored>;

const PREFIX = 'records/';
/** Stores of a suite. */
const STORE_LIMIT = 64;

/** Octets that a record and a store count beside those of their content, because they take room when they are empty too. */
const RECORD_COST = 16;
const STORE_COST = 128;

/** A name as a part of a section's name, so that no two pairs of suite and store have one section. */
export function sectionName(name: string): string {
  // A section is a key of an object, where JavaScript has __proto__ for itself.
  if (name === '__proto__') return '%5F_proto__';
  return name.replaceAll(/[%/~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** The ids of the suites that have records. */
export function suitesWithRecords(flash: Flash): readonly string[] {
  const ids = flash.names().filter((name) => name.startsWith(PREFIX));
  return [...new Set(ids.map(suiteOf))];
}

/** Erases all record stores of a suite. @throws FlashError */
export function eraseRecords(flash: Flash, suite: string): void {
  for (const name of sectionsOf(flash, suite)) flash.write(name, undefined);
}

function sectionsOf(flash: Flash, suite: string): readonly string[] {
  return flash.names().filter((name) => name.startsWith(PREFIX) && suiteOf(name) === suite);
}

function suiteOf(section: string): string {
  return section.slice(PREFIX.length, section.lastIndexOf('/'));
}

function storeOf(section: string): string {
  const written = section.slice(section.lastIndexOf('/') + 1);
  return written.replaceAll(/%(25|2F|5F|7E)/g, (_all, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The record stores of one suite, each a section of the flash. */
export class RecordStorage {
  readonly #flash: Flash;
  readonly #suite: string;
  readonly #now: () => number;
  /** The stores that were read, by name. */
  readonly #sections = new Map<string, Section>();

  /** @param suite its id. @param now the phone's clock, ms since 1970. Default: without one, 0 */
  constructor(flash: Flash, suite: string, now: () => number = () => 0) {
    this.#flash = flash;
    this.#suite = suite;
    this.#now = now;
  }

  /** The records of a store; `undefined` when there is none and none is to be made. */
  open(name: string, create: boolean): StoredRecords | HostFailure | undefined {
    const section = this.#read(name);
    if (section === 'damaged') return { code: 'failed', reason: `The record store ${name} is damaged` };
    if (section === undefined) return create ? this.#create(name) : undefined;
    const records = Object.entries(section.records).map(([id, hex]): [number, Uint8Array] => [
      Number(id),
      new Uint8Array(Buffer.from(hex, 'hex')),
    ]);
    const [version, modified] = section.changed ?? [0, 0];
    return { nextId: section.nextId, version, modified, records: records.sort(([a], [b]) => a - b) };
  }

  /** Adds a record under the next id, or replaces one. */
  put(name: string, id: number, data: Uint8Array): HostFailure | undefined {
    const section = this.#read(name);
    if (section === undefined || section === 'damaged') return notFound(name);
    const { nextId, records } = section;
    if (id !== nextId && !Object.hasOwn(records, id)) return noRecord(name, id);
    const known = records[id];
    const growth = data.length - (known === undefined ? -RECORD_COST : known.length / 2);
    if (growth > 0 && this.#size() + growth > DATA_LIMIT) return full();
    const hex = Buffer.from(data).toString('hex');
    const changed = this.#changed(section);
    return this.#write(name, { nextId: Math.max(nextId, id + 1), records: { ...records, [id]: hex }, changed });
  }

  delete(name: string, id: number): HostFailure | undefined {
    const section = this.#read(name);
    if (section === undefined || section === 'damaged') return notFound(name);
    if (!Object.hasOwn(section.records, id)) return noRecord(name, id);
    const { [id]: _deleted, ...records } = section.records;
    return this.#write(name, { nextId: section.nextId, records, changed: this.#changed(section) });
  }

  /** Erases a store. */
  remove(name: string): HostFailure | undefined {
    return this.#read(name) === undefined ? notFound(name) : this.#write(name, undefined);
  }

  /** The names of all stores. */
  list(): readonly string[] {
    return sectionsOf(this.#flash, this.#suite).map(storeOf);
  }

  /** Octets that one record more may have. */
  room(): number {
    return Math.max(0, DATA_LIMIT - this.#size() - RECORD_COST);
  }

  #create(name: string): StoredRecords | HostFailure {
    if (this.list().length >= STORE_LIMIT) {
      return { code: 'full', reason: `An application has ${STORE_LIMIT} record stores at most` };
    }
    if (this.#size() + STORE_COST > DATA_LIMIT) return full();
    const modified = this.#now();
    const refused = this.#write(name, { nextId: 1, records: {}, changed: [0, modified] });
    return refused ?? { nextId: 1, version: 0, modified, records: [] };
  }

  #changed({ changed: [version] = [0, 0] }: Section): [version: number, modified: number] {
    return [version + 1, this.#now()];
  }

  /** Octets of all records in all stores, and what records and stores cost beside their octets. */
  #size(): number {
    const sizes = this.list().map((name) => {
      const section = this.#read(name);
      if (section === undefined || section === 'damaged') return STORE_COST;
      return Object.values(section.records).reduce((sum, hex) => sum + hex.length / 2 + RECORD_COST, STORE_COST);
    });
    return sizes.reduce((sum, size) => sum + size, 0);
  }

  #read(name: string): Section | 'damaged' | undefined {
    const known = this.#sections.get(name);
    if (known !== undefined) return known;
    const value = this.#flash.read(this.#section(name));
    if (value === undefined) return undefined;
    const parsed = stored.safeParse(value);
    if (!parsed.success) return 'damaged';
    this.#sections.set(name, parsed.data);
    return parsed.data;
  }

  #write(name: string, section: Section | undefined): HostFailure | undefined {
    const value: FlashValue | undefined = section;
    try {
      this.#flash.write(this.#section(name), value);
    } catch (error) {
      if (!(error instanceof FlashError)) throw error;
      return { code: error.code === 'full' ? 'full' : 'failed', reason: error.message };
    }
    if (section === undefined) this.#sections.delete(name);
    else this.#sections.set(name, section);
    return undefined;
  }

  #section(name: string): string {
    return `${PREFIX}${this.#suite}/${sectionName(name)}`;
  }
}

function full(): HostFailure {
  return { code: 'full', reason: `The records of an application have ${DATA_LIMIT} octets at most` };
}

function notFound(name: string): HostFailure {
  return { code: 'not-found', reason: `There is no record store ${name}` };
}

function noRecord(name: string, id: number): HostFailure {
  return { code: 'invalid-id', reason: `The record store ${name} has no record ${id}` };
}
