/** Messages that a modem may hold: it sends one in some seconds, and what it holds can no longer be withdrawn. */
const MODEM_AT_ONCE = 16;

/** Messages that a bearer may hold whose modems are not watched, or that has none. */
const BEARER_AT_ONCE = 256;

/** What the bearer takes. */
export interface BearerRoom {
  /** Whether it can send; while it cannot, as without a ready modem, frames wait in the outbox. */
  canSend(): boolean;
  /** How many messages it may hold at once; the others wait in the outbox, where they can still be withdrawn. */
  readonly atOnce: number;
}

/** How many messages a bearer may hold at once. @param modems watched ones that it sends with */
export function atOnceOf(modems: number): number {
  return modems * MODEM_AT_ONCE || BEARER_AT_ONCE;
}
