import type { Refusal } from '../../device/safe-mobile/index.ts';
import type { Asked, Refused } from '../approvals/purpose.ts';
import type { Tx } from '../store/store.ts';
import { chargeApproved } from './charge.ts';
import type { PaymentContext } from './context.ts';
import { lockPayment, requirePayment } from './payment.ts';
import { sendStanding, sendWrongPin } from './receipts.ts';
import { step } from './step.ts';

// What the customer's answer to the request of a payment leads to. The receipts are sent by the steps, also the merchant's.

/** The customer approves with the right PIN. */
export async function paymentApproved(tx: Tx, context: PaymentContext, asked: Asked): Promise<void> {
  await chargeApproved(tx, context, await lockPayment(tx, asked.challenge.ref), asked);
}

/** The PIN was wrong, and the customer may try again. */
export async function paymentWrongPin(tx: Tx, context: PaymentContext, asked: Asked, triesLeft: number): Promise<void> {
  await sendWrongPin(tx, context, await requirePayment(tx, asked.challenge.ref), asked, triesLeft);
}

/** The customer refuses, or the phone in the customer's place, or the PIN tries are used up. */
export async function paymentRefused(tx: Tx, context: PaymentContext, asked: Asked, refused: Refused): Promise<void> {
  const { reason, blocked } = refused;
  const byPin = reason === 'wrong-pin' || reason === 'blocked';
  const said = byPin ? undefined : reason;
  const detail = { reason, said, blocked, asked, ...(byPin && { triesLeft: 0 }) };
  await step(tx, context, await lockPayment(tx, asked.challenge.ref), 'refuse', detail);
}

/** No answer came in time. */
export async function paymentExpired(
  tx: Tx,
  context: PaymentContext,
  asked: Asked,
  said: Refusal | undefined,
): Promise<void> {
  const detail = { asked, said, ...(said === 'expired' && { reason: said }) };
  await step(tx, context, await lockPayment(tx, asked.challenge.ref), 'expire', detail);
}

/** The customer's phone asks how the payment stands. */
export async function paymentStanding(tx: Tx, context: PaymentContext, asked: Asked): Promise<void> {
  await sendStanding(tx, context, await requirePayment(tx, asked.challenge.ref), asked.recipient);
}
