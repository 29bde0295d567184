import type { Refuse } from '../../device/safe-mobile/index.ts';
import type { Challenge } from '../approvals/challenge.ts';
import type { Recipient } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { repeatReceipt } from '../outgoing/receipts.ts';
import type { Tx } from '../store/store.ts';
import { expireIfLate } from './expire.ts';
import type { Payment } from './payment.ts';
import { step } from './step.ts';

/** The customer, or the phone in the customer's place, refuses: that needs no PIN. A refusal gets a receipt too. */
export async function refusePayment(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  payment: Payment,
  challenge: Challenge,
  refusal: Refuse,
  arrivedAt: number,
): Promise<void> {
  if (payment.state !== 'REQUESTED') {
    await repeatReceipt(tx, context, recipient, payment.txn);
    return;
  }
  if (await expireIfLate(tx, context, payment, challenge, arrivedAt)) return;
  if (refusal.reason === 'not-me') {
    await context.journal.record(tx, {
      kind: 'alarm',
      alarm: 'refused-as-not-mine',
      deviceId: recipient.id,
      ref: payment.txn,
    });
  }
  // A phone that says "expired" will not approve any more: for the merchant the time has run out.
  await step(tx, context, payment, refusal.reason === 'expired' ? 'expire' : 'refuse', { reason: refusal.reason });
}
