import type { Cancel, Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';

/** The kinds of timers. Each kind has one handler. */
export type TimerKind =
  | 'payment-due'
  | 'attempt'
  | 'enrolment-due'
  | 'receipt-repeat'
  | 'outbox-retry'
  | 'inbox-retry'
  | 'device-unblock'
  | 'retention'
  | 'reconciliation';

const TIMER_KINDS: readonly TimerKind[] = [
  'payment-due',
  'attempt',
  'enrolment-due',
  'receipt-repeat',
  'outbox-retry',
  'inbox-retry',
  'device-unblock',
  'retention',
  'reconciliation',
];

/** The handler of a kind of timer: runs inside the transaction that removes the due timer. */
export type TimerHandlers = { readonly [Kind in TimerKind]: (tx: Tx, subject: string) => Promise<void> };

/** The longest sleep, ms: Node's timers take less than 2^31 ms. A later timer is checked again after each sleep. */
const LONGEST_SLEEP_MS = 24 * 60 * 60 * 1000;

/** Pause after a handler that failed, ms: the timer is due again then. */
const AGAIN_AFTER_MS = 60_000;

/** Due timers that are fired at once; the others follow. */
const BATCH = 64;

interface DueTimer {
  readonly id: number;
  readonly kind: TimerKind;
  readonly subject: string;
}

/**
 * Time-outs as rows with a due time: they are set in the same transaction as the step that needs them, and after a
 * crash they still fire. One sleep on the clock, for the earliest.
 */
export class Timers {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;
  #handlers: TimerHandlers | undefined;
  #sleep: { readonly due: number; readonly cancel: Cancel } | undefined;
  #firing: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock, journal: Journal) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
  }

  /** Sets the timer of this kind and subject to `due` (ms since 1970), instead of any earlier setting. */
  async set(tx: Tx, kind: TimerKind, subject: string, due: number): Promise<void> {
    await tx.run(
      'INSERT INTO timer (kind, subject, due) VALUES (?, ?, ?) ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due',
      kind,
      subject,
      due,
    );
    tx.afterCommit(() => this.#wakeAt(due));
  }

  /** Cancels the timer; does nothing when there is none. */
  async cancel(tx: Tx, kind: TimerKind, subject: string): Promise<void> {
    await tx.run('DELETE FROM timer WHERE kind = ? AND subject = ?', kind, subject);
  }

  /** Whether the timer is set and has not fired. */
  async isSet(tx: ReadTx, kind: TimerKind, subject: string): Promise<boolean> {
    const found = await tx.get(
      'SELECT 1 AS one FROM timer WHERE kind = ? AND subject = ?',
      (row) => row.integer('one'),
      kind,
      subject,
    );
    return found !== undefined;
  }

  /** From now on due timers fire; resolves when those from before a crash have fired. */
  async start(handlers: TimerHandlers): Promise<void> {
    this.#handlers = handlers;
    await this.#fire();
  }

  /** No timer fires any more; the rows stay. Resolves when the handlers that run have ended. */
  async stop(): Promise<void> {
    this.#handlers = undefined;
    this.#sleep?.cancel();
    await this.#firing;
  }

  #wakeAt(due: number): void {
    if (this.#handlers === undefined || (this.#sleep !== undefined && this.#sleep.due <= due)) return;
    this.#sleep?.cancel();
    const delay = Math.min(Math.max(0, due - this.#clock.now()), LONGEST_SLEEP_MS);
    const cancel = this.#clock.after(delay, () => {
      this.#sleep = undefined;
      this.#firing = this.#firing.then(() => this.#fireOrWait());
    });
    this.#sleep = { due, cancel };
  }

  /** A fault of the database must not end the timers for good. */
  async #fireOrWait(): Promise<void> {
    try {
      await this.#fire();
    } catch (error) {
      this.#wakeAt(this.#clock.now() + AGAIN_AFTER_MS);
      await recordFault(this.#store, this.#journal, error).catch(() => {});
    }
  }

  async #fire(): Promise<void> {
    for (let due = await this.#due(); due.length > 0; due = await this.#due()) {
      await Promise.all(due.map((timer) => this.#run(timer)));
    }
    if (this.#handlers === undefined) return;
    const next = await this.#store.read((tx) =>
      tx.get('SELECT due FROM timer ORDER BY due LIMIT 1', (row) => row.integer('due')),
    );
    if (next !== undefined) this.#wakeAt(next);
  }

  async #due(): Promise<DueTimer[]> {
    if (this.#handlers === undefined) return [];
    return this.#store.read((tx) =>
      tx.all(
        'SELECT id, kind, subject FROM timer WHERE due <= ? ORDER BY due, id LIMIT ?',
        (row) => ({ id: row.integer('id'), kind: row.oneOf('kind', TIMER_KINDS), subject: row.text('subject') }),
        this.#clock.now(),
        BATCH,
      ),
    );
  }

  /** Fires one timer, unless it was cancelled or set anew meanwhile. */
  async #run({ id, kind, subject }: DueTimer): Promise<void> {
    try {
      await this.#store.transaction(`timer ${kind}`, async (tx) => {
        const handlers = this.#handlers;
        if (handlers === undefined) return;
        const removed = await tx.run('DELETE FROM timer WHERE id = ? AND due <= ?', id, this.#clock.now());
        if (removed > 0) await handlers[kind](tx, subject);
      });
    } catch (error) {
      await this.#postpone(id, `timer ${kind} of ${subject}: ${error instanceof Error ? error.message : error}`);
    }
  }

  /** A handler failed: the fault is in the journal, and the timer fires again later. */
  async #postpone(id: number, reason: string): Promise<void> {
    if (!this.#store.isOpen) return;
    await this.#store.transaction('postpone a timer', async (tx) => {
      await tx.run('UPDATE timer SET due = ? WHERE id = ?', this.#clock.now() + AGAIN_AFTER_MS, id);
      await this.#journal.record(tx, { kind: 'fault', reason });
    });
  }
}
