import type { Cancel, Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import { messageOf } from '../vocabulary/errors.ts';

/** The kinds of timers. Each kind has one handler. */
export type TimerKind =
  | 'challenge'
  | 'authentication'
  | 'attempt'
  | 'ciba-ping'
  | 'receipt-repeat'
  | 'outbox-retry'
  | 'inbox-retry'
  | 'device-unblock'
  | 'pin-change'
  | 'vault-walk'
  | 'retention'
  | 'reconciliation';

const TIMER_KINDS: readonly TimerKind[] = [
  'challenge',
  'authentication',
  'attempt',
  'ciba-ping',
  'receipt-repeat',
  'outbox-retry',
  'inbox-retry',
  'device-unblock',
  'pin-change',
  'vault-walk',
  'retention',
  'reconciliation',
];

/** The handler of a kind of timer: runs inside the transaction that removes the due timer. */
export type TimerHandlers = { readonly [Kind in TimerKind]: (tx: Tx, subject: string) => Promise<void> };

/** The longest sleep, ms: Node's timers take less than 2^31 ms. A later timer is checked again after each sleep. */
const LONGEST_SLEEP_MS = 24 * 60 * 60 * 1000;

/** The same where other processes set timers too, and may die before these are due. */
const LONGEST_SHARED_SLEEP_MS = 5_000;

/** Pause after a handler that failed, ms: the timer is due again then. */
const AGAIN_AFTER_MS = 60_000;

/** A clock that goes back by more than this was put right, ms. */
const STEP_MS = 1_000;

/** Due timers that are fired at once; the others follow. */
const BATCH = 64;

/** Rows of another table that carry their own due time: the column `due`, ms since 1970; NULL: nothing is due. */
export interface DueRows {
  /** Fires for each of them. */
  readonly kind: TimerKind;
  readonly table: string;
  /** The column with the subject. */
  readonly key: string;
}

interface DueTimer {
  readonly kind: TimerKind;
  readonly subject: string;
  readonly due: number;
}

/** The SQL for one table with due rows. In `claim` and `postpone` ?1 is the kind, ?2 the subject, ?3 a time. */
interface Source {
  /** The earliest time. */
  readonly next: string;
  /** ?1: the time now, ?2: how many. */
  readonly due: string;
  /** Takes a row that is due at ?3, so that it fires once. */
  readonly claim: string;
  /** Makes it due again at ?3, unless it was cancelled. */
  readonly postpone: string;
}

const TIMER_ROWS: Source = {
  next: 'SELECT due FROM timer ORDER BY due LIMIT 1',
  due: 'SELECT kind, subject, due FROM timer WHERE due <= ?1 ORDER BY due, id LIMIT ?2',
  claim: 'DELETE FROM timer WHERE kind = ?1 AND subject = ?2 AND due <= ?3',
  postpone: 'UPDATE timer SET due = ?3 WHERE kind = ?1 AND subject = ?2',
};

function sourceOf({ kind, table, key }: DueRows): Source {
  return {
    next: `SELECT due FROM ${table} WHERE due IS NOT NULL ORDER BY due LIMIT 1`,
    due: `SELECT '${kind}' AS kind, ${key} AS subject, due FROM ${table} WHERE due <= ?1 ORDER BY due LIMIT ?2`,
    claim: `UPDATE ${table} SET due = NULL WHERE ?1 = '${kind}' AND ${key} = ?2 AND due <= ?3`,
    postpone: `UPDATE ${table} SET due = ?3 WHERE ?1 = '${kind}' AND ${key} = ?2 AND due IS NOT NULL`,
  };
}

/**
 * Time-outs as rows with a due time: they are set in the same transaction as the step that needs them, and after a
 * crash they still fire. One sleep on the clock, for the earliest.
 */
export class Timers {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;
  /** The kinds of timers that have no row here. */
  readonly #elsewhere: ReadonlyMap<TimerKind, Source>;
  #handlers: TimerHandlers | undefined;
  #putBack: (tx: Tx) => Promise<void> = async () => {};
  /** The time at the last look, ms since 1970. */
  #lookedAt = 0;
  #sleep: { readonly due: number; readonly cancel: Cancel } | undefined;
  #firing: Promise<void> = Promise.resolve();

  constructor(store: Store, clock: Clock, journal: Journal, dueRows: readonly DueRows[] = []) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
    this.#elsewhere = new Map(dueRows.map((rows) => [rows.kind, sourceOf(rows)]));
  }

  /** Sets the timer of this kind and subject to `due` (ms since 1970), instead of any earlier setting. */
  async set(tx: Tx, kind: TimerKind, subject: string, due: number): Promise<void> {
    await tx.run(
      'INSERT INTO timer (kind, subject, due) VALUES (?, ?, ?) ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due',
      kind,
      subject,
      due,
    );
    this.dueAt(tx, due);
  }

  /** A row of its own table got this due time, ms since 1970. */
  dueAt(tx: Tx, due: number): void {
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

  /**
   * From now on due timers fire; resolves when those from before a crash have fired.
   * @param putBack called when the clock is behind what it was at the look before
   */
  async start(handlers: TimerHandlers, putBack: (tx: Tx) => Promise<void> = async () => {}): Promise<void> {
    this.#handlers = handlers;
    this.#putBack = putBack;
    await this.#fire();
  }

  /** No timer fires any more; the rows stay. Resolves when the handlers that run have ended. */
  async stop(): Promise<void> {
    this.#handlers = undefined;
    this.#sleep?.cancel();
    await this.#firing;
  }

  #wakeAt(planned: number): void {
    const due = this.#isBehind ? this.#clock.now() : planned;
    this.#lookedAt = Math.max(this.#lookedAt, this.#clock.now());
    if (this.#handlers === undefined || (this.#sleep !== undefined && this.#sleep.due <= due)) return;
    this.#sleep?.cancel();
    const delay = Math.min(Math.max(0, due - this.#clock.now()), this.#longestSleep);
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
      await recordFault(this.#store, this.#journal, error);
    }
  }

  async #fire(): Promise<void> {
    const isBehind = this.#isBehind;
    this.#lookedAt = this.#clock.now();
    if (isBehind) await this.#store.transaction('clock', this.#putBack);
    for (let due = await this.#due(); due.length > 0; due = await this.#due()) {
      await Promise.all(due.map((timer) => this.#run(timer)));
    }
    if (this.#handlers === undefined) return;
    const next = await this.#store.read((tx) =>
      Promise.all(this.#sources.map((source) => tx.get(source.next, (row) => row.integer('due')))),
    );
    const [earliest] = next.filter((due) => due !== undefined).toSorted((one, other) => one - other);
    if (earliest !== undefined) this.#wakeAt(earliest);
    else if (this.#store.isShared) this.#wakeAt(this.#clock.now() + this.#longestSleep);
  }

  /** Whether the clock was put back since the last look. */
  get #isBehind(): boolean {
    return this.#clock.now() < this.#lookedAt - STEP_MS;
  }

  get #longestSleep(): number {
    return this.#store.isShared ? LONGEST_SHARED_SLEEP_MS : LONGEST_SLEEP_MS;
  }

  get #sources(): readonly Source[] {
    return [TIMER_ROWS, ...this.#elsewhere.values()];
  }

  /** The due timers, earliest first. */
  async #due(): Promise<DueTimer[]> {
    if (this.#handlers === undefined) return [];
    const due = await this.#store.read((tx) =>
      Promise.all(this.#sources.map((source) => tx.all(source.due, readDueTimer, this.#clock.now(), BATCH))),
    );
    return due
      .flat()
      .toSorted((one, other) => one.due - other.due)
      .slice(0, BATCH);
  }

  /** Fires one timer, unless it was cancelled or set anew meanwhile. */
  async #run({ kind, subject }: DueTimer): Promise<void> {
    const { claim, postpone } = this.#elsewhere.get(kind) ?? TIMER_ROWS;
    try {
      await this.#store.transaction(`timer ${kind}`, async (tx) => {
        const handlers = this.#handlers;
        if (handlers === undefined) return;
        const claimed = await tx.run(claim, kind, subject, this.#clock.now());
        if (claimed > 0) await handlers[kind](tx, subject);
      });
    } catch (error) {
      const reason = `timer ${kind} of ${subject}: ${messageOf(error)}`;
      await this.#failed((tx) => tx.run(postpone, kind, subject, this.#clock.now() + AGAIN_AFTER_MS), reason);
    }
  }

  /** A handler failed: the fault is in the journal, and the timer fires again later. */
  async #failed(postpone: (tx: Tx) => Promise<unknown>, reason: string): Promise<void> {
    if (!this.#store.isOpen) return;
    await this.#store.transaction('postpone a timer', async (tx) => {
      await postpone(tx);
      await this.#journal.record(tx, { kind: 'fault', reason });
    });
  }
}

function readDueTimer(row: Row): DueTimer {
  return { kind: row.oneOf('kind', TIMER_KINDS), subject: row.text('subject'), due: row.integer('due') };
}
