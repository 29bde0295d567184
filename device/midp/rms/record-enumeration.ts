import { IllegalStateException } from '../errors.ts';
import { RecordStoreException } from './exception.ts';

/** Whether a record is wanted (`javax.microedition.rms.RecordFilter`). */
export type RecordFilter = (candidate: Uint8Array) => boolean;

/** Below 0 when the first record comes before the second, above 0 when it comes after it, else 0 (`RecordComparator.compare`). */
export type RecordComparator = (first: Uint8Array, second: Uint8Array) => number;

/** What an enumeration needs of its store. */
export interface EnumeratedStore {
  /** Ids and data of all records, in the order of the ids. @throws RecordStoreException `not-open` */
  all(): readonly (readonly [id: number, data: Uint8Array])[];
  /** A copy of a record. @throws RecordStoreException `invalid-id` */
  getRecord(id: number): Uint8Array;
  /** Calls a function after each change, until the returned one is called. */
  watch(changed: () => void): () => void;
}

/**
 * The records of a store in an order, forwards and backwards (JSR-118, `javax.microedition.rms.RecordEnumeration`). One that is not
 * kept updated has the ids of when it was made, so that a record can be gone when it is read. `for … of` gives pairs of id and data,
 * from the first, and moves nothing.
 */
export class RecordEnumeration implements Iterable<readonly [id: number, data: Uint8Array]> {
  readonly #store: EnumeratedStore;
  readonly #filter: RecordFilter | undefined;
  readonly #comparator: RecordComparator | undefined;
  #ids: readonly number[] = [];
  /** The place in `#ids` of the record that was given last; before the first and behind the last one -1. */
  #at = -1;
  #unwatch: (() => void) | undefined;
  #isDestroyed = false;

  /** For the store. */
  constructor(store: EnumeratedStore, filter: RecordFilter | undefined, comparator: RecordComparator | undefined) {
    this.#store = store;
    this.#filter = filter;
    this.#comparator = comparator;
    this.rebuild();
  }

  numRecords(): number {
    this.#expect();
    return this.#ids.length;
  }

  hasNextElement(): boolean {
    this.#expect();
    return this.#at + 1 < this.#ids.length;
  }

  /** After the last one, before the first one is reached again by `reset`, there is none. */
  hasPreviousElement(): boolean {
    this.#expect();
    return this.#at === -1 ? this.#ids.length > 0 : this.#at > 0;
  }

  /** @throws RecordStoreException `invalid-id` when there is none, or when it was deleted since */
  nextRecordId(): number {
    if (!this.hasNextElement()) throw none();
    return this.#move(this.#at + 1);
  }

  /** At first the last record. @throws RecordStoreException `invalid-id` when there is none, or when it was deleted since */
  previousRecordId(): number {
    if (!this.hasPreviousElement()) throw none();
    return this.#move((this.#at === -1 ? this.#ids.length : this.#at) - 1);
  }

  /** A copy. @throws RecordStoreException `invalid-id` when there is none, or when it was deleted since */
  nextRecord(): Uint8Array {
    return this.#store.getRecord(this.nextRecordId());
  }

  /** A copy. @throws RecordStoreException `invalid-id` when there is none, or when it was deleted since */
  previousRecord(): Uint8Array {
    return this.#store.getRecord(this.previousRecordId());
  }

  /** Goes back to where it was at first. */
  reset(): void {
    this.#expect();
    this.#at = -1;
  }

  /** Looks at the records again; what comes next is what came next before. */
  rebuild(): void {
    this.#expect();
    const last = this.#ids[this.#at];
    const before = this.#at - 1;
    const wanted = this.#store.all().filter(([, data]) => this.#filter?.(data.slice()) ?? true);
    const compare = this.#comparator;
    const sorted = compare === undefined ? wanted : wanted.toSorted(([, a], [, b]) => compare(a.slice(), b.slice()));
    this.#ids = sorted.map(([id]) => id);
    const place = last === undefined ? -1 : this.#ids.indexOf(last);
    this.#at = last !== undefined && place < 0 ? Math.min(before, this.#ids.length - 1) : place;
  }

  isKeptUpdated(): boolean {
    this.#expect();
    return this.#unwatch !== undefined;
  }

  /** Whether it follows the changes of the store, which takes time at each of them. */
  keepUpdated(keep: boolean): void {
    this.#expect();
    this.#unwatch?.();
    this.#unwatch = undefined;
    if (!keep) return;
    this.rebuild();
    this.#unwatch = this.#store.watch(() => this.rebuild());
  }

  /** Ends it: every other call throws. */
  destroy(): void {
    this.#expect();
    this.#unwatch?.();
    this.#isDestroyed = true;
  }

  *[Symbol.iterator](): Iterator<readonly [id: number, data: Uint8Array]> {
    this.#expect();
    for (const id of this.#ids) yield [id, this.#store.getRecord(id)];
  }

  #move(to: number): number {
    this.#at = to;
    return this.#ids[to] ?? 0;
  }

  #expect(): void {
    if (this.#isDestroyed) throw new IllegalStateException('The enumeration was destroyed');
  }
}

function none(): RecordStoreException {
  return new RecordStoreException('invalid-id', 'There are no more records');
}
