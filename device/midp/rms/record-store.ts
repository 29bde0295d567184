import type { MidletContext } from '../context.ts';
import type { RecordPlatform, StoredRecords } from './platform.ts';

/** Which of the JSR's exceptions a {@link RecordStoreException} stands for. */
export type RecordStoreErrorCode = 'not-found' | 'invalid-id' | 'full' | 'not-open' | 'failed';

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
  #stored: StoredRecords;
  /** How often it was opened, less how often it was closed. */
  #opens = 0;

  private constructor(platform: RecordPlatform, name: string, stored: StoredRecords) {
    this.#platform = platform;
    this.#name = name;
    this.#stored = stored;
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
    const stored = platform.load(name);
    if (stored !== undefined) return new RecordStore(platform, name, stored);
    if (!createIfNecessary) throw new RecordStoreException('not-found', `There is no record store ${name}`);
    const store = new RecordStore(platform, name, { nextId: 1, records: new Map() });
    platform.save(name, store.#stored);
    return store;
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
    if (context.records.load(name) === undefined) {
      throw new RecordStoreException('not-found', `There is no record store ${name}`);
    }
    context.records.remove(name);
  }

  /** Adds a record and returns its id, which no record of this store had before. */
  addRecord(data: Uint8Array): number {
    const { nextId, records } = this.#records();
    this.#save({ nextId: nextId + 1, records: new Map([...records, [nextId, data.slice()]]) });
    return nextId;
  }

  /** A copy of a record. @throws RecordStoreException `invalid-id` */
  getRecord(id: number): Uint8Array {
    return this.#expect(id).slice();
  }

  /** Replaces a record. @throws RecordStoreException `invalid-id` */
  setRecord(id: number, data: Uint8Array): void {
    this.#expect(id);
    const { nextId, records } = this.#records();
    this.#save({ nextId, records: new Map(records).set(id, data.slice()) });
  }

  /** @throws RecordStoreException `invalid-id` */
  deleteRecord(id: number): void {
    this.#expect(id);
    const { nextId, records } = this.#records();
    const left = new Map(records);
    left.delete(id);
    this.#save({ nextId, records: left });
  }

  getNumRecords(): number {
    return this.#records().records.size;
  }

  /** Ids and copies of all records, in the order of their ids. */
  enumerateRecords(): readonly (readonly [id: number, data: Uint8Array])[] {
    return [...this.#records().records].map(([id, data]) => [id, data.slice()]);
  }

  /** After it was closed as often as it was opened, every call throws. @throws RecordStoreException `not-open` */
  closeRecordStore(): void {
    this.#records();
    this.#opens -= 1;
    if (this.#opens === 0) RecordStore.#openOf(this.#platform).delete(this.#name);
  }

  #records(): StoredRecords {
    if (this.#opens === 0) throw new RecordStoreException('not-open', `The record store ${this.#name} is closed`);
    return this.#stored;
  }

  #expect(id: number): Uint8Array {
    const data = this.#records().records.get(id);
    if (data === undefined)
      throw new RecordStoreException('invalid-id', `The record store ${this.#name} has no record ${id}`);
    return data;
  }

  #save(stored: StoredRecords): void {
    this.#platform.save(this.#name, stored);
    this.#stored = stored;
  }
}
