import { UNDEALT } from '../intake/undealt.ts';
import type { ReadTx } from '../store/store.ts';

/** What an earlier run of the service has left, and this one goes on with. */
export interface TakenOver {
  /** Payments and enrolments whose customer has not answered. */
  readonly requests: number;
  readonly framesToSend: number;
  readonly framesToDealWith: number;
  /** Orders to rails whose outcome is not known. */
  readonly attempts: number;
  /** Timers that were due while the service did not run. */
  readonly timersOverdue: number;
}

/** Counts what is open, by indexes of open rows. @param now ms since 1970 */
export async function takenOver(tx: ReadTx, now: number): Promise<TakenOver> {
  const count = async (from: string, ...values: number[]) =>
    (await tx.get(`SELECT count(*) AS n FROM ${from}`, (row) => row.integer('n'), ...values)) ?? 0;
  return {
    requests: await count('challenge WHERE due IS NOT NULL'),
    framesToSend: await count('outbox WHERE ended_at IS NULL'),
    framesToDealWith: await count(`inbox WHERE ${UNDEALT}`),
    attempts: await count("timer WHERE kind = 'attempt'"),
    timersOverdue: (await count('timer WHERE due <= ?', now)) + (await count('challenge WHERE due <= ?', now)),
  };
}

const WORDS: readonly (readonly [keyof TakenOver, one: string, more: string])[] = [
  ['requests', 'request without an answer', 'requests without an answer'],
  ['framesToSend', 'frame to send', 'frames to send'],
  ['framesToDealWith', 'frame to deal with', 'frames to deal with'],
  ['attempts', 'order at a rail without an outcome', 'orders at rails without an outcome'],
  ['timersOverdue', 'timer overdue', 'timers overdue'],
];

/** As a line for people. */
export function takenOverText(taken: TakenOver): string {
  const parts = WORDS.flatMap(([what, one, more]) => {
    const count = taken[what];
    return count === 0 ? [] : [`${count} ${count === 1 ? one : more}`];
  });
  return `Taken over: ${parts.length === 0 ? 'nothing is open' : parts.join(', ')}`;
}
