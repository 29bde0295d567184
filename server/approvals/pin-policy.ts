/** Wrong PINs for one request; after the last one the request ends. */
export const TRIES_A_CHALLENGE = 3;
/** Wrong PINs without a right one between them, after which the phone is blocked for a while. */
const FAILURES_IN_A_ROW = 5;
/** How long the phone is blocked, ms. */
export const BLOCK_MS: number = 60 * 60 * 1000;
/** Wrong PINs within {@link FAILURE_WINDOW_MS}, also with right ones between them, after which only a new enrolment helps. */
const FAILURES_IN_WINDOW = 10;
/** 90 days, ms. */
export const FAILURE_WINDOW_MS: number = 90 * 24 * 60 * 60 * 1000;

/** Wrong PINs so far, by the three counts. */
export interface Failures {
  readonly inChallenge: number;
  readonly inRow: number;
  readonly inWindow: number;
}

/** What a wrong PIN leads to: more tries, the end of the request, a block for {@link BLOCK_MS}, or a block for good. */
export type Consequence = 'try-again' | 'refuse' | 'block' | 'block-for-good';

/** The most severe consequence of the counts, including the latest wrong PIN. */
export function consequenceOf(failures: Failures): Consequence {
  if (failures.inWindow >= FAILURES_IN_WINDOW) return 'block-for-good';
  if (failures.inRow > 0 && failures.inRow % FAILURES_IN_A_ROW === 0) return 'block';
  return failures.inChallenge >= TRIES_A_CHALLENGE ? 'refuse' : 'try-again';
}

/** Tries left before the request ends or the phone is blocked; 0 when that has happened. */
export function triesLeft(failures: Failures): number {
  if (consequenceOf(failures) !== 'try-again') return 0;
  return Math.min(
    TRIES_A_CHALLENGE - failures.inChallenge,
    FAILURES_IN_A_ROW - (failures.inRow % FAILURES_IN_A_ROW),
    FAILURES_IN_WINDOW - failures.inWindow,
  );
}
