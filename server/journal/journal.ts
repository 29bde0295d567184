import type { Clock } from '../../modem/index.ts';
import type { NewsKey, Store, Tx } from '../store/store.ts';
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

/** Which later entries are heard of. */
export interface Subscription {
  /** Only those about this txn, phone or other subject. Default: all. */
  readonly subject?: string | undefined;
  /** Called when entries of other processes may have been missed. */
  readonly missed?: (() => void) | undefined;
}

interface Subscriber extends Subscription {
  readonly listener: JournalListener;
}

/** The append-only history of the service. Each entry is written in the transaction of the step that it tells of. */
export class Journal {
  readonly #clock: Clock;
  /** Those who hear of what this process writes. */
  readonly #here = new Set<JournalListener>();
  /** Those who hear of what any process writes. */
  readonly #everywhere = new Set<Subscriber>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Writes one event, or several of one subject that happen at once, as one row; the listeners hear of each after the commit.
   * Events of one row have the same `seq`.
   */
  async record(tx: Tx, event: ServiceEvent, ...more: readonly ServiceEvent[]): Promise<void> {
    const at = this.#clock.now();
    const subject = subjectOf(event);
    const stored = tx.laterInsert(
      'INSERT INTO journal (at, subject, event) VALUES (?, ?, ?)',
      'seq',
      at,
      subject,
      JSON.stringify(more.length === 0 ? event : [event, ...more]),
    );
    tx.afterCommit(() => {
      const seq = stored();
      tx.wake('journal', [seq, subject]);
      for (const told of [event, ...more]) {
        const entry = { seq, at, event: told };
        for (const listener of this.#here) listener(entry);
        this.#tell(subject, entry);
      }
    });
  }

  /**
   * Calls `listener` with every later entry, or those of one subject, also those of other processes on the same database.
   * @returns what ends the subscription
   */
  subscribe(listener: JournalListener, subscription: Subscription = {}): () => void {
    const subscriber = { ...subscription, listener };
    this.#everywhere.add(subscriber);
    return () => void this.#everywhere.delete(subscriber);
  }

  /** Calls `listener` with every later entry of this process. */
  subscribeHere(listener: JournalListener): void {
    this.#here.add(listener);
  }

  /** From now on subscribers hear of what other processes write. */
  listenElsewhere(store: Pick<Store, 'onWake' | 'read'>): void {
    store.onWake('journal', (keys) => {
      if (keys === undefined) this.#tellMissed();
      else void this.#heardElsewhere(store, keys);
    });
  }

  /** Reads only what somebody here wants to hear of. */
  async #heardElsewhere(store: Pick<Store, 'read'>, keys: readonly NewsKey[]): Promise<void> {
    const subjects = new Set([...this.#everywhere].map(({ subject }) => subject));
    const wanted = keys.filter(([, subject]) => subjects.has(undefined) || subjects.has(subject));
    if (wanted.length === 0) return;
    try {
      for (const [subject, entry] of await entriesOf(store, wanted)) this.#tell(subject, entry);
    } catch {
      this.#tellMissed();
    }
  }

  #tell(subject: string, entry: JournalEntry): void {
    for (const wanted of [...this.#everywhere])
      if (wanted.subject === undefined || wanted.subject === subject) wanted.listener(entry);
  }

  #tellMissed(): void {
    for (const { missed } of [...this.#everywhere]) missed?.();
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

/** The entries of these rows, each with its subject. Of one row several entries may come. */
async function entriesOf(
  store: Pick<Store, 'read'>,
  keys: readonly NewsKey[],
): Promise<(readonly [subject: string, entry: JournalEntry])[]> {
  const subjects = new Map(keys);
  const seqs = [...subjects.keys()];
  const rows = await store.read((tx) =>
    tx.all(
      'SELECT seq, at, event FROM journal WHERE seq BETWEEN ? AND ? ORDER BY seq',
      (row) => ({ seq: row.integer('seq'), at: row.integer('at'), text: row.text('event') }),
      Math.min(...seqs),
      Math.max(...seqs),
    ),
  );
  return rows.flatMap(({ seq, at, text }) => {
    const subject = subjects.get(seq);
    if (subject === undefined) return [];
    return [JSON.parse(text)].flat().map((event) => [subject, { seq, at, event }] as const);
  });
}

function subjectOf(event: ServiceEvent): string {
  if (event.kind === 'payment' || event.kind === 'refund' || event.kind === 'resolved') return event.txn;
  if (event.kind === 'fault') return 'service';
  if (event.kind === 'difference-ended' || event.kind === 'difference-accepted') return event.key;
  if (event.kind === 'merchant-resumed' || event.kind === 'payout') return `merchant:${event.merchantId}`;
  if (event.kind === 'authentication') return event.id;
  if (event.kind === 'alias') return `person:${event.personId}`;
  if (event.kind === 'party-resumed' || event.kind === 'consent') return `party:${event.partyId}`;
  return event.kind === 'alarm' && event.deviceId === undefined ? event.ref : `device:${event.deviceId}`;
}
