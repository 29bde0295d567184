import type { Clock } from '../../modem/index.ts';

/** What a service that ends at once would leave undone. */
export interface Unfinished {
  /** Requests without an answer. */
  readonly answers: number;
  /** Frames that the bearer has and that have no outcome. */
  readonly frames: number;
}

/** The requests of the API that have no answer yet. */
export interface OpenRequests {
  readonly count: number;
  /** From now on new requests are refused. Resolves when all others have their answer. */
  close(): Promise<void>;
}

/** Resolves when `work` has ended, or after `limitMs`. */
export function within(clock: Clock, limitMs: number, work: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const cancel = clock.after(limitMs, resolve);
    void work.then(() => {
      cancel();
      resolve();
    });
  });
}
