/** Cancels the task of {@link Clock.after}; does nothing when the task has run. */
export type Cancel = () => void;

/**
 * The only source of time in the project. A program passes a clock to everything that waits or needs the time: the
 * machine's ({@link systemClock}), or a virtual one, on which a day takes a second.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00:00Z. */
  now(): number;
  /** Runs `task` once, `delayMs` milliseconds from now, unless cancelled before. */
  after(delayMs: number, task: () => void): Cancel;
}

/** The longest delay that a timer of Node takes, ms (24.8 days); a longer one would run at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after(delayMs, task) {
    let timer: NodeJS.Timeout;
    const wait = (leftMs: number) => {
      const partMs = Math.min(leftMs, LONGEST_TIMER_MS);
      timer = setTimeout(() => (leftMs > partMs ? wait(leftMs - partMs) : task()), partMs);
    };
    wait(delayMs);
    return () => clearTimeout(timer);
  },
};

/**
 * The machine's clock for whoever measures how long something takes: it shows the machine's time of when the process began, and is never put
 * back or forward. With a clock that is put back by two hours the driver of a modem would wait two hours for silence on its line.
 */
export const steadyClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  after: systemClock.after,
};

/** Resolves `delayMs` milliseconds from now on the given clock. */
export function sleep(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
