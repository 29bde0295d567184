import type { StatusQuery } from '../../device/safe-mobile/index.ts';
import { challengeByRef } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { sendEnrolmentStanding } from '../enrolment/confirm.ts';
import { type Ref, refOf } from '../ids.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import { mrefOfPhone, type Payment, paymentByMref, paymentByTxn } from '../payments/payment.ts';
import { sendStanding } from '../payments/receipts.ts';
import { type Recipient, sendNak } from './compose.ts';
import { repeatReceipt } from './receipts.ts';

/**
 * STATUS_QUERY: a phone missed a receipt. It gets the stored one; while the outcome is not known, "in progress" and
 * never "failed"; and a NAK for a reference that is not its own.
 */
export function answerStatusQuery(context: Context, recipient: Recipient, query: StatusQuery): void {
  const ref = refOf(query.ref);
  if (repeatReceipt(context, recipient, ref)) return;
  if (query.kind === 'request') {
    answerFor(context, recipient, ref, paymentStartedBy(context, recipient, ref));
    return;
  }
  const challenge = challengeByRef(context, ref);
  const own = challenge?.deviceId === recipient.id ? challenge : undefined;
  if (own?.purpose === 'enrolment') sendEnrolmentStanding(context, recipient, own);
  else answerFor(context, recipient, ref, own && paymentByTxn(context.store, own.ref));
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
