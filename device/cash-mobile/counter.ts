import { DataInputStream, DataOutputStream, type MidletContext, RecordStore } from '../midp/index.ts';
import { eraseAll, writeOnly } from './records.ts';

/**
 * From this time on, unix seconds (a day in 2105), the clock does not count: it is wrong, and numbers have to be left for the messages that
 * come after it was put right.
 */
export const CLOCK_LIMIT = 0xff00_0000;

/** The number that each message from this phone carries, and that the service takes only once. */
export class Counter {
  readonly #store: RecordStore;
  readonly #now: () => number;

  constructor(context: MidletContext) {
    this.#store = RecordStore.openRecordStore(context, 'counter', true);
    this.#now = () => context.system.currentTimeMillis();
  }

  /** The next `ctr`: the larger of the last one + 1 and the unix time. It is stored before anybody sees it. */
  next(): number {
    const now = Math.floor(this.#now() / 1000);
    const next = Math.max(this.#last + 1, now < CLOCK_LIMIT ? now : 0);
    this.#save(next);
    return next;
  }

  /** The service has seen this number: all that follow are higher. */
  seen(ctr: number): void {
    if (ctr > this.#last && ctr < 0xffff_ffff) this.#save(ctr);
  }

  /** For a phone that is erased. */
  forget(): void {
    eraseAll(this.#store);
  }

  get #last(): number {
    const [stored] = this.#store.enumerateRecords();
    return stored === undefined ? 0 : new DataInputStream(stored[1]).readInt() >>> 0;
  }

  #save(ctr: number): void {
    writeOnly(this.#store, new DataOutputStream().writeInt(ctr).toByteArray());
  }
}
