import type { MidletContext } from '../context.ts';
import type { RecordPlatform, RecordStoreErrorCode, StoredRecords } from './platform.ts';

/** A record store refused (`javax.microedition.rms.RecordStoreException` and its subclasses). */
export class RecordStoreException extends Error {
  override readonly name = 'RecordStoreException';
  readonly code: RecordStoreErrorCode;

  constructor(code: RecordStoreErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
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
  /** How often it was opened, less how often it was closed. */
  #opens = 0;

  private constructor(platform: RecordPlatform, name: string, { nextId, records }: StoredRecords) {
    this.#platform = platform;
    this.#name = name;
    this.#nextId = nextId;
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
  }

  /** @throws RecordStoreException `invalid-id` */
  deleteRecord(id: number): void {
    this.#expect(id);
    this.#platform.delete(this.#name, id);
    this.#records.delete(id);
  }

  getNumRecords(): number {
    this.#expectOpen();
    return this.#records.size;
  }

  /** Ids and copies of all records, in the order of their ids. */
  enumerateRecords(): readonly (readonly [id: number, data: Uint8Array])[] {
    this.#expectOpen();
    return Array.from(this.#records, ([id, data]) => [id, data.slice()]);
  }

  /** After it was closed as often as it was opened, every call throws. @throws RecordStoreException `not-open` */
  closeRecordStore(): void {
    this.#expectOpen();
    this.#opens -= 1;
    if (this.#opens === 0) RecordStore.#openOf(this.#platform).delete(this.#name);
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
