import type { UpMessage } from '../../device/safe-mobile/index.ts';
import { type Challenge, challengeByRef } from '../approvals/challenge.ts';
import { confirmEnrolment, refuseEnrolment } from '../enrolment/confirm.ts';
import { enrol, repeatEnrolment } from '../enrolment/enrol.ts';
import { type Recipient, sendNak, sendTime } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { approvePayment } from '../payments/approve.ts';
import { cancelByPhone } from '../payments/cancel.ts';
import { startByPhone } from '../payments/pay-init.ts';
import { type Payment, paymentByTxn } from '../payments/payment.ts';
import { refusePayment } from '../payments/refuse.ts';
import type { Device } from '../people/devices.ts';
import { answerStatusQuery } from '../queries/status-query.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type Ref, ref, refOf } from '../vocabulary/ids.ts';
import type { Arrival } from './arrival.ts';
import { takeCounter } from './counters.ts';
import { type OpenedFrame, openFrame } from './open.ts';

/** The ref in a NAK to a message that could not be read. */
const NO_REF: Ref = ref('0000000000000000');

type Opened = Extract<OpenedFrame, { kind: 'opened' }>;

/** Handles one frame, inside a transaction. @returns one line for people about the message */
export async function dispatch(tx: Tx, context: Context, frame: Uint8Array, arrival: Arrival): Promise<string> {
  const opened = await openFrame(tx, context, frame);
  switch (opened.kind) {
    case 'ignored':
      return `ignored: ${opened.reason}`;
    case 'malformed':
      await sendNak(tx, context, opened.recipient, NO_REF, 'malformed');
      return `malformed: ${opened.reason}`;
    case 'enrol':
      if (!arrival.repeated) return `ENROL: ${await enrol(tx, context, opened.device, opened.message, arrival.at)}`;
      await repeatEnrolment(tx, context, opened.device);
      return 'ENROL, repeated';
    case 'opened': {
      const verdict = arrival.repeated ? 'fresh' : await takeCounter(tx, opened.device, opened.message.ctr);
      if (verdict === 'fresh') await handle(tx, context, opened, arrival);
      else if (verdict === 'used') await alarm(tx, context, opened.device, 'reused-counter', NO_REF);
      const { type } = opened.message;
      return arrival.repeated ? `${type}, repeated` : verdict === 'fresh' ? type : `${type}: its counter is ${verdict}`;
    }
  }
}

async function handle(tx: Tx, context: Context, opened: Opened, arrival: Arrival): Promise<void> {
  const { device, recipient, message, plaintext } = opened;
  switch (message.type) {
    case 'APPROVE':
    case 'REFUSE':
      await answerChallenge(tx, context, device, recipient, message, arrival);
      break;
    case 'PAY_INIT':
      await startByPhone(tx, context, recipient, message, plaintext);
      break;
    case 'PAY_CANCEL':
      await cancelByPhone(tx, context, recipient, message);
      break;
    case 'STATUS_QUERY':
      await answerStatusQuery(tx, context, device, recipient, message);
      break;
    case 'TIME_REQUEST':
      await sendTime(tx, context, recipient, message.nonce, refOf(message.nonce));
      break;
    case 'ENROL':
    case 'PIN_NEW':
    case 'PIN_PROOF':
      await sendNak(tx, context, recipient, NO_REF, 'malformed');
      break;
  }
}

async function answerChallenge(
  tx: Tx,
  context: Context,
  device: Device,
  recipient: Recipient,
  message: Extract<UpMessage, { type: 'APPROVE' | 'REFUSE' }>,
  arrival: Arrival,
): Promise<void> {
  const txn = refOf(message.txn);
  const challenge = await challengeByRef(tx, txn);
  if (challenge === undefined || challenge.deviceId !== device.id) {
    await alarm(tx, context, device, 'unknown-transaction', txn);
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

async function alarm(
  tx: Tx,
  context: Context,
  device: Device,
  kind: 'unknown-transaction' | 'reused-counter',
  txn: Ref,
): Promise<void> {
  await context.journal.record(tx, { kind: 'alarm', alarm: kind, deviceId: device.id, ref: txn });
}
