/** Whether this run is one of CI, which has the time for all: `CASH_MOBILE_IN_FULL=1`. */
export const IN_FULL = process.env['CASH_MOBILE_IN_FULL'] === '1';

/**
 * How much of a long test is run: all of it in CI, a part in `npm test`, which is to end within six minutes
 * on two cores. For tests that only repeat the same with more hours, seeds or messages; the part is the first part of the whole.
 */
export function inFull<T>(whole: T, part: T): T {
  return IN_FULL ? whole : part;
}
