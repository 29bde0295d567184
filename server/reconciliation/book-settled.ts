import type { Amount } from '../../device/safe-mobile/index.ts';
import { type Account, lockAccount, move, type Transfer } from '../ledger/ledger.ts';
import type { RemoteRail } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';

/** A movement that a rail has settled as it is here: charge or refund. */
export interface Settled {
  readonly key: string;
  readonly isRefund: boolean;
  readonly amount: Amount;
  /** What the rail keeps, minor units; below zero: what it gives back. */
  readonly fee: number;
}

/** Money that a rail took back for the customer's bank. */
export interface Chargeback {
  /** The charge. */
  readonly key: string;
  readonly amount: Amount;
  /** What the rail keeps for it besides, minor units; below zero: what it gives back. */
  readonly fee: number;
  /** ms since 1970. */
  readonly at: number;
}

/**
 * Books that the rail has paid, or has been paid, what it settled: its clearing account loses the movement, `cash` has what came of it and
 * `fees` what the rail kept. Each movement is booked once, whatever is settled later.
 * @param at ms since 1970
 */
export async function bookSettled(
  tx: Tx,
  rail: RemoteRail['name'],
  settled: readonly Settled[],
  at: number,
): Promise<void> {
  const clearing: Account = `clearing:${rail}`;
  // Before the clearing account, which charges and refunds lock without it.
  for (const currency of new Set(settled.map(({ amount }) => amount.currency))) await lockAccount(tx, 'cash', currency);
  for (const { key, isRefund, amount, fee } of settled) {
    const paid = (isRefund ? -amount.minor : amount.minor) - fee;
    const { currency } = amount;
    await book(tx, { id: `settled:${key}`, debit: 'cash', credit: clearing }, { minor: paid, currency }, at);
    await book(tx, { id: `fee:${key}`, debit: `fees:${rail}`, credit: clearing }, { minor: fee, currency }, at);
  }
}

/** Books money that a rail took back as a loss, and what it kept for that, once a charge. @param at ms since 1970 */
export async function bookChargeback(
  tx: Tx,
  rail: RemoteRail['name'],
  { key, amount, fee }: Chargeback,
  at: number,
): Promise<void> {
  const { currency } = amount;
  await book(tx, { id: `chargeback:${key}`, debit: `losses:${rail}`, credit: 'cash' }, amount, at);
  const kept = { id: `chargeback-fee:${key}`, debit: `fees:${rail}`, credit: 'cash' } as const;
  await book(tx, kept, { minor: fee, currency }, at);
}

/** Books that the rail gave back what a chargeback had taken, which is booked before, once a charge. @param at ms since 1970 */
export async function bookWonBack(
  tx: Tx,
  rail: RemoteRail['name'],
  { key, amount, fee }: Chargeback,
  at: number,
): Promise<void> {
  await book(tx, { id: `chargeback-won:${key}`, debit: 'cash', credit: `losses:${rail}` }, amount, at);
  const kept = { id: `chargeback-won-fee:${key}`, debit: `fees:${rail}`, credit: 'cash' } as const;
  await book(tx, kept, { minor: fee, currency: amount.currency }, at);
}

/** An amount below zero goes the other way. */
async function book(
  tx: Tx,
  between: Pick<Transfer, 'id' | 'debit' | 'credit'>,
  amount: Amount,
  at: number,
): Promise<void> {
  const { id, debit, credit } = between;
  const { minor, currency } = amount;
  if (minor > 0) await move(tx, { id, debit, credit, amount }, at);
  if (minor < 0) await move(tx, { id, debit: credit, credit: debit, amount: { minor: -minor, currency } }, at);
}
