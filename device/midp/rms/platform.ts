/** A record store as it is stored. `nextId` only grows, so that no id is used for a second record. */
export interface StoredRecords {
  readonly nextId: number;
  /** Records by id, in the order of their ids. */
  readonly records: ReadonlyMap<number, Uint8Array>;
}

/** The phone's side of record stores; each application has stores of its own. */
export interface RecordPlatform {
  load(name: string): StoredRecords | undefined;
  /** When it returns, the records survive a power cut. @throws RecordStoreException `full` or `failed`; nothing has changed then. */
  save(name: string, stored: StoredRecords): void;
  remove(name: string): void;
}
