import { askAgain, challengeByRef } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import type { Ref } from '../ids.ts';
import { recipientOf } from '../messaging/compose.ts';
import { deviceById } from '../people/devices.ts';
import { paymentByTxn } from './payment.ts';

/** The timer `payment-resend`: no answer came, so the same frame of the request is sent again. */
export function resendRequest(context: Context, txn: Ref): void {
  const challenge = challengeByRef(context, txn);
  const device = challenge && deviceById(context.store, challenge.deviceId);
  const recipient = device && recipientOf(device);
  if (challenge === undefined || recipient === undefined) return;
  if (paymentByTxn(context.store, txn)?.state === 'REQUESTED') askAgain(context, recipient, challenge);
}
