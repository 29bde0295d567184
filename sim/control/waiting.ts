import type { Cancel, Clock } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';

/** The longest that a request may wait, ms of the machine's time. */
export const LONGEST_WAIT_MS = 3_600_000;

/** How long after an event it is looked whether it is so now, ms: what happens meanwhile is looked at together. */
const LOOK_AFTER_MS = 2;

/**
 * Resolves to true once `holds`, which is asked shortly after each event of the world, or to what it says after `waitMs`.
 * @param clock the machine's clock, because a client of the HTTP API waits in real time.
 */
export function until(log: EventLog, clock: Clock, holds: () => boolean, waitMs: number): Promise<boolean> {
  if (waitMs === 0 || holds()) return Promise.resolve(holds());
  return new Promise((resolve) => {
    let look: Cancel | undefined;
    const end = (held: boolean) => {
      timeUp();
      look?.();
      unlisten();
      resolve(held);
    };
    const timeUp = clock.after(waitMs, () => end(holds()));
    const unlisten = log.listen(() => {
      look ??= clock.after(LOOK_AFTER_MS, () => {
        look = undefined;
        if (holds()) end(true);
      });
    });
  });
}
