import type { Amount } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type { RefundState } from '../payments/refund.ts';
import type { PaymentEvent, PaymentState } from '../payments/transitions.ts';
import type { DeviceState } from '../people/devices.ts';
import type { DifferenceKind } from '../reconciliation/compare.ts';
import type { Store, Tx } from '../store/store.ts';
import type { DeviceId, PersonId, Ref } from '../vocabulary/ids.ts';

/** Events that do not happen with an honest phone and a working service; the operator should look at them. */
export type Alarm =
  /** A frame that opened names a transaction this device never had: a copied phone. */
  | 'unknown-transaction'
  /** Another frame with a `ctr` that was used: a copied phone. */
  | 'reused-counter'
  /** The customer says that the request was not theirs. */
  | 'refused-as-not-mine'
  /** A message failed five times and waits for a person; `ref` is its number in the inbox. */
  | 'message-set-aside'
  /** It is unknown whether a refund went back; `ref` is its key at the rail. */
  | 'refund-needs-review'
  /** A rail gave a final answer that contradicts its earlier one. */
  | 'rail-contradicts-itself'
  /** A rail answered about a charge that was being reversed by then: the reversal stands. */
  | 'answer-after-reversal'
  /** A rail told of an order that the service did not give to it; `ref` is its key. */
  | 'notice-of-unknown-order'
  /** The service was started without the rail of an open payment or refund. */
  | 'rail-missing'
  /** A customer or merchant has less than nothing, by a fault of an earlier version; `ref` is the account. */
  | 'account-below-zero'
  /** It is unknown whether money moved, and the service has stopped asking the rail. */
  | 'payment-needs-review'
  /** A rule that always holds for the ledger does not: a bug, or another program changed the file. `ref` is what breaks it. */
  | 'ledger-breach'
  /** A rail's settlement has a movement that the service does not have. `ref` is the key of the movement, here and below. */
  | 'settlement-only-there'
  /** The service has a movement that the rail's settlement does not have. */
  | 'settlement-only-here'
  /** A movement has one amount in the rail's settlement and another in the service. */
  | 'settlement-other-amount'
  /** A rail's settlement has a movement twice. */
  | 'settlement-duplicate'
  /** A rail did not give its settlement; `ref` is its name. */
  | 'settlement-missing';

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
  | {
      readonly kind: 'alarm';
      readonly alarm: Alarm;
      readonly deviceId?: DeviceId;
      readonly ref: string;
      /** What was seen and what to do, where the advice for this kind of alarm alone does not say. */
      readonly detail?: string;
    }
  | {
      readonly kind: 'refund';
      readonly txn: Ref;
      /** Its key at the rail. */
      readonly key: string;
      readonly state: RefundState;
      readonly amount: Amount;
      readonly reason?: string;
    }
  /** An operator has said what became of a charge or refund in review. */
  | {
      readonly kind: 'resolved';
      readonly txn: Ref;
      readonly key: string;
      readonly moved: boolean;
      readonly reason: string;
    }
  /** A difference between a rail's settlement and the service was not found again. */
  | {
      readonly kind: 'difference-ended';
      readonly rail: string;
      readonly key: string;
      readonly difference: DifferenceKind;
    }
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
  readonly #clock: Clock;
  readonly #listeners = new Set<JournalListener>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Writes one event, or several of one subject that happen at once, as one row; the listeners hear of each after the commit.
   * Events of one row have the same `seq`.
   */
  async record(tx: Tx, event: ServiceEvent, ...more: readonly ServiceEvent[]): Promise<void> {
    const at = this.#clock.now();
    const seq = await tx.get(
      'INSERT INTO journal (at, subject, event) VALUES (?, ?, ?) RETURNING seq',
      (row) => row.integer('seq'),
      at,
      subjectOf(event),
      JSON.stringify(more.length === 0 ? event : [event, ...more]),
    );
    if (seq === undefined) throw new Error('INSERT returned no seq');
    tx.afterCommit(() => {
      for (const told of [event, ...more]) {
        for (const listener of [...this.#listeners]) listener({ seq, at, event: told });
      }
    });
  }

  /** Calls `listener` with every later entry. @returns what ends the subscription */
  subscribe(listener: JournalListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Writes an internal fault to the journal; nothing when the database is closed already. */
export async function recordFault(store: Store, journal: Journal, error: unknown): Promise<void> {
  if (!store.isOpen) return;
  const reason = error instanceof Error ? error.message : String(error);
  await store.transaction('fault', (tx) => journal.record(tx, { kind: 'fault', reason }));
}

function subjectOf(event: ServiceEvent): string {
  if (event.kind === 'payment' || event.kind === 'refund' || event.kind === 'resolved') return event.txn;
  if (event.kind === 'fault') return 'service';
  if (event.kind === 'difference-ended') return event.key;
  return event.kind === 'alarm' && event.deviceId === undefined ? event.ref : `device:${event.deviceId}`;
}
