import { numberIn, valuesOf } from '../at/values.ts';

/** Lost answers that are remembered; one more makes the oldest forgotten. */
const OWED_LIMIT = 8;

/** After so many later messages a lost answer is not expected any more. */
const PASSED_LIMIT = 32;

const MODULUS = 256;

/**
 * The references that a modem gives to its messages, TP-MR (3GPP TS 23.040, 9.2.3.6), which count up modulo 256. By its
 * TP-MR a late `+CMGS:` of an earlier message is told from that of the present message.
 */
export class References {
  /** The next TP-MR that the modem will give; undefined before the first `+CMGS:`. */
  #next: number | undefined;
  /** The TP-MRs of messages whose answer was lost; undefined where the TP-MR is not known. */
  #owed: readonly (number | undefined)[] = [];
  /** Whether the answer to the last message was lost. */
  #isOwedLast = false;

  /** The modem gave this TP-MR to the present message. */
  answered(reference: number): void {
    this.#owed = this.#owed.filter(
      (owed) => owed !== undefined && owed !== reference && (reference - owed + MODULUS) % MODULUS < PASSED_LIMIT,
    );
    this.#next = (reference + 1) % MODULUS;
    this.#isOwedLast = false;
  }

  /** The modem refused the present message. */
  refused(): void {
    this.#isOwedLast = false;
  }

  /** The answer to the present message was lost. */
  lost(): void {
    this.#owed = [...this.#owed, this.#next].slice(-OWED_LIMIT);
    if (this.#next !== undefined) this.#next = (this.#next + 1) % MODULUS;
    this.#isOwedLast = true;
  }

  /** Whether a `+CMGS:` line, or a refusal (no line), may be the late answer to a message whose answer was lost. */
  mayBeLate(line?: string): boolean {
    if (line === undefined) return this.#isOwedLast;
    const reference = numberIn(valuesOf(line)[0]);
    return this.#owed.some((owed) => owed === undefined || owed === reference);
  }
}
