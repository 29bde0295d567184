import type { Clock } from '../../modem/index.ts';
import type { Store, Tx } from '../store/store.ts';
import { messageOf } from '../vocabulary/errors.ts';
import type { ServiceEvent } from '../vocabulary/events.ts';

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
    tx.wake('journal', seq);
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

/**
 * Writes an internal fault to the journal; nothing when the database is closed, or takes nothing any more. Never rejects: it is the last
 * step of work that nobody waits for, and an error without an owner would end the process.
 */
export async function recordFault(store: Store, journal: Journal, error: unknown): Promise<void> {
  const reason = messageOf(error);
  await store.transaction('fault', (tx) => journal.record(tx, { kind: 'fault', reason })).catch(() => {});
}

function subjectOf(event: ServiceEvent): string {
  if (event.kind === 'payment' || event.kind === 'refund' || event.kind === 'resolved') return event.txn;
  if (event.kind === 'fault') return 'service';
  if (event.kind === 'difference-ended') return event.key;
  return event.kind === 'alarm' && event.deviceId === undefined ? event.ref : `device:${event.deviceId}`;
}
