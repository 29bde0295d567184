import type { Cancel, Clock } from '../../modem/index.ts';
import type { GuestEvent } from '../midp/index.ts';

/** Events that follow each other without a pause, and what they may cost together: 100 units are some 30 ms of the processor. */
const RUN_LIMIT = 100;
const RUN_COST = 100;
/** What an application may spend at once after a rest, some 6 s of the processor, and what it gets back each second: a third of one. */
const SAVINGS = 20_000;
const INCOME = 1_000;

/**
 * Throttles the events that an application causes itself: its timers, its tasks, the ends of what it sends. One that causes them without end
 * gets them with pauses, in which the phone has time for its keys and its radio; what a person or the network does is never held up. A cost is
 * what `Machine.fuel` says.
 */
export class EventThrottle {
  readonly #clock: Clock;
  readonly #enter: (event: GuestEvent) => void;
  #waiting: readonly GuestEvent[] = [];
  #isScheduled = false;
  #isOver = false;
  #cancel: Cancel = () => {};
  /** Events since the last pause, and what they have cost. */
  #run = { events: 0, cost: 0 };
  #savings = SAVINGS;
  #countedAt: number;

  /** @param enter hands an event to the application */
  constructor(clock: Clock, enter: (event: GuestEvent) => void) {
    this.#clock = clock;
    this.#enter = enter;
    this.#countedAt = clock.now();
  }

  /** An event comes soon, after those that wait. */
  add(event: GuestEvent): void {
    if (this.#isOver) return;
    this.#waiting = [...this.#waiting, event];
    this.#schedule();
  }

  /** The application has handled an event of any kind. */
  spent(cost: number): void {
    this.#savings -= cost;
    this.#run.cost += cost;
  }

  /** Nothing comes any more. */
  stop(): void {
    this.#isOver = true;
    this.#waiting = [];
    this.#cancel();
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.#next());
  }

  #next(): void {
    const pauseMs = this.#waiting.length === 0 ? undefined : this.#pauseMs();
    if (pauseMs !== undefined) {
      this.#cancel = this.#clock.after(pauseMs, () => {
        this.#run = { events: 0, cost: 0 };
        this.#next();
      });
      return;
    }
    this.#isScheduled = false;
    const [event, ...others] = this.#waiting;
    if (event === undefined) return;
    this.#waiting = others;
    this.#run.events += 1;
    this.#enter(event);
    this.#schedule();
  }

  /** How long the next event has to wait, ms; `undefined` when it has not. */
  #pauseMs(): number | undefined {
    const now = this.#clock.now();
    const earned = (INCOME * Math.max(0, now - this.#countedAt)) / 1_000;
    this.#savings = Math.min(SAVINGS, this.#savings + earned);
    this.#countedAt = now;
    if (this.#savings < 0) return Math.ceil((-this.#savings * 1_000) / INCOME);
    if (this.#run.events >= RUN_LIMIT) return 1;
    return this.#run.cost >= RUN_COST ? 0 : undefined;
  }
}
