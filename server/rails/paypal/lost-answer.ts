import type { Outcome, RailOrder } from '../rail.ts';
import type { Found } from './answers.ts';
import { NotSent } from './http.ts';
import { type Note, noted } from './note.ts';

/** When an order whose answer was lost is sent again, ms. */
export const FIRST_REPEAT_MS = 1_000;

/** How long an order may still be on its way to PayPal after its answer was given up, ms. */
const ON_ITS_WAY_MS = 2 * 60_000;

/**
 * What a request without an answer means for its order. A charge that did not leave moves nothing, when it is the first time that it was to
 * leave: a repeat comes a second later at the earliest, and the one before it may have left, also from a process that was killed.
 * @param begun when the request was to leave, ms since 1970
 */
export function withoutAnswer({ kind }: RailOrder, { from, lostAt }: Note, error: unknown, begun: number): Found {
  const isFirst = from !== undefined && lostAt === undefined && begun >= from && begun < from + FIRST_REPEAT_MS;
  if (error instanceof NotSent && kind === 'charge' && isFirst) return { kind: 'declined', reason: 'rail-unreachable' };
  return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
}

/**
 * What an answer means for an order of which an earlier answer was perhaps lost. That order may come to PayPal after its repeat: then a refused
 * repeat says nothing of the order itself, which PayPal may still carry out. After {@link ON_ITS_WAY_MS} the refusal counts.
 * @param now ms since 1970
 */
export function afterLostAnswer(note: Note, found: Found, now: number): Outcome {
  if (found.kind === 'unknown') {
    const { id, fee: _, ...outcome } = found;
    return { ...outcome, note: JSON.stringify({ ...note, ...(id !== undefined && { id }), lostAt: now }) };
  }
  const isOpen = note.lostAt !== undefined && now < note.lostAt + ON_ITS_WAY_MS;
  if (found.kind !== 'declined' || found.id !== undefined || !isOpen) return noted(note, found);
  return { kind: 'unknown', reason: 'PayPal refused a repeat, and the order before it may still be on its way' };
}
