import { randomBelow } from '../../modem/index.ts';
import type { SeededRandom } from '../random.ts';

/** The PIN as its owner knows it, who need not know whether a change has reached the service. */
export class KnownPin {
  #counts: string;
  #chosen: string | undefined;

  constructor(pin: string) {
    this.#counts = pin;
  }

  /** What the owner types, and whether it is surely right: after a change of which the phone has said nothing it is the new PIN. */
  get typed(): { readonly pin: string; readonly isSure: boolean } {
    return { pin: this.#chosen ?? this.#counts, isSure: this.#chosen === undefined };
  }

  /** The phone sends this PIN's key to the service. */
  changesTo(pin: string): void {
    this.#chosen = pin;
  }

  /** The phone has said so, or a payment was paid with the new PIN. */
  changed(): void {
    this.#counts = this.#chosen ?? this.#counts;
    this.#chosen = undefined;
  }

  /** The phone has said so, or the new PIN was wrong. */
  kept(): void {
    this.#chosen = undefined;
  }
}

/** Five digits that the application does not call weak, other than `unlike`. */
export function safePin(random: SeededRandom, unlike?: string): string {
  for (;;) {
    const pin = `4${1 + randomBelow(random, 8)}9${randomBelow(random, 10)}3`;
    if (pin !== unlike) return pin;
  }
}
