import { hold, LedgerError, post, transferOutcome, voidTransfer } from '../ledger/ledger.ts';
import { type RailOrder, transferOf } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';
import type { Attempt } from './attempt.ts';

// What the attempts at a rail outside the service do in the ledger. A reversal has no transfer of its own: it decides that of its charge.

/** Sets the money of a charge or refund aside before the rail is asked. @returns why it cannot be, or `undefined` */
export async function setAside(
  tx: Tx,
  order: RailOrder,
  at: number,
): Promise<'insufficient-funds' | 'limit-exceeded' | undefined> {
  if (order.kind === 'reversal') return undefined;
  const outcome = await hold(tx, transferOf(order), at);
  if (outcome === 'other-movement') throw new LedgerError(`${order.key} is another movement already`);
  if (outcome === 'too-large') return 'limit-exceeded';
  return outcome === 'insufficient' ? 'insufficient-funds' : undefined;
}

/** Moves or frees the money of an attempt whose outcome is known; one whose money could not be set aside has none. */
export async function book(tx: Tx, { order, state }: Attempt, at: number): Promise<void> {
  const transfer = transferOf(order);
  if (order.kind === 'reversal') {
    if (state === 'done') await voidTransfer(tx, { ...transfer, id: `${order.txn}:charge` }, at);
  } else if (state === 'done') {
    await post(tx, transfer, at);
  } else if (state === 'declined' && (await transferOutcome(tx, transfer.id)) !== 'absent') {
    await voidTransfer(tx, transfer, at);
  }
}
