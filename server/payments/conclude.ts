import type { Attempt } from '../attempts/attempt.ts';
import type { AttemptListener } from '../attempts/engine.ts';
import type { Tx } from '../store/store.ts';
import type { PaymentContext } from './context.ts';
import { requirePayment } from './payment.ts';
import { concludeRefund } from './refund.ts';
import { step } from './step.ts';

/** What the outcomes of attempts lead to in their payments. */
export function attemptListener(context: PaymentContext): AttemptListener {
  return {
    async changed(tx, attempt) {
      if (attempt.order.kind === 'charge') await concludeCharge(tx, context, attempt);
      else if (attempt.order.kind === 'refund') await concludeRefund(tx, context, attempt);
      else await concludeReversal(tx, context, attempt);
    },
    async reverse(tx, { order, rail: name }) {
      const rail = context.rails.named(name);
      if (rail === undefined) throw new Error(`there is no rail ${name}`);
      await step(tx, context, await requirePayment(tx, order.txn), 'reverse');
      await context.attempts.begin(tx, rail, { ...order, key: `${order.txn}:reversal`, kind: 'reversal' });
    },
  };
}

async function concludeCharge(tx: Tx, context: PaymentContext, attempt: Attempt): Promise<void> {
  const payment = await requirePayment(tx, attempt.order.txn);
  const { reason, approvalCode } = attempt;
  switch (attempt.state) {
    case 'done':
      await step(tx, context, payment, 'capture', { approvalCode, lastDigits: lastDigitsOf(context, attempt) });
      break;
    case 'declined':
      await step(tx, context, payment, 'decline', { reason });
      break;
    case 'pending':
      await step(tx, context, payment, 'wait');
      break;
    case 'unknown':
      await step(tx, context, payment, 'lose-answer', { reason });
      break;
    case 'given-up':
      await step(tx, context, payment, 'give-up', { reason });
      break;
    case 'asked':
      break;
  }
}

/** Asked of the rail while it is there: the payment keeps them. */
function lastDigitsOf({ rails }: PaymentContext, { rail: name, order }: Attempt): string | undefined {
  const rail = rails.named(name);
  return rail === undefined || rail.local ? undefined : rail.lastDigitsOf?.(order);
}

/** A reversal that the rail refuses leaves it open whether the charge happened: a person must find out. */
async function concludeReversal(tx: Tx, context: PaymentContext, { order, state, reason }: Attempt): Promise<void> {
  const payment = await requirePayment(tx, order.txn);
  if (state === 'done') await step(tx, context, payment, 'confirm-reversal', { reason: 'reversed' });
  else if (state === 'declined' || state === 'given-up') {
    await step(tx, context, payment, 'give-up', { reason });
  }
}
