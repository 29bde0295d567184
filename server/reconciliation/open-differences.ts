import type { Journal } from '../journal/journal.ts';
import type { Period } from '../ledger/statement.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DAY_MS, dayOf } from '../time/days.ts';
import { ALARM_ADVICE } from '../vocabulary/alarms.ts';
import { DIFFERENCE_KINDS, type DifferenceKind } from '../vocabulary/events.ts';
import type { Finding } from './compare.ts';

/** A finding that somebody has to look at. */
export type Difference = Finding & { readonly kind: DifferenceKind };

/** Whether the finding is a difference; a movement on another day is matched. */
export function isDifference(finding: Finding): finding is Difference {
  return finding.kind !== 'other-day';
}

/**
 * Keeps a difference until it is gone. It is an alarm in the journal when it is new, and when it is not any more what an operator
 * has accepted. @returns whether it is accepted
 */
export async function keepDifference(tx: Tx, journal: Journal, rail: string, difference: Difference): Promise<boolean> {
  const { kind, key, at, detail } = difference;
  const isNew = await tx.run(
    'INSERT INTO difference (rail, rail_key, kind, at, detail) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    rail,
    key,
    kind,
    at,
    detail,
  );
  if (isNew === 0) {
    const known = await lockDifference(tx, rail, key, kind);
    if (known === undefined || known.detail === detail) return known?.accepted === true;
    await tx.run(
      'UPDATE difference SET detail = ?, accepted_at = NULL WHERE rail = ? AND rail_key = ? AND kind = ?',
      detail,
      rail,
      key,
      kind,
    );
    if (!known.accepted) return false;
  }
  const alarm = `settlement-${kind}` as const;
  await journal.record(tx, {
    kind: 'alarm',
    alarm,
    ref: key,
    detail: `${rail}: ${detail}. ${ALARM_ADVICE[alarm]}`,
  });
  return false;
}

function lockDifference(tx: Tx, rail: string, key: string, kind: DifferenceKind) {
  return tx.get(
    'SELECT detail, accepted_at FROM difference WHERE rail = ? AND rail_key = ? AND kind = ? FOR UPDATE',
    (row) => ({ detail: row.text('detail'), accepted: row.optionalInteger('accepted_at') !== undefined }),
    rail,
    key,
    kind,
  );
}

/**
 * Ends the differences that a comparison did not find again.
 * @param compared whether the comparison has looked at the key of a difference
 */
export async function endDifferences(
  tx: Tx,
  journal: Journal,
  rail: string,
  { from, to }: Period,
  compared: ReadonlySet<string>,
  found: readonly Finding[],
): Promise<void> {
  const open = await tx.all(
    'SELECT rail_key, kind, at FROM difference WHERE rail = ? ORDER BY at, rail_key, kind',
    (row) => ({ key: row.text('rail_key'), kind: row.oneOf('kind', DIFFERENCE_KINDS), at: row.integer('at') }),
    rail,
  );
  for (const { key, kind, at } of open) {
    const isLookedAt = compared.has(key) || (at >= from && at < to);
    if (!isLookedAt || found.some((finding) => finding.key === key && finding.kind === kind)) continue;
    const ended = await tx.run('DELETE FROM difference WHERE rail = ? AND rail_key = ? AND kind = ?', rail, key, kind);
    if (ended === 0) continue;
    await journal.record(tx, { kind: 'difference-ended', rail, key, difference: kind });
  }
}

/** The days since `from` that have open differences, each by the moment at which it begins. */
export function openDays(tx: ReadTx, rail: string, from: number): Promise<number[]> {
  return tx.all(
    `SELECT DISTINCT at / ${DAY_MS} AS day FROM difference WHERE rail = ? AND at >= ? AND accepted_at IS NULL ORDER BY day`,
    (row) => dayOf(row.integer('day') * DAY_MS),
    rail,
    from,
  );
}
