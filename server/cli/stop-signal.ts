import type { Cancel, Clock } from '../../modem/index.ts';

/** How long the service has for its end, ms. */
const LIMIT_MS = 10_000;

/** Ends the process at once. Given as a parameter for tests. */
type End = (line: string) => void;

/** The wish to end, by SIGINT, SIGTERM or {@link StopSignal.give}. Ten seconds later the process ends in any case, and says what was left. */
export class StopSignal {
  /** Resolves at the signal. */
  readonly wanted: Promise<void>;
  /** What would be left if the process ended now, in words. */
  left: () => string = () => 'nothing';
  /** Wishes it without a signal. */
  readonly give: () => void;
  #cancel: Cancel = () => {};

  constructor(clock: Clock, end: End, signals: Pick<NodeJS.Process, 'once'> = process) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.wanted = promise;
    this.give = () => {
      this.#cancel = clock.after(LIMIT_MS, () =>
        end(`ended after ${LIMIT_MS / 1000} s; left for the next start: ${this.left()}`),
      );
      resolve();
    };
    signals.once('SIGINT', this.give);
    signals.once('SIGTERM', this.give);
  }

  /** What `work` gives, or `undefined` when the signal comes first: then `work` is left alone. */
  before<T>(work: Promise<T>): Promise<T | undefined> {
    return Promise.race([work, this.wanted.then(() => undefined)]);
  }

  /** All has ended: the process need not be ended. */
  done(): void {
    this.#cancel();
  }
}
