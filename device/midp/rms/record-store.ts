import type { MidletContext } from '../context.ts';
import { RecordStoreException } from './exception.ts';
import type { RecordPlatform, StoredRecords } from './platform.ts';
import { type RecordComparator, RecordEnumeration, type RecordFilter } from './record-enumeration.ts';

/** Hears of the changes of a store (`javax.microedition.rms.RecordListener`), after each of them. */
export interface RecordListener {
  recordAdded(store: RecordStore, id: number): void;
  recordChanged(store: RecordStore, id: number): void;
  recordDeleted(store: RecordStore, id: number): void;
}

/**
 * Records of octets under integer ids that survive a power cut (JSR-118, `javax.microedition.rms.RecordStore`).
 * Each call that changes something is all or nothing, and safe when it returns. A store that is opened again while it
 * is open is the same object; it is closed when it was closed as often as opened.
 */
export class RecordStore {
  /** The open stores of each application, by name. */
  static readonly #open: WeakMap<RecordPlatform, Map<string, RecordStore>> = new WeakMap();

  readonly #platform: RecordPlatform;
  readonly #name: string;
  readonly #records: Map<number, Uint8Array>;
  #nextId: number;
  #version: number;
  #modified: number;
  #listeners: readonly RecordListener[] = [];
  /** How often it was opened, less how often it was closed. */
  #opens = 0;

  private constructor(platform: RecordPlatform, name: string, { nextId, version, modified, records }: StoredRecords) {
    this.#platform = platform;
    this.#name = name;
    this.#nextId = nextId;
    this.#version = version;
    this.#modified = modified;
    this.#records = new Map(records);
  }

  /**
   * Opens a store, or makes an empty one.
   * @throws RecordStoreException `not-found` when there is no such store and none is to be created, `full` when there
   * is no room for a new one
   */
  static openRecordStore(context: MidletContext, name: string, createIfNecessary: boolean): RecordStore {
    if (name.length < 1 || name.length > 32) {
      throw new RecordStoreException('failed', `A record store's name has 1 to 32 characters, not ${name.length}`);
    }
    const open = RecordStore.#openOf(context.records);
    const store = open.get(name) ?? RecordStore.#load(context.records, name, createIfNecessary);
    store.#opens += 1;
    open.set(name, store);
    return store;
  }

