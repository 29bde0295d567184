import { numberIn, valuesOf } from '../at/values.ts';

/** Of so many lost answers at once the latest are remembered. */
const OWED_LIMIT = 8;

/** A lost answer is not expected any more when so many messages went out after it. */
const PASSED_LIMIT = 32;

const MODULUS = 256;

/**
 * The references that a modem gives to what it sends, TP-MR (3GPP TS 23.040, 9.2.3.6): it counts them, modulo 256. They
 * tell the late answer to an earlier message from that of the one that is being sent.
 */
export class References {
  /** The next one; undefined until the modem has named one. */
  #next: number | undefined;
  /** Those of messages whose answer was lost; undefined where it is not known. */
  #owed: readonly (number | undefined)[] = [];
  /** No message has been answered since an answer was lost. */
  #isOwedLast = false;

  /** The modem gave this one to the message that was being sent. */
  answered(reference: number): void {
    this.#owed = this.#owed.filter(
      (owed) => owed !== undefined && owed !== reference && (reference - owed + MODULUS) % MODULUS < PASSED_LIMIT,
    );
    this.#next = (reference + 1) % MODULUS;
    this.#isOwedLast = false;
  }

  /** The message that was being sent was refused. */
  refused(): void {
    this.#isOwedLast = false;
  }

  /** The answer was lost. */
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
