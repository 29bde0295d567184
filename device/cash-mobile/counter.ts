import { DataInputStream, DataOutputStream, type MidletContext, RecordStore } from '../midp/index.ts';

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
    const [stored] = this.#store.enumerateRecords();
    const last = stored === undefined ? 0 : new DataInputStream(stored[1]).readInt();
    const next = Math.max(last + 1, Math.floor(this.#now() / 1000));
    const data = new DataOutputStream().writeInt(next).toByteArray();
    if (stored === undefined) this.#store.addRecord(data);
    else this.#store.setRecord(stored[0], data);
    return next;
  }
}