  static #load(platform: RecordPlatform, name: string, createIfNecessary: boolean): RecordStore {
    const stored = platform.open(name, createIfNecessary);
    if (stored === undefined) throw new RecordStoreException('not-found', `There is no record store ${name}`);
    return new RecordStore(platform, name, stored);
  }

  /** The names of the application's record stores. */
  static listRecordStores(context: MidletContext): readonly string[] {
    return context.records.list();
  }

  static #openOf(platform: RecordPlatform): Map<string, RecordStore> {
    const open = RecordStore.#open.get(platform) ?? new Map<string, RecordStore>();
    RecordStore.#open.set(platform, open);
    return open;
  }

  /** @throws RecordStoreException `not-found`, `failed` when the store is open */
  static deleteRecordStore(context: MidletContext, name: string): void {
    if (RecordStore.#openOf(context.records).has(name)) {
      throw new RecordStoreException('failed', `The record store ${name} is open: close it before it is deleted`);
    }
    if (!context.records.list().includes(name)) {
      throw new RecordStoreException('not-found', `There is no record store ${name}`);
    }
    context.records.remove(name);
  }

  /** Adds a record and returns its id, which no record of this store had before. */
  addRecord(data: Uint8Array): number {
    this.#expectOpen();
    const id = this.#nextId;
    this.#put(id, data);
    this.#nextId = id + 1;
    this.#changed((listener) => listener.recordAdded(this, id));
    return id;
  }

  /** A copy of a record. @throws RecordStoreException `invalid-id` */
  getRecord(id: number): Uint8Array {
    return this.#expect(id).slice();
  }

  /** Replaces a record. @throws RecordStoreException `invalid-id` */
  setRecord(id: number, data: Uint8Array): void {
    this.#expect(id);
    this.#put(id, data);
    this.#changed((listener) => listener.recordChanged(this, id));
  }

  /** @throws RecordStoreException `invalid-id` */
  deleteRecord(id: number): void {
    this.#expect(id);
    this.#platform.delete(this.#name, id);
    this.#records.delete(id);
    this.#changed((listener) => listener.recordDeleted(this, id));
  }

  /** Octets of a record. @throws RecordStoreException `invalid-id` */
  getRecordSize(id: number): number {
    return this.#expect(id).length;
  }

  getNumRecords(): number {
    this.#expectOpen();
    return this.#records.size;
  }

  /** The id that the next record gets. */
  getNextRecordID(): number {
    this.#expectOpen();
    return this.#nextId;
  }

  /** Octets of all records. */
  getSize(): number {
    this.#expectOpen();
    return Array.from(this.#records.values()).reduce((sum, { length }) => sum + length, 0);
  }

  /** Octets that the application may still store, in all its stores together. */
  getSizeAvailable(): number {
    this.#expectOpen();
    return this.#platform.room();
  }

  /** Grows with each change of a record; of a new store 0. */
  getVersion(): number {
    this.#expectOpen();
    return this.#version;
  }

  /** The last change, ms since 1970. */
  getLastModified(): number {
    this.#expectOpen();
    return this.#modified;
  }

  getName(): string {
    this.#expectOpen();
    return this.#name;
  }

  /** Adding a listener twice changes nothing. */
  addRecordListener(listener: RecordListener): void {
    this.#expectOpen();
    if (!this.#listeners.includes(listener)) this.#listeners = [...this.#listeners, listener];
  }

  removeRecordListener(listener: RecordListener): void {
    this.#listeners = this.#listeners.filter((known) => known !== listener);
  }

  /**
   * The records that pass a filter, in the order of a comparator. Default: all, in the order of their ids.
   * @param keepUpdated whether the enumeration follows later changes
   */
  enumerateRecords(
    filter?: RecordFilter,
    comparator?: RecordComparator,
    keepUpdated: boolean = false,
  ): RecordEnumeration {
    this.#expectOpen();
    const enumeration = new RecordEnumeration(
      {
        all: () => {
          this.#expectOpen();
          return [...this.#records];
        },
        getRecord: (id) => this.getRecord(id),
        watch: (changed) => {
          const listener = { recordAdded: changed, recordChanged: changed, recordDeleted: changed };
          this.addRecordListener(listener);
          return () => this.removeRecordListener(listener);
        },
      },
      filter,
      comparator,
    );
    if (keepUpdated) enumeration.keepUpdated(true);
    return enumeration;
  }

  /** After it was closed as often as it was opened, every call throws. @throws RecordStoreException `not-open` */
  closeRecordStore(): void {
    this.#expectOpen();
    this.#opens -= 1;
    if (this.#opens > 0) return;
    this.#listeners = [];
    RecordStore.#openOf(this.#platform).delete(this.#name);
  }

  #changed(tell: (listener: RecordListener) => void): void {
    this.#version += 1;
    this.#modified = this.#platform.now();
    for (const listener of this.#listeners) tell(listener);
  }

  #put(id: number, data: Uint8Array): void {
    const copy = data.slice();
    this.#platform.put(this.#name, id, copy);
    this.#records.set(id, copy);
  }

  #expectOpen(): void {
    if (this.#opens === 0) throw new RecordStoreException('not-open', `The record store ${this.#name} is closed`);
  }

  #expect(id: number): Uint8Array {
    this.#expectOpen();
    const data = this.#records.get(id);
    if (data === undefined)
      throw new RecordStoreException('invalid-id', `The record store ${this.#name} has no record ${id}`);
    return data;
  }
}
