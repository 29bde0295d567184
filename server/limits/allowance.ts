/** So much at once, and one more after each pause. */
export interface Allowance {
  readonly atOnce: number;
  /** ms. */
  readonly everyMs: number;
}

/**
 * Takes one of an allowance, of which only one moment is kept: when all of it is there again (the generic cell rate algorithm of
 * ITU-T I.371).
 * @param fullAt that moment, ms since 1970; 0 at first. A later one than the allowance can
 * explain is of a clock that was ahead, and is not believed.
 * @param now ms since 1970. @param promised how many are not taken yet, and may still be
 * @returns the moment to keep, or `undefined` when nothing is left
 */
export function take({ atOnce, everyMs }: Allowance, fullAt: number, now: number, promised = 0): number | undefined {
  const isOfAnotherClock = fullAt > now + atOnce * everyMs;
  const begun = isOfAnotherClock ? now : Math.max(fullAt, now);
  return begun - now > (atOnce - 1 - promised) * everyMs ? undefined : begun + everyMs;
}
