import type { Cancel, Clock } from '../../modem/index.ts';

/** The clock of one machine or phone: it shows another time than the world's, in whole milliseconds, and somebody may set it. */
export class SteppedClock implements Clock {
  readonly #clock: Clock;
  /** How far it is ahead of the world's clock, ms. */
  aheadMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  now(): number {
    return Math.floor(this.#clock.now()) + this.aheadMs;
  }

  after(delayMs: number, task: () => void): Cancel {
    return this.#clock.after(delayMs, task);
  }
}
