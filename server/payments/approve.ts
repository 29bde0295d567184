import type { Approve } from '../../device/safe-mobile/index.ts';
import { type Challenge, stopAsking } from '../approvals/challenge.ts';
import { judge } from '../approvals/judge.ts';
import type { Arrival } from '../intake/arrival.ts';
import type { Recipient } from '../outgoing/compose.ts';
import { repeatReceipt } from '../outgoing/receipts.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { chargeApproved } from './charge.ts';
import type { PaymentContext } from './context.ts';
import { expireIfLate } from './expire.ts';
import type { Payment } from './payment.ts';
import { sendWrongPin } from './receipts.ts';
import { step } from './step.ts';

/**
 * The customer approves. Only an answer in time to an open request is verified. Any other answer gets the stored receipt:
 * if its PIN were judged, a thief could try PINs that are not counted.
 */
export async function approvePayment(
  tx: Tx,
  context: PaymentContext,
  device: Device,
  recipient: Recipient,
  payment: Payment,
  challenge: Challenge,
  approval: Approve,
  arrival: Arrival,
): Promise<void> {
  if (payment.state !== 'REQUESTED' || arrival.repeated) {
    await repeatReceipt(tx, context, recipient, payment.txn);
    return;
  }
  if (await expireIfLate(tx, context, payment, challenge, arrival.at)) return;
  const asked = { challenge, recipient };
  if (device.state !== 'active') {
    await step(tx, context, payment, 'refuse', { reason: 'blocked', triesLeft: 0, blocked: true, asked });
    return;
  }
  const verdict = await judge(tx, context, device, challenge, approval);
  if (verdict.kind === 'right') {
    await chargeApproved(tx, context, payment, asked);
  } else if (verdict.consequence === 'try-again') {
    await stopAsking(tx, context, challenge);
    await sendWrongPin(tx, context, payment, asked, verdict.triesLeft);
  } else {
    const blocked = verdict.consequence !== 'refuse';
    await step(tx, context, payment, 'refuse', { reason: 'wrong-pin', triesLeft: 0, blocked, asked });
  }
}
