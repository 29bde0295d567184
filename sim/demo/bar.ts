/** How wide the bar itself is, columns. */
const WIDTH = 24;
/** Steps until the screen: loading, the service, the people, the phones, eight SMS of enrolment, the drawing. */
const STEPS = 13;

/** A line of a terminal that says how far the setting up is, and what is done now. */
export class Bar {
  readonly #write: (text: string) => void;
  #begun = 0;

  /** @param write onto the terminal. */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /** Begins the next step, which `what` says in 50 columns at most. */
  step(what: string): void {
    const full = Math.round((this.#begun / STEPS) * WIDTH);
    this.#begun = Math.min(STEPS, this.#begun + 1);
    this.#write(`\r[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}] ${what}\x1b[K`);
  }

  /** Takes the line away. */
  clear(): void {
    this.#write('\r\x1b[K');
  }
}
