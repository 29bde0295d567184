import type { ReadTx } from '../store/store.ts';

/** The condition of a frame that was stored and not dealt with: it waits for its turn, or for another try. */
export const UNDEALT = 'frame IS NOT NULL AND result IS NULL';

/** Whether frames wait to be dealt with. What expires must wait for them. */
export async function hasUndealtFrames(tx: ReadTx): Promise<boolean> {
  const found = await tx.get(`SELECT 1 AS one FROM inbox WHERE ${UNDEALT} LIMIT 1`, (row) => row.integer('one'));
  return found !== undefined;
}
