import type { Cancel, Clock } from '../../modem/index.ts';

/** A screen of the phone that comes unasked takes no keys for so long, ms: a key pressed at that moment was meant for what stood there. */
const LOCKED_MS = 1_000;

/** Holds the keys back after a screen has come that nobody has asked for. The red key works all the time. */
export class KeyLock {
  readonly #clock: Clock;
  readonly #changed: () => void;
  #timer: Cancel | undefined;

  /** @param changed called when the keys work again */
  constructor(clock: Clock, changed: () => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  get isLocked(): boolean {
    return this.#timer !== undefined;
  }

  /** The keys do nothing from now on, for a second. */
  begin(): void {
    this.end();
    this.#timer = this.#clock.after(LOCKED_MS, () => {
      this.#timer = undefined;
      this.#changed();
    });
  }

  /** The screen has gone. */
  end(): void {
    this.#timer?.();
    this.#timer = undefined;
  }
}
