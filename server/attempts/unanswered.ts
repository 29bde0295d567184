import type { Capabilities, RemoteRail } from '../rails/rail.ts';
import type { Attempt } from './attempt.ts';

/** How long a rail may leave an order undecided before a person looks, ms. */
const PENDING_LIMIT_MS = 30 * 24 * 3_600_000;

/** What to do when it is time to ask about an attempt of which the rail has said nothing final. */
export type NextStep =
  /** Ask the rail what became of the order. */
  | { readonly kind: 'inquire' }
  /** Send the same order again, under the same key. */
  | { readonly kind: 'send-again' }
  /** Undo the charge, whether or not it happened. */
  | { readonly kind: 'reverse' }
  /** The rail cannot be asked, and says it by itself. */
  | { readonly kind: 'wait' }
  /** A person must find out. */
  | { readonly kind: 'give-up'; readonly reason?: string };

/** Decides it by what the rail can do, and by whether it still knows the key. @param now ms since 1970 */
export function nextStepOf(rail: RemoteRail, attempt: Attempt, now: number): NextStep {
  const { onUnknown } = rail.capabilities;
  const { kind } = attempt.order;
  const isPending = attempt.state === 'pending';
  if (isPending && now - attempt.createdAt >= PENDING_LIMIT_MS)
    return { kind: 'give-up', reason: 'the rail does not decide' };
  if (kind === 'charge' && attempt.state === 'unknown' && onUnknown === 'reverse') return { kind: 'reverse' };
  const remembered = isRemembered(rail.capabilities, attempt, now);
  if (rail.inquire !== undefined && (onUnknown === 'inquire' || !remembered || isPending)) return { kind: 'inquire' };
  if (remembered || kind === 'reversal') return { kind: 'send-again' };
  return isPending && rail.accept !== undefined ? { kind: 'wait' } : { kind: 'give-up' };
}

/** Whether the rail will still know the key when the order that is sent now comes to it. @param now ms since 1970 */
export function isRemembered(
  { timeoutMs, keyLifeMs }: Capabilities,
  { order, createdAt }: Attempt,
  now: number,
): boolean {
  return now + timeoutMs < createdAt + keyLifeMs[order.kind];
}
