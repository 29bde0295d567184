import { closeChallenge } from '../approvals/challenge.ts';
import type { Context } from '../outgoing/context.ts';
import type { Tx } from '../store/store.ts';
import type { PaymentEvent } from '../vocabulary/payment-states.ts';
import type { Payment } from './payment.ts';
import { sendReceipts } from './receipts.ts';
import type { StepDetail } from './step.ts';

/** Carries out the effects of an event in the transaction of its step: request, receipts, alarms. */
export async function takeEffect(
  tx: Tx,
  context: Context,
  payment: Payment,
  event: PaymentEvent,
  detail: StepDetail,
): Promise<void> {
  switch (event) {
    case 'approve':
      await closeRequest(tx, context, payment);
      break;
    case 'capture':
    case 'decline':
    case 'confirm-reversal':
    case 'confirm-refund':
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'refuse':
    case 'cancel':
    case 'expire':
      await closeRequest(tx, context, payment);
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'give-up':
      await context.journal.record(tx, { kind: 'alarm', alarm: 'payment-needs-review', ref: payment.txn });
      break;
    case 'request':
    case 'reject':
    case 'send':
    case 'wait':
    case 'lose-answer':
    case 'reverse':
    case 'refund':
    case 'end-refund':
      break;
  }
}

async function closeRequest(tx: Tx, context: Context, { txn, deviceId }: Payment): Promise<void> {
  if (deviceId !== undefined) await closeChallenge(tx, context, { ref: txn, purpose: 'payment', deviceId });
}
