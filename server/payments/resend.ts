import { askAgain, challengeByRef } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import type { Ref } from '../ids.ts';
import { recipientOf } from '../messaging/compose.ts';
import { deviceById } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { paymentByTxn } from './payment.ts';

/** The timer `payment-resend`: no answer came, so the same frame of the request is sent again. */
export async function resendRequest(tx: Tx, context: Context, txn: Ref): Promise<void> {
  const challenge = await challengeByRef(tx, txn);
  const device = challenge && (await deviceById(tx, challenge.deviceId));
  const recipient = device && recipientOf(device);
  if (challenge === undefined || recipient === undefined) return;
  if ((await paymentByTxn(tx, txn))?.state === 'REQUESTED') await askAgain(tx, context, recipient, challenge);
}
