/** So many answers are remembered. */
const REMEMBERED = 8;

/** What a fast modem needs for an answer, in ms: below this, time-outs are as they are. */
const FAST_MS = 100;

/**
 * How long a modem and its line need at least for any answer: the quickest of the last eight, which a command that takes
 * long by itself (`+COPS=?`) does not change. Time-outs begin to count after that.
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
