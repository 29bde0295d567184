import type { StatusQuery } from '../../device/safe-mobile/index.ts';
import { challengeByRef } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { type Ref, refOf } from '../ids.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import { type Recipient, sendNak } from '../messaging/compose.ts';
import { repeatReceipt } from '../messaging/receipts.ts';
import { mrefOfPhone, type Payment, paymentByMref, paymentByTxn } from './payment.ts';
import { sendStanding } from './receipts.ts';

/**
 * STATUS_QUERY: a phone missed a receipt. It gets the stored one; while the outcome is not known, "in progress" and
 * never "failed"; and a NAK for a reference that is not its own.
 */
export function answerStatusQuery(context: Context, recipient: Recipient, query: StatusQuery): void {
  const ref = refOf(query.ref);
  if (repeatReceipt(context, recipient, ref)) return;
  const payment =
    query.kind === 'request' ? paymentStartedBy(context, recipient, ref) : paymentAskedOf(context, recipient, ref);
  if (payment === undefined) {
    sendNak(context, recipient, ref, 'unknown-reference');
    return;
  }
  sendStanding(context, payment, recipient);
}

function paymentStartedBy(context: Context, recipient: Recipient, mref: Ref): Payment | undefined {
  const merchant = merchantOfPerson(context.store, recipient.personId);
  const payment = merchant && paymentByMref(context.store, merchant.id, mrefOfPhone(mref));
  return payment?.init?.deviceId === recipient.id ? payment : undefined;
}

function paymentAskedOf(context: Context, recipient: Recipient, txn: Ref): Payment | undefined {
  const challenge = challengeByRef(context, txn);
  return challenge?.deviceId === recipient.id ? paymentByTxn(context.store, txn) : undefined;
}
