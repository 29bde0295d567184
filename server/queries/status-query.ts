import type { StatusQuery } from '../../device/safe-mobile/index.ts';
import { lockChallenge } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import { merchantOfPerson } from '../merchants/merchants.ts';
import { type Recipient, sendNak } from '../outgoing/compose.ts';
import { asksByItself, repeatReceipt } from '../outgoing/receipts.ts';
import { mrefOfPhone, type Payment, paymentByMref } from '../payments/payment.ts';
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
  context: AskingContext,
  device: Device,
  recipient: Recipient,
  query: StatusQuery,
): Promise<void> {
  const ref = refOf(query.ref);
  if (query.kind === 'balance') {
    await answerBalanceQuery(tx, context, device, recipient, ref);
    return;
  }
  if (query.kind === 'request') {
    const payment = await paymentStartedBy(tx, recipient, ref);
    const asked = payment === undefined || asksByItself(context, payment.createdAt);
    if (await repeatReceipt(tx, context, recipient, ref, asked)) return;
    if (payment === undefined) await sendNak(tx, context, recipient, ref, 'unknown-reference');
    else await sendStanding(tx, context, payment, recipient);
    return;
  }
  const challenge = await lockChallenge(tx, ref);
  const own = challenge?.deviceId === recipient.id ? challenge : undefined;
  const asked = own === undefined || asksByItself(context, own.askedAt);
  const repeated = await repeatReceipt(tx, context, recipient, ref, asked);
  if (own !== undefined && (await context.approvals.repeat(tx, recipient, own))) return;
  if (repeated) return;
  if (own === undefined) await sendNak(tx, context, recipient, ref, 'unknown-reference');
  else await context.approvals.tellStanding(tx, { challenge: own, device, recipient });
}

async function paymentStartedBy(tx: ReadTx, recipient: Recipient, mref: Ref): Promise<Payment | undefined> {
  const merchant = await merchantOfPerson(tx, recipient.personId);
  const payment = merchant && (await paymentByMref(tx, merchant.id, mrefOfPhone(mref)));
  return payment?.init?.deviceId === recipient.id ? payment : undefined;
}
