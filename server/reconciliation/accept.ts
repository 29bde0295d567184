import type { Journal } from '../journal/journal.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { DIFFERENCE_KINDS, type DifferenceKind } from '../vocabulary/events.ts';

/** A difference that an operator accepts: it will never match. */
export interface Acceptance {
  readonly rail: string;
  /** The key of the movement. */
  readonly key: string;
  /** Needed when the movement has several differences. */
  readonly kind?: DifferenceKind | undefined;
  /** Why it is accepted; kept in the journal. */
  readonly reason: string;
}

/**
 * Accepts an open difference: it is not compared again by itself, and is no alarm unless something else is seen of it later.
 * @param now ms since 1970. @returns its kind
 * @throws ServiceError `not-found` without such an open difference, `invalid-request` when there are several and no kind says which
 */
export async function acceptDifference(
  tx: Tx,
  journal: Journal,
  { rail, key, kind, reason }: Acceptance,
  now: number,
): Promise<DifferenceKind> {
  const open = await lockOpenKinds(tx, rail, key);
  const [accepted, ...more] = open.filter((known) => known === (kind ?? known));
  if (accepted === undefined) {
    throw new ServiceError(
      'not-found',
      `there is no open difference ${kind === undefined ? '' : `${kind} `}of ${key} at ${rail}`,
    );
  }
  if (more.length > 0) {
    throw new ServiceError('invalid-request', `kind: ${key} has several differences, say which: ${open.join(', ')}`);
  }
  await tx.run(
    'UPDATE difference SET accepted_at = ? WHERE rail = ? AND rail_key = ? AND kind = ?',
    now,
    rail,
    key,
    accepted,
  );
  await journal.record(tx, { kind: 'difference-accepted', rail, key, difference: accepted, reason });
  return accepted;
}

function lockOpenKinds(tx: Tx, rail: string, key: string): Promise<DifferenceKind[]> {
  return tx.all(
    'SELECT kind FROM difference WHERE rail = ? AND rail_key = ? AND accepted_at IS NULL ORDER BY kind FOR UPDATE',
    (row) => row.oneOf('kind', DIFFERENCE_KINDS),
    rail,
    key,
  );
}
