import { sleep, systemClock } from '../../../modem/index.ts';
import type { PaymentAnswer } from './api.ts';
import { type HostOrder, judge } from './judge.ts';
import type { Stage } from './stage.ts';

/**
 * How long everything may take to end, ms of the fast clock: a receipt that was lost three times is sent again after 71 minutes. One that was lost
 * more often is not waited for: it comes after 6 hours more.
 */
export const REST_MS = 80 * 60_000;

/** Whether the order is that charge or refund of the payment of which the service does not know what became. */
function isInReview({ txn, state, refunds }: PaymentAnswer, { kind, of, minor }: HostOrder): boolean {
  if (of !== `${txn}:charge`) return false;
  if (state === 'REVIEW') return kind === 'charge';
  return kind === 'refund' && refunds.some((refund) => refund.state === 'review' && refund.amount.minor === minor);
}

/** Until nothing is open any more, the host decides what it left pending, and the operator looks into its book. */
export async function comeToRest({ clock, host, admin, till, evidence }: Stage): Promise<readonly string[]> {
  const begun = clock.now();
  for (;;) {
    host?.decide('moved');
    for (const payment of await admin.reviews()) {
      const order = host?.orders.find((known) => isInReview(payment, known));
      const body = { key: order?.key, moved: order?.state === 'moved', reason: 'the book of the host' };
      await admin.ask('POST', `/v1/payments/${payment.txn}/resolve`, body);
    }
    const isOver = clock.now() - begun > REST_MS;
    if (isOver || (await till.payments()).every(({ settled }) => settled)) {
      const complaints = await judge(evidence());
      if (isOver || complaints.length === 0) return complaints;
    }
    await sleep(systemClock, 1_000);
  }
}
