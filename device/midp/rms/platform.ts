/** A record store as it is kept: what `nextId` was given out never comes again. */
export interface StoredRecords {
  readonly nextId: number;
  /** Records by id, in the order of their ids. */
  readonly records: ReadonlyMap<number, Uint8Array>;
}

/** The phone's side of record stores; each application has stores of its own. */
export interface RecordPlatform {
  load(name: string): StoredRecords | undefined;
  /** Safe against a power cut once it returns. @throws RecordStoreException `full` or `failed`; nothing has changed then. */
  save(name: string, stored: StoredRecords): void;
  remove(name: string): void;
}
