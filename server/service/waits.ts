import type { Clock } from '../../modem/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { ServiceEvent } from '../vocabulary/events.ts';

/** Those who wait for something to happen in the service; all of them end when it is closed. */
export class Waits {
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #ends = new Set<() => void>();
  #closed = false;

  constructor(clock: Clock, journal: Journal) {
    this.#clock = clock;
    this.#journal = journal;
  }

  /** Resolves when `listen` calls `end`, after `limitMs`, or when the service is closed. @param listen returns what ends it */
  until(limitMs: number, listen: (end: () => void) => () => void): Promise<void> {
    if (this.#closed) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        cancel();
        stopListening();
        this.#ends.delete(end);
        resolve();
      };
      const cancel = this.#clock.after(limitMs, end);
      const stopListening = listen(end);
      this.#ends.add(end);
    });
  }

  /**
   * Runs `look`, and when that says `wait`, resolves with the first event for which `matches`, or after `limitMs`. Listening begins before
   * the look, so that nothing is missed in between; when an event may have been missed, it looks again.
   * @param subject what the event is about: a txn
   */
  async forEvent(
    limitMs: number,
    subject: string,
    matches: (event: ServiceEvent) => boolean,
    look: () => Promise<'wait' | 'done'>,
  ): Promise<void> {
    const until = this.#clock.now() + limitMs;
    let happened = false;
    let missed = false;
    let hear = () => {};
    const unsubscribe = this.#journal.subscribe(
      ({ event }) => {
        if (!matches(event)) return;
        happened = true;
        hear();
      },
      {
        subject,
        missed: () => {
          missed = true;
          hear();
        },
      },
    );
    try {
      do {
        missed = false;
        if ((await look()) === 'done' || happened) return;
        if (!missed) {
          await this.until(until - this.#clock.now(), (end) => {
            hear = end;
            return () => {};
          });
        }
      } while (missed && !happened && this.#clock.now() < until);
    } finally {
      unsubscribe();
    }
  }

  /** Ends all waits; later ones end at once. */
  close(): void {
    this.#closed = true;
    for (const end of [...this.#ends]) end();
  }
}
