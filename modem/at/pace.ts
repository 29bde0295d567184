/** How many answers are remembered. */
const REMEMBERED = 8;

/** A modem that answers within this time, in ms, is fast: time-outs are not longer for it. */
const FAST_MS = 100;

/**
 * The shortest time in which a modem and its line give any answer: the minimum of the last eight, so that one slow command
 * (`+COPS=?`) does not count. Time-outs are longer by a multiple of it.
 */
export class Pace {
  #took: readonly number[] = [];

  /** A command was answered after `tookMs`. */
  answered(tookMs: number): void {
    this.#took = [...this.#took, tookMs].slice(-REMEMBERED);
  }

  /** The pace in ms; 0 for a fast modem, and before anything was answered. */
  get ms(): number {
    const quickest = this.#took.length === 0 ? 0 : Math.min(...this.#took);
    return quickest < FAST_MS ? 0 : quickest;
  }
}
