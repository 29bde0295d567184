import type { StatusQuery } from '../../device/safe-mobile/index.ts';
import { type Challenge, challengeByRef, repeatRequest } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { isEnrolmentOpen, sendEnrolmentStanding } from '../enrolment/confirm.ts';
import { type Ref, refOf } from '../ids.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import { mrefOfPhone, type Payment, paymentByMref, paymentByTxn } from '../payments/payment.ts';
import { sendStanding } from '../payments/receipts.ts';
import type { Device } from '../people/devices.ts';
import { answerBalanceQuery } from './balance.ts';
import { type Recipient, sendNak } from './compose.ts';
import { repeatReceipt } from './receipts.ts';

/**
 * STATUS_QUERY: a phone missed a receipt. It gets the stored one; while the outcome is not known, "in progress" and
 * never "failed"; and a NAK for a reference that is not its own. A phone that asks about a request which the service
 * still holds open has answered it, and the answer was lost: it gets the request again, to which it repeats its answer.
 * The kind `balance` is about no receipt: `balance.ts` has it.
 */
export function answerStatusQuery(context: Context, device: Device, recipient: Recipient, query: StatusQuery): void {
  const ref = refOf(query.ref);
  if (query.kind === 'balance') {
    answerBalanceQuery(context, device, recipient, ref);
    return;
  }
  const challenge = query.kind === 'request' ? undefined : challengeByRef(context, ref);
  const own = challenge?.deviceId === recipient.id ? challenge : undefined;
  const repeated = repeatReceipt(context, recipient, ref);
  if (own !== undefined && isOpen(context, device, own) && repeatRequest(context, recipient, own)) return;
  if (repeated) return;
  if (query.kind === 'request') answerFor(context, recipient, ref, paymentStartedBy(context, recipient, ref));
  else if (own?.purpose === 'enrolment') sendEnrolmentStanding(context, recipient, own);
  else answerFor(context, recipient, ref, own && paymentByTxn(context.store, own.ref));
}

/** Whether the service waits for an answer to this request, also after a wrong PIN, which has a receipt already. */
function isOpen(context: Context, device: Device, challenge: Challenge): boolean {
  if (challenge.purpose === 'enrolment') return isEnrolmentOpen(context, device, challenge);
  return paymentByTxn(context.store, challenge.ref)?.state === 'REQUESTED';
}

function answerFor(context: Context, recipient: Recipient, ref: Ref, payment: Payment | undefined): void {
  if (payment === undefined) sendNak(context, recipient, ref, 'unknown-reference');
  else sendStanding(context, payment, recipient);
}

function paymentStartedBy(context: Context, recipient: Recipient, mref: Ref): Payment | undefined {
  const merchant = merchantOfPerson(context.store, recipient.personId);
  const payment = merchant && paymentByMref(context.store, merchant.id, mrefOfPhone(mref));
  return payment?.init?.deviceId === recipient.id ? payment : undefined;
}
