import type { RecordStore } from '../midp/index.ts';

/** Erases all records of a store. */
export function eraseAll(store: RecordStore): void {
  for (const [id] of store.enumerateRecords()) store.deleteRecord(id);
}

/** Writes the only record of a store. */
export function writeOnly(store: RecordStore, data: Uint8Array): void {
  const [stored] = store.enumerateRecords();
  if (stored === undefined) store.addRecord(data);
  else store.setRecord(stored[0], data);
}
