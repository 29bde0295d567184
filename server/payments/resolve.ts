import type { RailKey } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import type { PaymentContext } from './context.ts';
import { lockPayment, type Payment, requirePayment } from './payment.ts';
import { refundsOf } from './refund.ts';

/** What an operator found out about a payment or a refund in review. */
export interface Resolution {
  /** The key at the rail of the charge or refund that it is about; needed when several refunds of the payment are in review. */
  readonly key?: string | undefined;
  /** Whether the money moved. */
  readonly moved: boolean;
  /** How the operator knows; kept in the journal. */
  readonly reason: string;
}

/**
 * The way out of REVIEW: an operator has found out at the rail what became of a charge, or, of a paid payment, of its refund.
 * @throws ServiceError `conflict` when nothing of this payment is in review, or not what the key names;
 * `invalid-request` when several refunds are in review and no key says which
 */
export async function resolvePayment(
  tx: Tx,
  context: PaymentContext,
  txn: string,
  resolution: Resolution,
): Promise<Payment> {
  const payment = await lockPayment(tx, txn);
  const { moved, reason } = resolution;
  const [key, ...more] = (await keysInReview(tx, payment)).filter((known) => known === (resolution.key ?? known));
  if (key === undefined) {
    const what = resolution.key ?? 'nothing of it';
    throw new ServiceError(
      'conflict',
      `payment ${txn} is ${payment.state}: ${what} is ${resolution.key ? 'not ' : ''}in review`,
    );
  }
  if (more.length > 0) {
    throw new ServiceError(
      'invalid-request',
      `key: several refunds are in review, say which: ${[key, ...more].join(', ')}`,
    );
  }
  await context.journal.record(tx, { kind: 'resolved', txn: payment.txn, key, moved, reason });
  await context.attempts.resolve(
    tx,
    key,
    moved ? { kind: 'done', approvalCode: 0 } : { kind: 'declined', reason: 'resolved-by-operator' },
  );
  return requirePayment(tx, txn);
}

async function keysInReview(tx: Tx, payment: Payment): Promise<RailKey[]> {
  if (payment.state === 'REVIEW') return [`${payment.txn}:charge`];
  const refunds = await refundsOf(tx, payment.txn);
  return refunds.filter(({ state }) => state === 'review').map(({ railKey }) => railKey);
}
