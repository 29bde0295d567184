import type { Clock } from '../modem/index.ts';
import type { DeviceId, PersonId, Ref } from './ids.ts';
import type { PaymentEvent, PaymentState } from './payments/transitions.ts';
import type { DeviceState } from './people/devices.ts';
import type { Row } from './store/row.ts';
import type { Store } from './store/store.ts';

/** Events that do not happen with an honest phone and a working service; the operator should look at them. */
export type Alarm =
  /** A frame that opened names a transaction this device never had: a copied phone. */
  | 'unknown-transaction'
  /** Another frame with a `ctr` that was used: a copied phone. */
  | 'reused-counter'
  /** The customer says that the request was not theirs. */
  | 'refused-as-not-mine'
  /** It is unknown whether money moved, and the service has stopped asking the rail. */
  | 'payment-needs-review';

/** What happened. Holds no secret, so it may be logged and shown. */
export type ServiceEvent =
  | {
      readonly kind: 'payment';
      readonly txn: Ref;
      readonly event: PaymentEvent | 'create';
      readonly from?: PaymentState;
      readonly to: PaymentState;
      readonly reason?: string;
    }
  | { readonly kind: 'wrong-pin'; readonly deviceId: DeviceId; readonly ref: Ref; readonly triesLeft: number }
  | { readonly kind: 'device'; readonly deviceId: DeviceId; readonly personId: PersonId; readonly state: DeviceState }
  | { readonly kind: 'alarm'; readonly alarm: Alarm; readonly deviceId?: DeviceId; readonly ref: Ref }
  /** A bug or a broken file: one message or request was given up. */
  | { readonly kind: 'fault'; readonly reason: string }
  | { readonly kind: 'undelivered'; readonly deviceId: DeviceId; readonly message: string; readonly reason: string };

/** An event with its place in the history. */
export interface JournalEntry {
  readonly seq: number;
  /** ms since 1970. */
  readonly at: number;
  readonly event: ServiceEvent;
}

/** Called with each entry after it is on disk. */
export type JournalListener = (entry: JournalEntry) => void;

/** The append-only history of the service. Each entry is written in the transaction of the step that it tells of. */
export class Journal {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #listeners = new Set<JournalListener>();
  #published: number;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.#published = store.get('SELECT coalesce(max(seq), 0) AS seq FROM journal', (row) => row.integer('seq')) ?? 0;
    store.onCommit(() => this.#publish());
  }

  /** Writes one event, inside a transaction. */
  record(event: ServiceEvent): void {
    this.#store.run(
      'INSERT INTO journal (at, subject, event) VALUES (?, ?, ?)',
      this.#clock.now(),
      subjectOf(event),
      JSON.stringify(event),
    );
  }

  /** Calls `listener` with every later entry. @returns what ends the subscription */
  subscribe(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #publish(): void {
    const entries = this.#store.all('SELECT * FROM journal WHERE seq > ? ORDER BY seq', readEntry, this.#published);
    for (const entry of entries) {
      this.#published = entry.seq;
      for (const listener of this.#listeners) listener(entry);
    }
  }
}

function readEntry(row: Row): JournalEntry {
  const event: ServiceEvent = JSON.parse(row.text('event'));
  return { seq: row.integer('seq'), at: row.integer('at'), event };
}

function subjectOf(event: ServiceEvent): string {
  if (event.kind === 'payment') return event.txn;
  if (event.kind === 'fault') return 'service';
  return event.kind === 'alarm' && event.deviceId === undefined ? event.ref : `device:${event.deviceId}`;
}
