import { challengeByRef, closeChallenge } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import type { Payment } from './payment.ts';
import { sendReceipts } from './receipts.ts';
import type { StepDetail } from './step.ts';
import { chargeTransfer, refundTransfer } from './transfers.ts';
import type { PaymentEvent } from './transitions.ts';

/** Carries out the effects of an event in the transaction of its step: ledger, timers, receipts. */
export function takeEffect(context: Context, payment: Payment, event: PaymentEvent, detail: StepDetail): void {
  const { ledger, clock, journal } = context;
  const now = clock.now();
  switch (event) {
    case 'approve':
      closeRequest(context, payment);
      ledger.hold(chargeTransfer(payment), now);
      break;
    case 'capture':
      context.timers.cancel('payment-inquiry', payment.txn);
      ledger.post(chargeTransfer(payment).id, now);
      sendReceipts(context, payment, detail);
      break;
    case 'decline':
    case 'confirm-reversal':
      context.timers.cancel('payment-inquiry', payment.txn);
      ledger.void(chargeTransfer(payment).id, now);
      sendReceipts(context, payment, detail);
      break;
    case 'refuse':
    case 'cancel':
    case 'expire':
      closeRequest(context, payment);
      sendReceipts(context, payment, detail);
      break;
    case 'refund':
      ledger.hold(refundTransfer(context.store, payment), now);
      break;
    case 'confirm-refund':
      ledger.post(refundTransfer(context.store, payment).id, now);
      sendReceipts(context, payment, detail);
      break;
    case 'fail-refund':
      ledger.void(refundTransfer(context.store, payment).id, now);
      break;
    case 'give-up':
      context.timers.cancel('payment-inquiry', payment.txn);
      journal.record({ kind: 'alarm', alarm: 'payment-needs-review', ref: payment.txn });
      break;
    case 'request':
    case 'reject':
    case 'send':
    case 'lose-answer':
    case 'reverse':
      break;
  }
}

function closeRequest(context: Context, payment: Payment): void {
  const challenge = challengeByRef(context, payment.txn);
  if (challenge !== undefined) closeChallenge(context, challenge);
}
