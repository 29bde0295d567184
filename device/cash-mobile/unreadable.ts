import { type MidletContext, RecordStore } from '../midp/index.ts';
import { sameOctets } from '../safe-mobile/index.ts';
import { eraseAll } from './records.ts';

/** How many refs are remembered. */
const CAPACITY = 20;

/** The refs of the latest requests that were refused as unreadable, a record each. */
export class Unreadable {
  readonly #store: RecordStore;

  constructor(context: MidletContext) {
    this.#store = RecordStore.openRecordStore(context, 'unreadable', true);
  }

  forget(): void {
    eraseAll(this.#store);
  }

  /** @param ref 8 octets. @returns false when it is there already */
  add(ref: Uint8Array): boolean {
    const kept = [...this.#store.enumerateRecords()];
    if (kept.some(([, known]) => sameOctets(known, ref))) return false;
    const [oldest] = kept;
    if (oldest !== undefined && kept.length >= CAPACITY) this.#store.deleteRecord(oldest[0]);
    this.#store.addRecord(ref);
    return true;
  }
}
