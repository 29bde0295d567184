import type { ReadTx } from '../store/store.ts';
import type { StoredFrame } from './arrival.ts';

/** The condition of a frame that was stored and not dealt with: it waits for its turn, or for another try. */
export const UNDEALT = 'frame IS NOT NULL AND result IS NULL';

/** Whether frames wait to be dealt with. What expires must wait for them. */
export async function hasUndealtFrames(tx: ReadTx): Promise<boolean> {
  const found = await tx.get(`SELECT 1 AS one FROM inbox WHERE ${UNDEALT} LIMIT 1`, (row) => row.integer('one'));
  return found !== undefined;
}

/** Whether the same frame was dealt with before, as {@link timesDealtWith}. */
export async function wasDealtWith(tx: ReadTx, frame: Pick<StoredFrame, 'digest'>): Promise<boolean> {
  return (await timesDealtWith(tx, frame)) > 0;
}

/** How often the same frame was dealt with, in other SMS, if it is one that the inbox knows by its digest: one that waits has its octets still. */
export async function timesDealtWith(tx: ReadTx, { digest }: Pick<StoredFrame, 'digest'>): Promise<number> {
  const times = await tx.get(
    'SELECT count(*) AS times FROM inbox WHERE digest = ? AND by_digest = 1 AND frame IS NULL',
    (row) => row.integer('times'),
    digest,
  );
  return times ?? 0;
}
