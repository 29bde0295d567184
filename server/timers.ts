import type { Cancel, Clock } from '../modem/index.ts';
import type { Store } from './store/store.ts';

/** The kinds of timers. Each kind has one handler. */
export type TimerKind =
  | 'payment-resend'
  | 'payment-expiry'
  | 'payment-inquiry'
  | 'enrolment-resend'
  | 'enrolment-expiry'
  | 'receipt-repeat'
  | 'outbox-retry'
  | 'device-unblock';

const TIMER_KINDS: readonly TimerKind[] = [
  'payment-resend',
  'payment-expiry',
  'payment-inquiry',
  'enrolment-resend',
  'enrolment-expiry',
  'receipt-repeat',
  'outbox-retry',
  'device-unblock',
];

/** The handler of a kind of timer: runs inside the transaction that removes the due timer. */
export type TimerHandlers = { readonly [Kind in TimerKind]: (subject: string) => void };

/** The longest sleep, ms: Node's timers take less than 2^31 ms. A later timer is checked again after each sleep. */
const LONGEST_SLEEP_MS = 24 * 60 * 60 * 1000;

/**
 * Time-outs as rows with a due time: they are set in the same transaction as the step that needs them, and after a
 * crash they still fire. One sleep on the clock, for the earliest.
 */
export class Timers {
  readonly #store: Store;
  readonly #clock: Clock;
  #handlers: TimerHandlers | undefined;
  #sleep: { readonly due: number; readonly cancel: Cancel } | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Sets the timer of this kind and subject to `due` (ms since 1970), instead of any earlier setting. */
  set(kind: TimerKind, subject: string, due: number): void {
    this.#store.run(
      'INSERT INTO timer (kind, subject, due) VALUES (?, ?, ?) ON CONFLICT (kind, subject) DO UPDATE SET due = excluded.due',
      kind,
      subject,
      due,
    );
  }

  /** Cancels the timer; does nothing when there is none. */
  cancel(kind: TimerKind, subject: string): void {
    this.#store.run('DELETE FROM timer WHERE kind = ? AND subject = ?', kind, subject);
  }

  /** Whether the timer is set and has not fired. */
  isSet(kind: TimerKind, subject: string): boolean {
    const found = this.#store.get(
      'SELECT 1 AS one FROM timer WHERE kind = ? AND subject = ?',
      (row) => row.integer('one'),
      kind,
      subject,
    );
    return found !== undefined;
  }

  /** From now on due timers fire, those from before a crash first. */
  start(handlers: TimerHandlers): void {
    this.#handlers = handlers;
    this.#store.onCommit(() => this.#look());
    this.#look();
  }

  /** No timer fires any more; the rows stay. */
  stop(): void {
    this.#handlers = undefined;
    this.#wake();
  }

  #look(): void {
    if (this.#handlers === undefined) return;
    const due = this.#store.get('SELECT due FROM timer ORDER BY due LIMIT 1', (row) => row.integer('due'));
    if (due === this.#sleep?.due) return;
    this.#wake();
    if (due === undefined) return;
    const delay = Math.min(Math.max(0, due - this.#clock.now()), LONGEST_SLEEP_MS);
    const cancel = this.#clock.after(delay, () => {
      this.#sleep = undefined;
      this.#fire();
      this.#look();
    });
    this.#sleep = { due, cancel };
  }

  #wake(): void {
    this.#sleep?.cancel();
    this.#sleep = undefined;
  }

  #fire(): void {
    for (;;) {
      const handlers = this.#handlers;
      const timer = this.#store.get(
        'SELECT id, kind, subject FROM timer WHERE due <= ? ORDER BY due, id LIMIT 1',
        (row) => ({ id: row.integer('id'), kind: row.oneOf('kind', TIMER_KINDS), subject: row.text('subject') }),
        this.#clock.now(),
      );
      if (handlers === undefined || timer === undefined) return;
      this.#store.transaction(() => {
        this.#store.run('DELETE FROM timer WHERE id = ?', timer.id);
        handlers[timer.kind](timer.subject);
      });
    }
  }
}
