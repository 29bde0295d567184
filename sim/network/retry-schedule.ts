import type { Clock } from '../../modem/index.ts';

const MINUTE_MS = 60_000;

/** Pauses before the next attempt, ms; the last one repeats. */
const PAUSES_MS = [1, 5, 10, 30, 60, 240].map((minutes) => minutes * MINUTE_MS);

/** When the messages that a phone did not take are tried again. When the phone attaches or has room before, they are tried at once. */
export class RetrySchedule {
  readonly #clock: Clock;
  #failures = 0;
  #at: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** When the next attempt is due, ms since 1970; absent: nothing waits because of a failure. */
  get at(): number | undefined {
    return this.#at;
  }

  /** How long it is until {@link at}, ms. */
  get pauseMs(): number {
    const now = this.#clock.now();
    return (this.#at ?? now) - now;
  }

  /** Whether nothing is to be waited for, or no longer. */
  get isDue(): boolean {
    return this.#at === undefined || this.#clock.now() >= this.#at;
  }

  /** An attempt failed. One that was made before its time does not make the pause longer. */
  failed(): void {
    if (!this.isDue) return;
    this.#at = this.#clock.now() + (PAUSES_MS[Math.min(this.#failures, PAUSES_MS.length - 1)] ?? MINUTE_MS);
    this.#failures += 1;
  }

  /** The phone took a message: the next failure begins with the shortest pause. */
  succeeded(): void {
    this.#failures = 0;
    this.#at = undefined;
  }

  /** No message is left: the next one is tried at once, and its failure has the next longer pause. */
  nothingLeft(): void {
    this.#at = undefined;
  }
}
