import { type MidletContext, RecordStore } from '../midp/index.ts';
import { ifAccepted, sameOctets } from '../safe-mobile/index.ts';
import { decodeTransaction, encodeTransaction, isOpen, requestOf, type Transaction } from './transaction.ts';

/** Transactions that the phone remembers. One more removes the oldest settled one, or else the oldest of all. */
const TRANSACTION_CAPACITY = 50;

interface Kept {
  readonly id: number;
  readonly transaction: Transaction;
}

/**
 * All transactions in the phone, oldest first, a record each. One whose request this version cannot read is
 * forgotten: the AUTH_REQUEST of an enrolment had another layout in earlier versions.
 */
export class Transactions {
  readonly #store: RecordStore;
  readonly #changing: (all: readonly Transaction[]) => void;
  #kept: readonly Kept[];

  /** @param changing called with all transactions before a change is stored, as they will be after it. */
  constructor(context: MidletContext, changing: (all: readonly Transaction[]) => void) {
    this.#changing = changing;
    this.#store = RecordStore.openRecordStore(context, 'transactions', true);
    const stored = Array.from(this.#store.enumerateRecords(), ([id, data]) => ({
      id,
      transaction: decodeTransaction(data),
    }));
    this.#kept = stored.filter(({ transaction }) => ifAccepted(() => requestOf(transaction)));
    for (const kept of stored) if (!this.#kept.includes(kept)) this.#store.deleteRecord(kept.id);
  }

  get all(): readonly Transaction[] {
    return this.#kept.map(({ transaction }) => transaction);
  }

  find(role: Transaction['role'], ref: Uint8Array): Transaction | undefined {
    return this.#find(role, ref)?.transaction;
  }

  /** Stores a new or changed transaction: when this returns, it is in the flash. */
  save(transaction: Transaction): void {
    const kept = this.#find(transaction.role, transaction.ref);
    const data = encodeTransaction(transaction);
    this.#changing([...this.all.filter((other) => other !== kept?.transaction), transaction]);
    if (kept === undefined) {
      this.#makeRoom();
      this.#kept = [...this.#kept, { id: this.#store.addRecord(data), transaction }];
    } else {
      this.#store.setRecord(kept.id, data);
      this.#kept = this.#kept.map((other) => (other.id === kept.id ? { id: kept.id, transaction } : other));
    }
  }

  /** Forgets everything, for a phone that is enrolled anew. */
  clear(): void {
    for (const { id } of this.#kept) this.#store.deleteRecord(id);
    this.#kept = [];
    this.#changing([]);
  }

  #find(role: Transaction['role'], ref: Uint8Array): Kept | undefined {
    return this.#kept.find(({ transaction }) => transaction.role === role && sameOctets(transaction.ref, ref));
  }

  #makeRoom(): void {
    if (this.#kept.length < TRANSACTION_CAPACITY) return;
    const oldest = this.#kept.find(({ transaction }) => !isOpen(transaction)) ?? this.#kept[0];
    if (oldest === undefined) return;
    this.#store.deleteRecord(oldest.id);
    this.#kept = this.#kept.filter(({ id }) => id !== oldest.id);
  }
}
