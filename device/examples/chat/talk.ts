import { DataInputStream, DataOutputStream, type MidletContext, RecordStore } from 'cash-mobile/midp';

/** Lines that are kept: the oldest one makes room for a new one. */
const KEPT = 20;

/** One line of a talk. */
export interface Line {
  readonly isMine: boolean;
  readonly text: string;
}

/** What was said with one number, in the flash of the phone: it is there again after the application was closed. */
export class Talk {
  readonly #lines: RecordStore;
  readonly #settings: RecordStore;

  constructor(context: MidletContext) {
    this.#lines = RecordStore.openRecordStore(context, 'lines', true);
    this.#settings = RecordStore.openRecordStore(context, 'settings', true);
  }

  /** The number of the other phone; empty until there is one. */
  get number(): string {
    const [stored] = this.#settings.enumerateRecords();
    return stored === undefined ? '' : new DataInputStream(stored[1]).readUTF();
  }

  set number(number: string) {
    const record = new DataOutputStream().writeUTF(number).toByteArray();
    const [stored] = this.#settings.enumerateRecords();
    if (stored === undefined) this.#settings.addRecord(record);
    else this.#settings.setRecord(stored[0], record);
  }

  /** The lines, newest first. */
  get lines(): readonly Line[] {
    return Array.from(this.#lines.enumerateRecords(), ([, data]) => {
      const record = new DataInputStream(data);
      return { isMine: record.readBoolean(), text: record.readUTF() };
    }).reverse();
  }

  add({ isMine, text }: Line): void {
    const [oldest] = this.#lines.enumerateRecords();
    if (oldest !== undefined && this.#lines.getNumRecords() >= KEPT) this.#lines.deleteRecord(oldest[0]);
    this.#lines.addRecord(new DataOutputStream().writeBoolean(isMine).writeUTF(text).toByteArray());
  }
}
