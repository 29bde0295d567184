import type { StatusQuery } from '../../device/safe-mobile/index.ts';
import { type Challenge, challengeByRef, repeatRequest } from '../approvals/challenge.ts';
import { isEnrolmentOpen, sendEnrolmentStanding } from '../enrolment/confirm.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import { type Recipient, sendNak } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { repeatReceipt } from '../outgoing/receipts.ts';
import { mrefOfPhone, type Payment, paymentByMref, paymentByTxn } from '../payments/payment.ts';
import { sendStanding } from '../payments/receipts.ts';
import type { Device } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type Ref, refOf } from '../vocabulary/ids.ts';
import { answerBalanceQuery } from './balance.ts';

/**
 * STATUS_QUERY: a phone missed a receipt. It gets the stored one; while the outcome is not known, "in progress" and
 * never "failed"; and a NAK for a reference that is not its own. A phone that asks about a request which the service
 * still holds open has answered it, and the answer was lost: it gets the request again, to which it repeats its answer.
 * The kind `balance` is about no receipt: `balance.ts` has it.
 */
export async function answerStatusQuery(
  tx: Tx,
  context: Context,
  device: Device,
  recipient: Recipient,
  query: StatusQuery,
): Promise<void> {
  const ref = refOf(query.ref);
  if (query.kind === 'balance') {
    await answerBalanceQuery(tx, context, device, recipient, ref);
    return;
  }
  const challenge = query.kind === 'request' ? undefined : await challengeByRef(tx, ref);
  const own = challenge?.deviceId === recipient.id ? challenge : undefined;
  const repeated = await repeatReceipt(tx, context, recipient, ref);
  if (
    own !== undefined &&
    (await isOpen(tx, context, device, own)) &&
    (await repeatRequest(tx, context, recipient, own))
  )
    return;
  if (repeated) return;
  if (query.kind === 'request')
    await answerFor(tx, context, recipient, ref, await paymentStartedBy(tx, recipient, ref));
  else if (own?.purpose === 'enrolment') await sendEnrolmentStanding(tx, context, recipient, own);
  else await answerFor(tx, context, recipient, ref, own && (await paymentByTxn(tx, own.ref)));
}

/** Whether the service waits for an answer to this request, also after a wrong PIN, which has a receipt already. */
async function isOpen(tx: ReadTx, context: Context, device: Device, challenge: Challenge): Promise<boolean> {
  if (challenge.purpose === 'enrolment') return isEnrolmentOpen(tx, context, device, challenge);
  return (await paymentByTxn(tx, challenge.ref))?.state === 'REQUESTED';
}

async function answerFor(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  payment: Payment | undefined,
): Promise<void> {
  if (payment === undefined) await sendNak(tx, context, recipient, ref, 'unknown-reference');
  else await sendStanding(tx, context, payment, recipient);
}

async function paymentStartedBy(tx: ReadTx, recipient: Recipient, mref: Ref): Promise<Payment | undefined> {
  const merchant = await merchantOfPerson(tx, recipient.personId);
  const payment = merchant && (await paymentByMref(tx, merchant.id, mrefOfPhone(mref)));
  return payment?.init?.deviceId === recipient.id ? payment : undefined;
}
