import type { Clock } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';

/** The longest that a request may wait, ms of the machine's time. */
export const LONGEST_WAIT_MS = 3_600_000;

/**
 * Resolves to true as soon as `holds`, which is asked after every event of the world, or to false after `waitMs`.
 * @param clock the machine's: whoever waits lives in real time.
 */
export function until(log: EventLog, clock: Clock, holds: () => boolean, waitMs: number): Promise<boolean> {
  if (holds() || waitMs === 0) return Promise.resolve(holds());
  return new Promise((resolve) => {
    const end = (held: boolean) => {
      cancel();
      unlisten();
      resolve(held);
    };
    const cancel = clock.after(waitMs, () => end(holds()));
    // What an event says is true once whoever made it is done with it.
    const unlisten = log.listen(() =>
      queueMicrotask(() => {
        if (holds()) end(true);
      }),
    );
  });
}
