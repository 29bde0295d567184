import { challengeByRef, closeChallenge } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import type { Tx } from '../store/store.ts';
import type { Payment } from './payment.ts';
import { sendReceipts } from './receipts.ts';
import type { StepDetail } from './step.ts';
import { chargeTransfer, refundTransfer } from './transfers.ts';
import type { PaymentEvent } from './transitions.ts';

/** Carries out the effects of an event in the transaction of its step: ledger, timers, receipts. */
export async function takeEffect(
  tx: Tx,
  context: Context,
  payment: Payment,
  event: PaymentEvent,
  detail: StepDetail,
): Promise<void> {
  const { ledger, clock, journal } = context;
  const now = clock.now();
  switch (event) {
    case 'approve':
      await closeRequest(tx, context, payment);
      tx.wake('charge');
      await ledger.hold(tx, chargeTransfer(payment), now);
      break;
    case 'capture':
      await context.timers.cancel(tx, 'payment-inquiry', payment.txn);
      await ledger.post(tx, chargeTransfer(payment).id, now);
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'decline':
    case 'confirm-reversal':
      await context.timers.cancel(tx, 'payment-inquiry', payment.txn);
      await ledger.void(tx, chargeTransfer(payment).id, now);
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'refuse':
    case 'cancel':
    case 'expire':
      await closeRequest(tx, context, payment);
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'refund':
      await ledger.hold(tx, await refundTransfer(tx, payment), now);
      break;
    case 'confirm-refund':
      await ledger.post(tx, (await refundTransfer(tx, payment)).id, now);
      await sendReceipts(tx, context, payment, detail);
      break;
    case 'fail-refund':
      await ledger.void(tx, (await refundTransfer(tx, payment)).id, now);
      break;
    case 'give-up':
      await context.timers.cancel(tx, 'payment-inquiry', payment.txn);
      await journal.record(tx, { kind: 'alarm', alarm: 'payment-needs-review', ref: payment.txn });
      break;
    case 'request':
    case 'reject':
    case 'send':
    case 'lose-answer':
    case 'reverse':
      break;
  }
}

async function closeRequest(tx: Tx, context: Context, payment: Payment): Promise<void> {
  const challenge = await challengeByRef(tx, payment.txn);
  if (challenge !== undefined) await closeChallenge(tx, context, challenge);
}
