import type { UpMessage } from '../../device/safe-mobile/index.ts';
import { type Challenge, challengeByRef } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { confirmEnrolment, refuseEnrolment } from '../enrolment/confirm.ts';
import { enrol, repeatEnrolment } from '../enrolment/enrol.ts';
import { type Ref, ref, refOf } from '../ids.ts';
import { approvePayment } from '../payments/approve.ts';
import { cancelByPhone } from '../payments/cancel.ts';
import { startByPhone } from '../payments/pay-init.ts';
import { type Payment, paymentByTxn } from '../payments/payment.ts';
import { refusePayment } from '../payments/refuse.ts';
import type { Device } from '../people/devices.ts';
import type { Arrival } from './arrival.ts';
import { type Recipient, sendNak, sendTime } from './compose.ts';
import { takeCounter } from './counters.ts';
import { openFrame } from './open.ts';
import { answerStatusQuery } from './status-query.ts';

/** The ref in a NAK to a message that could not be read. */
const NO_REF: Ref = ref('0000000000000000');

type Opened = Extract<ReturnType<typeof openFrame>, { kind: 'opened' }>;

/** Handles one frame, inside a transaction. @returns one line for people about the message */
export function dispatch(context: Context, frame: Uint8Array, arrival: Arrival): string {
  const opened = openFrame(context, frame);
  switch (opened.kind) {
    case 'ignored':
      return `ignored: ${opened.reason}`;
    case 'malformed':
      sendNak(context, opened.recipient, NO_REF, 'malformed');
      return `malformed: ${opened.reason}`;
    case 'enrol':
      if (!arrival.repeated) return `ENROL: ${enrol(context, opened.device, opened.message, arrival.at)}`;
      repeatEnrolment(context, opened.device);
      return 'ENROL, repeated';
    case 'opened': {
      const verdict = arrival.repeated ? 'fresh' : takeCounter(context, opened.device, opened.message.ctr);
      if (verdict === 'fresh') handle(context, opened, arrival);
      else if (verdict === 'used') alarm(context, opened.device, 'reused-counter', NO_REF);
      const { type } = opened.message;
      return arrival.repeated ? `${type}, repeated` : verdict === 'fresh' ? type : `${type}: its counter is ${verdict}`;
    }
  }
}

function handle(context: Context, opened: Opened, arrival: Arrival): void {
  const { device, recipient, message, plaintext } = opened;
  switch (message.type) {
    case 'APPROVE':
    case 'REFUSE':
      answerChallenge(context, device, recipient, message, arrival);
      break;
    case 'PAY_INIT':
      startByPhone(context, recipient, message, plaintext);
      break;
    case 'PAY_CANCEL':
      cancelByPhone(context, recipient, message);
      break;
    case 'STATUS_QUERY':
      answerStatusQuery(context, device, recipient, message);
      break;
    case 'TIME_REQUEST':
      sendTime(context, recipient, message.nonce, refOf(message.nonce));
      break;
    case 'ENROL':
    case 'PIN_NEW':
    case 'PIN_PROOF':
      sendNak(context, recipient, NO_REF, 'malformed');
      break;
  }
}

function answerChallenge(
  context: Context,
  device: Device,
  recipient: Recipient,
  message: Extract<UpMessage, { type: 'APPROVE' | 'REFUSE' }>,
  arrival: Arrival,
): void {
  const txn = refOf(message.txn);
  const challenge = challengeByRef(context, txn);
  if (challenge === undefined || challenge.deviceId !== device.id) {
    alarm(context, device, 'unknown-transaction', txn);
    sendNak(context, recipient, txn, 'unknown-reference');
  } else if (challenge.purpose === 'enrolment') {
    if (message.type === 'APPROVE') confirmEnrolment(context, device, recipient, challenge, message, arrival);
    else refuseEnrolment(context, device, recipient, challenge, message);
  } else {
    const payment = paymentOf(context, challenge);
    if (message.type === 'APPROVE') {
      approvePayment(context, device, recipient, payment, challenge, message, arrival);
    } else refusePayment(context, recipient, payment, challenge, message, arrival.at);
  }
}

function paymentOf(context: Context, challenge: Challenge): Payment {
  const payment = paymentByTxn(context.store, challenge.ref);
  if (payment === undefined) throw new Error(`challenge ${challenge.ref} has no payment`);
  return payment;
}

function alarm(context: Context, device: Device, kind: 'unknown-transaction' | 'reused-counter', txn: Ref): void {
  context.journal.record({ kind: 'alarm', alarm: kind, deviceId: device.id, ref: txn });
}
