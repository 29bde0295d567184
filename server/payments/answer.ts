import type { Refusal } from '../../device/safe-mobile/index.ts';
import type { Challenge } from '../approvals/challenge.ts';
import type { Asked, Refused } from '../approvals/purpose.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { chargeApproved } from './charge.ts';
import type { PaymentContext } from './context.ts';
import { type Payment, paymentByTxn } from './payment.ts';
import { sendStanding, sendWrongPin } from './receipts.ts';
import { step } from './step.ts';

// What the customer's answer to the request of a payment leads to. The receipts are sent by the steps, also the merchant's.

/** The customer approves with the right PIN. */
export async function paymentApproved(tx: Tx, context: PaymentContext, asked: Asked): Promise<void> {
  await chargeApproved(tx, context, await paymentOf(tx, asked), asked);
}

/** The PIN was wrong, and the customer may try again. */
export async function paymentWrongPin(tx: Tx, context: PaymentContext, asked: Asked, triesLeft: number): Promise<void> {
  await sendWrongPin(tx, context, await paymentOf(tx, asked), asked, triesLeft);
}

/** The customer refuses, or the phone in the customer's place, or the PIN tries are used up. */
export async function paymentRefused(tx: Tx, context: PaymentContext, asked: Asked, refused: Refused): Promise<void> {
  const { reason, blocked } = refused;
  const byPin = reason === 'wrong-pin' || reason === 'blocked';
  const detail = { reason, blocked, asked, ...(byPin && { triesLeft: 0 }) };
  await step(tx, context, await paymentOf(tx, asked), 'refuse', detail);
}

/** No answer came in time. */
export async function paymentExpired(
  tx: Tx,
  context: PaymentContext,
  asked: Asked,
  said: Refusal | undefined,
): Promise<void> {
  const detail = { asked, ...(said === 'expired' && { reason: said }) };
  await step(tx, context, await paymentOf(tx, asked), 'expire', detail);
}

/** The customer's phone asks how the payment stands. */
export async function paymentStanding(tx: Tx, context: PaymentContext, asked: Asked): Promise<void> {
  await sendStanding(tx, context, await paymentOf(tx, asked), asked.recipient);
}

async function paymentOf(tx: ReadTx, { challenge }: { readonly challenge: Challenge }): Promise<Payment> {
  const payment = await paymentByTxn(tx, challenge.ref);
  if (payment === undefined) throw new Error(`challenge ${challenge.ref} has no payment`);
  return payment;
}
