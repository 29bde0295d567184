/** A moment as the data elements of a message have it. */
export interface IsoTime {
  /** DE 7, `MMDDhhmmss`. */
  readonly transmission: string;
  /** DE 12, `hhmmss`. */
  readonly time: string;
  /** DE 13, `MMDD`. */
  readonly date: string;
}

/** A moment in UTC. @param at ms since 1970 */
export function isoTime(at: number): IsoTime {
  const digits = new Date(at).toISOString().replaceAll(/[^0-9]/g, '');
  return { transmission: digits.slice(4, 14), time: digits.slice(8, 14), date: digits.slice(4, 8) };
}
