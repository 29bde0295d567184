import type { TracedSms } from './sms.ts';

/** Messages remembered; the oldest is forgotten for a new one. */
const REMEMBERED = 100_000;

/** The messages that the service centre took, by sender, recipient and TP-MR: for COMMANDs, and for duplicates (TP-RD). */
export class Journal {
  readonly #messages = new Map<string, TracedSms>();

  /** Remembers a message that came in a SUBMIT, in the place of an earlier one of the same reference. */
  add({ id, to, origin, fate }: TracedSms): void {
    if (origin === undefined) return;
    const key = keyOf(origin.sender, to, origin.messageReference);
    this.#messages.delete(key);
    this.#messages.set(key, { id, to, origin, fate });
    if (this.#messages.size <= REMEMBERED) return;
    for (const oldest of this.#messages.keys()) {
      this.#messages.delete(oldest);
      return;
    }
  }

  /** The last message of this sender, recipient and TP-MR. */
  find(sender: string, to: string, messageReference: number): TracedSms | undefined {
    return this.#messages.get(keyOf(sender, to, messageReference));
  }
}

function keyOf(sender: string, to: string, messageReference: number): string {
  return `${sender} ${to} ${messageReference}`;
}
