/** Which of the JSR's exceptions a `RecordStoreException` stands for. */
export type RecordStoreErrorCode = 'not-found' | 'invalid-id' | 'full' | 'not-open' | 'failed';

/** A record store as it is stored. `nextId` only grows, so that no id is used for a second record. */
export interface StoredRecords {
  readonly nextId: number;
  /** Grows with each change of a record. */
  readonly version: number;
  /** The last change, ms since 1970. */
  readonly modified: number;
  /** Records with their ids, in the order of the ids. */
  readonly records: readonly (readonly [id: number, data: Uint8Array])[];
}

/**
 * The phone's side of record stores; each application has stores of its own. When a call returns, its change survives a
 * power cut; when it throws RecordStoreException (`full`, `failed`), nothing has changed.
 */
export interface RecordPlatform {
  /** The records of a store; `undefined` when there is none and none is to be made. */
  open(name: string, create: boolean): StoredRecords | undefined;
  /** Adds a record under the next id, or replaces one. */
  put(name: string, id: number, data: Uint8Array): void;
  delete(name: string, id: number): void;
  /** Erases a store. */
  remove(name: string): void;
  /** The names of all stores. */
  list(): readonly string[];
  /** Octets that the application may still store. */
  room(): number;
  /** ms since 1970 */
  now(): number;
}
