/** How a frame reached the service. */
export interface Arrival {
  /** When the bearer handed it over, ms since 1970: what decides whether an answer is late. */
  readonly at: number;
  /** The same frame was dealt with before: the phone sent it again because it has not heard the answer. */
  readonly repeated: boolean;
}
