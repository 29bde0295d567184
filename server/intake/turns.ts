/** Pieces of work that run beside each other. */
const AT_ONCE = 32;

/** Pieces of work that may wait: of one sender, and of all. */
const WAITING_OF_SENDER = 1_000;
const WAITING = 20_000;

interface Work {
  run(): Promise<void>;
  reject(error: Error): void;
}

/**
 * Work for many senders, who take turns: whoever sends much waits for itself, and the others do not wait for it. Between two rounds the
 * event loop goes on.
 */
export class Turns {
  /** By sender; the sender whose turn is next stands first. */
  readonly #waiting = new Map<string, Work[]>();
  #count = 0;
  #isRunning = false;

  /**
   * Does the work when it is the sender's turn: the pieces of one sender in their order.
   * @throws Error when too much waits already; nothing was done then. And what the work throws.
   */
  take<T>(sender: string, work: () => Promise<T>): Promise<T> {
    const own = this.#waiting.get(sender) ?? [];
    if (own.length >= WAITING_OF_SENDER || this.#count >= WAITING)
      return Promise.reject(new Error('too many messages wait: this one is to be handed over again later'));
    this.#waiting.set(sender, own);
    this.#count += 1;
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    own.push({ run: () => work().then(resolve, reject), reject });
    if (!this.#isRunning) void this.#run();
    return promise;
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // What comes in the same moment is one round, and shares a commit.
    await new Promise((resolve) => process.nextTick(resolve));
    while (this.#count > 0) {
      await Promise.all(this.#round().map((work) => work.run()));
      if (this.#count > 0) await new Promise((resolve) => setImmediate(resolve));
    }
    this.#isRunning = false;
  }

  /** The next piece of the senders whose turn it is, one each. */
  #round(): Work[] {
    const round: Work[] = [];
    for (const sender of this.#first()) {
      const own = this.#waiting.get(sender) ?? [];
      const next = own.shift();
      this.#waiting.delete(sender);
      if (own.length > 0) this.#waiting.set(sender, own);
      if (next !== undefined) round.push(next);
    }
    this.#count -= round.length;
    return round;
  }

  /** The senders whose turn it is. */
  #first(): string[] {
    const first: string[] = [];
    for (const sender of this.#waiting.keys()) {
      if (first.length === AT_ONCE) break;
      first.push(sender);
    }
    return first;
  }
}
