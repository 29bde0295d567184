/** A day in UTC, ms. */
export const DAY_MS: number = 24 * 3_600_000;

/** The moment at which the day begins in UTC, ms since 1970. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS) * DAY_MS;
}

/** The day in UTC, as 2026-11-28. */
export function dayText(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The days of a period, each by the moment at which it begins. */
export function daysIn(from: number, to: number): number[] {
  const days: number[] = [];
  for (let day = dayOf(from); day < to; day += DAY_MS) days.push(day);
  return days;
}

/** The next moment, ms since 1970, that is `afterMidnight` ms after midnight UTC. */
export function nextDaily(now: number, afterMidnight: number): number {
  const today = dayOf(now) + afterMidnight;
  return today > now ? today : today + DAY_MS;
}
