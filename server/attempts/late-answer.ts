import type { Outcome } from '../rails/rail.ts';
import type { ReadTx } from '../store/store.ts';
import { type Attempt, attemptByKey, hasEnded } from './attempt.ts';

/** A definite answer of a rail. */
export type FinalOutcome = Extract<Outcome, { kind: 'done' | 'declined' }>;

/** Whether an outcome is definite. */
export function isFinal(outcome: Outcome): outcome is FinalOutcome {
  return outcome.kind === 'done' || outcome.kind === 'declined';
}

/**
 * What a definite answer means for an attempt that may have ended before: it counts whenever it comes, also after the attempt was
 * given up, unless another answer has ended the attempt (`known` when that one said the same), or something else stands in its place.
 */
export async function meaningOf(
  tx: ReadTx,
  attempt: Attempt,
  outcome: FinalOutcome,
): Promise<'counts' | 'known' | 'rail-contradicts-itself' | 'answer-after-reversal'> {
  if (!hasEnded(attempt)) return 'counts';
  if (attempt.state !== 'given-up') return attempt.state === outcome.kind ? 'known' : 'rail-contradicts-itself';
  return (await isReplaced(tx, attempt)) ? 'answer-after-reversal' : 'counts';
}

/** Whether a reversal stands for this charge, or a person has decided about the charge of this reversal. */
async function isReplaced(tx: ReadTx, { order: { kind, txn } }: Attempt): Promise<boolean> {
  if (kind === 'charge') return (await attemptByKey(tx, `${txn}:reversal`)) !== undefined;
  return kind === 'reversal' && (await attemptByKey(tx, `${txn}:charge`))?.state !== 'given-up';
}
