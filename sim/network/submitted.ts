/** A message that the network took from a subscriber. */
export interface Submitted {
  /** When, ms since 1970. */
  readonly at: number;
  readonly from: string;
  /** The subscriber or number it goes to. */
  readonly to: string;
  /** The SUBMIT in hex, without the service centre's address. */
  readonly tpdu: string;
}

/** Messages remembered at least, all subscribers together; twice as many are at most. */
const REMEMBERED = 100_000;

/** What the network took from its subscribers; the oldest is forgotten. */
export class SubmittedMessages {
  #all: Submitted[] = [];
  #bySender = new Map<string, Submitted[]>();

  add(message: Submitted): void {
    if (this.#all.length >= 2 * REMEMBERED) {
      this.#all = this.#all.slice(REMEMBERED);
      this.#bySender = Map.groupBy(this.#all, ({ from }) => from);
    }
    this.#all.push(message);
    const sent = this.#bySender.get(message.from);
    if (sent === undefined) this.#bySender.set(message.from, [message]);
    else sent.push(message);
  }

  /** What a subscriber sent, oldest first. */
  of(sender: string): readonly Submitted[] {
    return this.#bySender.get(sender)?.slice() ?? [];
  }
}
