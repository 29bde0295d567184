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
 * Each call that changes something is all or nothing, and safe when it returns.
 */
export class RecordStore {
  readonly #platform: RecordPlatform;
  readonly #name: string;
  #stored: StoredRecords | undefined;

  private constructor(platform: RecordPlatform, name: string, stored: StoredRecords) {
    this.#platform = platform;
    this.#name = name;
    this.#stored = stored;
  }

  /** @throws RecordStoreException `not-found` when there is no such store and none is to be created. */
  static openRecordStore(context: MidletContext, name: string, createIfNecessary: boolean): RecordStore {
    if (name.length < 1 || name.length > 32) {
      throw new RecordStoreException('failed', `A record store's name has 1 to 32 characters, not ${name.length}`);
    }
    const stored = context.records.load(name);
    if (stored === undefined && !createIfNecessary) {
      throw new RecordStoreException('not-found', `There is no record store ${name}`);
    }
    return new RecordStore(context.records, name, stored ?? { nextId: 1, records: new Map() });
  }

  /** @throws RecordStoreException `not-found` */
  static deleteRecordStore(context: MidletContext, name: string): void {
    if (context.records.load(name) === undefined) {
      throw new RecordStoreException('not-found', `There is no record store ${name}`);
    }
    context.records.remove(name);
  }

  /** Adds a record and returns its id, which no record of this store had before. */
  addRecord(data: Uint8Array): number {
    const { nextId, records } = this.#open();
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
    const { nextId, records } = this.#open();
    this.#save({ nextId, records: new Map(records).set(id, data.slice()) });
  }

  /** @throws RecordStoreException `invalid-id` */
  deleteRecord(id: number): void {
    this.#expect(id);
    const { nextId, records } = this.#open();
    const left = new Map(records);
    left.delete(id);
    this.#save({ nextId, records: left });
  }

  getNumRecords(): number {
    return this.#open().records.size;
  }

  /** Ids and copies of all records, in the order of their ids. */
  enumerateRecords(): readonly (readonly [id: number, data: Uint8Array])[] {
    return [...this.#open().records].map(([id, data]) => [id, data.slice()]);
  }

  /** After this every call throws. */
  closeRecordStore(): void {
    this.#open();
    this.#stored = undefined;
  }

  #open(): StoredRecords {
    if (this.#stored === undefined)
      throw new RecordStoreException('not-open', `The record store ${this.#name} is closed`);
    return this.#stored;
  }

  #expect(id: number): Uint8Array {
    const data = this.#open().records.get(id);
    if (data === undefined)
      throw new RecordStoreException('invalid-id', `The record store ${this.#name} has no record ${id}`);
    return data;
  }

  #save(stored: StoredRecords): void {
    this.#platform.save(this.#name, stored);
    this.#stored = stored;
  }
}
