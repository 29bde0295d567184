import type { Clock } from '../../modem/index.ts';

/** Octets typed while a command runs that may wait; further ones are lost. */
const INPUT_QUEUE_OCTETS = 64 * 1024;
/** Octets that a slow reader holds while it is busy with the one before (a 16550 has as many). */
const FIFO_OCTETS = 16;

/** The octets that a host has typed and the modem has not read yet. */
export class LineReader {
  readonly #clock: Clock;
  readonly #octetMs: number;
  #waiting: Uint8Array[] = [];
  /** Octets of the first chunk that were read. */
  #read = 0;
  #count = 0;
  #busyUntil = 0;

  /** @param octetMs how long one octet takes to be read; those that come too fast are lost. 0: none is. */
  constructor(clock: Clock, octetMs: number) {
    this.#clock = clock;
    this.#octetMs = octetMs;
  }

  take(octets: Uint8Array): void {
    const heard = this.#octetMs === 0 ? octets : octets.filter(() => this.#hears());
    if (heard.length === 0 || this.#count + heard.length > INPUT_QUEUE_OCTETS) return;
    this.#waiting.push(heard);
    this.#count += heard.length;
  }

  next(): number | undefined {
    const first = this.#waiting[0];
    const octet = first?.[this.#read];
    if (first === undefined || octet === undefined) return undefined;
    this.#read += 1;
    this.#count -= 1;
    if (this.#read === first.length) {
      this.#waiting.shift();
      this.#read = 0;
    }
    return octet;
  }

  reset(): void {
    this.#waiting = [];
    this.#read = 0;
    this.#count = 0;
  }

  #hears(): boolean {
    const now = this.#clock.now();
    const doneAt = Math.max(this.#busyUntil, now) + this.#octetMs;
    if (doneAt - now > FIFO_OCTETS * this.#octetMs) return false;
    this.#busyUntil = doneAt;
    return true;
  }
}
