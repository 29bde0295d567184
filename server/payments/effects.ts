import { noteInVain } from '../approvals/asked-in-vain.ts';
import type { Tx } from '../store/store.ts';
import type { PaymentEvent } from '../vocabulary/payment-states.ts';
import type { PaymentContext } from './context.ts';
import type { Payment } from './payment.ts';
import { sendReceipts } from './receipts.ts';
import type { StepDetail } from './step.ts';

/** Carries out the effects of an event in the transaction of its step: receipts, alarms. */
export async function takeEffect(
  tx: Tx,
  context: PaymentContext,
  payment: Payment,
  event: PaymentEvent,
  detail: StepDetail,
): Promise<void> {
  switch (event) {
    case 'capture':
    case 'decline':
    case 'confirm-reversal':
    case 'confirm-refund':
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'refuse':
    case 'expire':
    case 'cancel':
      await sendReceipts(tx, context, payment, detail);
      if (detail.unsent !== true) {
        const merchant = { kind: 'merchant', id: payment.merchantId } as const;
        await noteInVain(tx, context, merchant, payment.personId, detail.said === 'not-me');
      }
      break;
    case 'give-up':
      await context.journal.record(tx, { kind: 'alarm', alarm: 'payment-needs-review', ref: payment.txn });
      break;
    case 'request':
    case 'approve':
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
