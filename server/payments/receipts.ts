import { declineCode, isDeclineReason, type RailName, type Status } from '../../device/safe-mobile/index.ts';
import { challengeByRef } from '../approvals/challenge.ts';
import { TRIES_A_CHALLENGE } from '../approvals/pin-policy.ts';
import { type Recipient, recipientById } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { asksByItself, issueReceipt, type ReceiptContent, sendPassingReceipt } from '../outgoing/receipts.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { PAYMENT_STATES } from '../vocabulary/payment-states.ts';
import type { Payment } from './payment.ts';
import type { StepDetail } from './step.ts';

/** Receipts of a settled payment: to the customer's phone, and to the merchant's where one started it. */
export async function sendReceipts(tx: Tx, context: Context, payment: Payment, detail: StepDetail): Promise<void> {
  const challenge = detail.asked?.challenge ?? (await challengeByRef(tx, payment.txn));
  const customer = detail.asked?.recipient ?? (await customerOf(tx, payment));
  if (challenge !== undefined && customer !== undefined && detail.unsent !== true) {
    const triesLeft = detail.triesLeft ?? Math.max(0, TRIES_A_CHALLENGE - challenge.wrongPins);
    const content = { ...contentOf(payment), triesLeft, status: customerStatus(payment, detail) };
    const asked = isAskedFor(context, payment);
    await issueReceipt(tx, context, customer, payment.txn, challenge.request, content, asked);
  }
  if (payment.init === undefined) return;
  const recipient = await recipientById(tx, payment.init.deviceId);
  if (recipient === undefined) return;
  const asked = isAskedFor(context, payment);
  await issueReceipt(tx, context, recipient, payment.init.mref, payment.init.plaintext, contentOf(payment), asked);
}

/** Tells the customer that the PIN was wrong and how many tries are left. */
export async function sendWrongPin(
  tx: Tx,
  context: Context,
  payment: Payment,
  { challenge, recipient }: StepDetail['asked'] & {},
  triesLeft: number,
): Promise<void> {
  const content = { status: 'wrong-pin', triesLeft, approvalCode: 0, rail: 'none' } as const;
  const asked = isAskedFor(context, payment);
  await issueReceipt(tx, context, recipient, payment.txn, challenge.request, content, asked);
}

/**
 * Answers a STATUS_QUERY about a payment without a stored receipt: "in progress", never "failed". Of a payment that is settled, as one
 * that was rejected before anybody was asked, the receipt is stored: the phone gets the same one however often it asks.
 */
export async function sendStanding(tx: Tx, context: Context, payment: Payment, recipient: Recipient): Promise<void> {
  const content = contentOf(payment);
  const send = PAYMENT_STATES[payment.state].settled ? issueReceipt : sendPassingReceipt;
  const asked = isAskedFor(context, payment);
  if (payment.init !== undefined && recipient.id === payment.init.deviceId) {
    await send(tx, context, recipient, payment.init.mref, payment.init.plaintext, content, asked);
    return;
  }
  const challenge = await challengeByRef(tx, payment.txn);
  if (challenge !== undefined) await send(tx, context, recipient, payment.txn, challenge.request, content, asked);
}

/** The values of a receipt of this payment in its present state. */
export function contentOf(payment: Payment): ReceiptContent {
  const rail: RailName = PAYMENT_STATES[payment.state].money === 'moved' ? payment.rail : 'none';
  return {
    status: PAYMENT_STATES[payment.state].status,
    triesLeft: TRIES_A_CHALLENGE,
    approvalCode: payment.state === 'DECLINED' ? responseCodeOf(payment) : payment.approvalCode,
    rail,
  };
}

/** The rail's reason as the number in a receipt; 0 for a reason that phones do not know. */
function responseCodeOf({ reason = '' }: Payment): number {
  return isDeclineReason(reason) ? declineCode(reason) : 0;
}

async function customerOf(tx: ReadTx, { deviceId }: Payment): Promise<Recipient | undefined> {
  return deviceId === undefined ? undefined : recipientById(tx, deviceId);
}

/** The customer's receipt says that the request ended with wrong PINs; the merchant's only that it was refused. */
function customerStatus(payment: Payment, detail: StepDetail): Status {
  if (detail.blocked === true) return 'blocked';
  return payment.reason === 'wrong-pin' ? 'wrong-pin' : PAYMENT_STATES[payment.state].status;
}

/** Whether a phone asks when it misses this receipt: not after "paid" has come, and not when the outcome comes late. */
function isAskedFor(context: Context, payment: Payment): boolean {
  return payment.state !== 'REFUNDED' && asksByItself(context, payment.createdAt);
}
