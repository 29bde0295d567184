/** A moment as the service centre writes it: whole seconds, with its time zone (3GPP TS 23.040, 9.2.3.11). */
export interface TimeStamp {
  /** Milliseconds since 1970-01-01T00:00:00Z, a multiple of 1000. The wire has two digits for the year: 1970 to 2069. */
  readonly at: number;
  /** Quarters of an hour that local time is ahead of UTC, -79 to 79. */
  readonly zone: number;
}
