import { type Challenge, challengeByRef } from '../approvals/challenge.ts';
import { confirmEnrolment, refuseEnrolment } from '../enrolment/confirm.ts';
import { enrol, repeatEnrolment } from '../enrolment/enrol.ts';
import type { Arrival } from '../intake/arrival.ts';
import type { MessageHandlers, Opened } from '../intake/dispatch.ts';
import { type Recipient, sendNak, sendTime } from '../outgoing/compose.ts';
import { approvePayment } from '../payments/approve.ts';
import { cancelByPhone } from '../payments/cancel.ts';
import type { PaymentContext } from '../payments/context.ts';
import { startByPhone } from '../payments/pay-init.ts';
import { type Payment, paymentByTxn } from '../payments/payment.ts';
import { refusePayment } from '../payments/refuse.ts';
import { answerStatusQuery } from '../queries/status-query.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type Ref, ref, refOf } from '../vocabulary/ids.ts';

/** The ref in a NAK to a message that this service does not use. */
const NO_REF: Ref = ref('0000000000000000');

/** What each message of a phone leads to. */
export function messageHandlers(context: PaymentContext): MessageHandlers {
  const malformed = (tx: Tx, { recipient }: { readonly recipient: Recipient }) =>
    sendNak(tx, context, recipient, NO_REF, 'malformed');
  return {
    async ENROL(tx, device, message, arrival) {
      if (!arrival.repeated) return `ENROL: ${await enrol(tx, context, device, message, arrival.at)}`;
      await repeatEnrolment(tx, context, device);
      return 'ENROL, repeated';
    },
    APPROVE: (tx, opened, arrival) => answerChallenge(tx, context, opened, arrival),
    REFUSE: (tx, opened, arrival) => answerChallenge(tx, context, opened, arrival),
    PAY_INIT: (tx, { recipient, message, plaintext }) => startByPhone(tx, context, recipient, message, plaintext),
    PAY_CANCEL: (tx, { recipient, message }) => cancelByPhone(tx, context, recipient, message),
    STATUS_QUERY: (tx, { device, recipient, message }) => answerStatusQuery(tx, context, device, recipient, message),
    TIME_REQUEST: (tx, { recipient, message: { nonce } }) => sendTime(tx, context, recipient, nonce, refOf(nonce)),
    PIN_NEW: malformed,
    PIN_PROOF: malformed,
  };
}

async function answerChallenge(
  tx: Tx,
  context: PaymentContext,
  { device, recipient, message }: Opened<'APPROVE' | 'REFUSE'>,
  arrival: Arrival,
): Promise<void> {
  const txn = refOf(message.txn);
  const challenge = await challengeByRef(tx, txn);
  if (challenge === undefined || challenge.deviceId !== device.id) {
    await context.journal.record(tx, { kind: 'alarm', alarm: 'unknown-transaction', deviceId: device.id, ref: txn });
    await sendNak(tx, context, recipient, txn, 'unknown-reference');
  } else if (challenge.purpose === 'enrolment') {
    if (message.type === 'APPROVE') await confirmEnrolment(tx, context, device, recipient, challenge, message, arrival);
    else await refuseEnrolment(tx, context, device, recipient, challenge, message);
  } else {
    const payment = await paymentOf(tx, challenge);
    if (message.type === 'APPROVE') {
      await approvePayment(tx, context, device, recipient, payment, challenge, message, arrival);
    } else await refusePayment(tx, context, recipient, payment, challenge, message, arrival.at);
  }
}

async function paymentOf(tx: ReadTx, challenge: Challenge): Promise<Payment> {
  const payment = await paymentByTxn(tx, challenge.ref);
  if (payment === undefined) throw new Error(`challenge ${challenge.ref} has no payment`);
  return payment;
}
