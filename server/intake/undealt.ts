import type { ReadTx } from '../store/store.ts';

/** The condition of a frame that was stored and not dealt with: it waits for its turn, or for another try. */
export const UNDEALT = 'frame IS NOT NULL AND result IS NULL';

/** Whether frames wait to be dealt with. What expires must wait for them. */
export async function hasUndealtFrames(tx: ReadTx): Promise<boolean> {
  const found = await tx.get(`SELECT 1 AS one FROM inbox WHERE ${UNDEALT} LIMIT 1`, (row) => row.integer('one'));
  return found !== undefined;
}

/** Whether the frame of this row of the inbox was dealt with before, when it came in another SMS. */
export async function wasDealtWith(tx: ReadTx, id: number): Promise<boolean> {
  const found = await tx.get(
    `SELECT 1 AS one FROM inbox JOIN inbox AS other ON other.digest = inbox.digest AND other.id <> inbox.id
     WHERE inbox.id = ? AND other.result IS NOT NULL LIMIT 1`,
    (row) => row.integer('one'),
    id,
  );
  return found !== undefined;
}
