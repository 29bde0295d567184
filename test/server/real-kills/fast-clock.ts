import { type Clock, systemClock } from '../../../modem/index.ts';

/**
 * The machine's clock, `speed` times as fast since `origin`: several processes with the same figures have the same time, and
 * minutes that a phone or a rail may take are seconds.
 * @param origin ms since 1970 @param speed a whole number
 */
export function fastClock(origin: number, speed: number): Clock {
  return {
    now: () => origin + (systemClock.now() - origin) * speed,
    after: (delayMs, task) => systemClock.after(Math.ceil(delayMs / speed), task),
  };
}
