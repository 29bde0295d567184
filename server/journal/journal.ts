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
  /** Those who hear of what this process writes. */
  readonly #here = new Set<JournalListener>();
  /** Those who hear of what any process writes. */
  readonly #everywhere = new Set<JournalListener>();
  readonly #onMissed = new Set<() => void>();

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
        for (const listener of [...this.#here, ...this.#everywhere]) listener({ seq, at, event: told });
      }
    });
  }

  /**
   * Calls `listener` with every later entry, also those of other processes on the same database.
   * @param missed called when entries of others may have been missed @returns what ends the subscription
   */
  subscribe(listener: JournalListener, missed: () => void = () => {}): () => void {
    this.#everywhere.add(listener);
    this.#onMissed.add(missed);
    return () => {
      this.#everywhere.delete(listener);
      this.#onMissed.delete(missed);
    };
  }

  /** Calls `listener` with every later entry of this process. */
  subscribeHere(listener: JournalListener): void {
    this.#here.add(listener);
  }

  /** From now on subscribers hear of what other processes write. */
  listenElsewhere(store: Store): void {
    store.onWake('journal', (seqs) => {
      if (this.#everywhere.size > 0) void this.#heardElsewhere(store, seqs);
    });
  }

  async #heardElsewhere(store: Store, seqs: readonly number[] | undefined): Promise<void> {
    const entries = seqs === undefined ? undefined : await entriesOf(store, seqs).catch(() => undefined);
    if (entries === undefined) for (const missed of [...this.#onMissed]) missed();
    for (const entry of entries ?? []) for (const listener of [...this.#everywhere]) listener(entry);
  }
}

/**
 * Writes an internal fault to the journal; nothing when the database is closed, or takes nothing any more. Never rejects: it is the last
 * step of work that nobody waits for, and an error without an owner would end the process.
 */
export async function recordFault(store: Store, journal: Journal, error: unknown): Promise<void> {
  const reason = messageOf(error);
  await store.transaction('fault', (tx) => journal.record(tx, { kind: 'fault', reason }), 'fail').catch(() => {});
}

/** Of one row several entries may come. */
async function entriesOf(store: Store, seqs: readonly number[]): Promise<JournalEntry[]> {
  const rows = await store.read((tx) =>
    tx.all(
      'SELECT seq, at, event FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq',
      (row) => ({ seq: row.integer('seq'), at: row.integer('at'), events: [JSON.parse(row.text('event'))].flat() }),
      Math.min(...seqs),
      Math.max(...seqs),
    ),
  );
  return rows
    .filter(({ seq }) => seqs.includes(seq))
    .flatMap(({ seq, at, events }) => events.map((event) => ({ seq, at, event })));
}

function subjectOf(event: ServiceEvent): string {
  if (event.kind === 'payment' || event.kind === 'refund' || event.kind === 'resolved') return event.txn;
  if (event.kind === 'fault') return 'service';
  if (event.kind === 'difference-ended' || event.kind === 'difference-accepted') return event.key;
  if (event.kind === 'merchant-resumed') return `merchant:${event.merchantId}`;
  return event.kind === 'alarm' && event.deviceId === undefined ? event.ref : `device:${event.deviceId}`;
}
