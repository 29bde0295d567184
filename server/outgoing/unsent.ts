import type { ReadTx, Tx } from '../store/store.ts';

/** Whether a frame about `ref` is not sent yet, so that a second copy is not needed. */
export function isUnsent(tx: ReadTx, message: string, ref: string): Promise<boolean> {
  return isOpen(tx, message, ref);
}

/** Whether a frame about `ref` waits, and no bearer has ever had it. */
export function isUntouched(tx: ReadTx, message: string, ref: string): Promise<boolean> {
  return isOpen(tx, message, ref, "AND state = 'waiting' AND tries = 0");
}

/** A frame about `ref` that is not sent yet asks the network, when it leaves, whether the phone has it. @returns whether there is one */
export async function askForReport(tx: Tx, message: string, ref: string): Promise<boolean> {
  const open = 'UPDATE outbox SET report = 1 WHERE ended_at IS NULL AND ref = ? AND message = ?';
  return (await tx.run(open, ref, message)) > 0;
}

async function isOpen(tx: ReadTx, message: string, ref: string, also = ''): Promise<boolean> {
  const open = `SELECT 1 AS one FROM outbox WHERE ended_at IS NULL AND ref = ? AND message = ? ${also}`;
  return (await tx.get(open, (row) => row.integer('one'), ref, message)) !== undefined;
}
