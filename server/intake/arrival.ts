/** How a frame reached the service. */
export interface Arrival {
  /** When the bearer handed it over, ms since 1970: what decides whether an answer is late. */
  readonly at: number;
  /** The same frame was handled before: the phone sent it again, because it has not received the answer. */
  readonly repeated: boolean;
}
