import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import { ATTEMPT_STATES, type Attempt, type AttemptState } from '../attempts/attempt.ts';
import { merchantAccount, type Rail, type RailKey } from '../rails/rail.ts';
import { readAmount } from '../store/amount.ts';
import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { type Ref, ref } from '../vocabulary/ids.ts';
import type { RefundState } from '../vocabulary/payment-states.ts';
import type { PaymentContext } from './context.ts';
import { lockPayment, type Payment, requirePayment } from './payment.ts';
import { step } from './step.ts';

/** What a merchant wants to give back. */
export interface RefundOrder {
  /** The merchant's key of this refund: the same key with the same amount is the same refund. Needed for a part. */
  readonly key?: string | undefined;
  /** Default: all that was not given back yet. */
  readonly amount?: Amount | undefined;
  /** For the merchant's own books. */
  readonly reason?: string | undefined;
}

/** Money that a merchant gives back, all of a payment or a part. */
export interface Refund {
  readonly txn: Ref;
  /** `undefined`: the one refund of all without a key. */
  readonly key: string | undefined;
  readonly railKey: RailKey;
  readonly amount: Amount;
  readonly reason: string | undefined;
  readonly state: RefundState;
}

const STATE_OF_ATTEMPT: Readonly<Record<AttemptState, RefundState>> = {
  asked: 'in-progress',
  pending: 'in-progress',
  unknown: 'in-progress',
  done: 'refunded',
  declined: 'declined',
  'given-up': 'review',
};

/**
 * Begins a refund, once a key; a refund without a key again after it was declined is a new one. With the ledger rail it has
 * ended when this resolves.
 * @throws ServiceError `conflict` when there is nothing to give back or not as much, `invalid-request`, `not-possible-now`
 */
export async function refundPayment(tx: Tx, context: PaymentContext, txn: string, order: RefundOrder): Promise<Refund> {
  const payment = await lockPayment(tx, txn);
  const earlier = await refundsOf(tx, payment.txn);
  const known = earlier.find(({ key, state }) => key === order.key && (key !== undefined || state !== 'declined'));
  if (known !== undefined) return sameOrder(known, order);
  if (payment.state !== 'CAPTURED' && payment.state !== 'REFUNDING') {
    throw new ServiceError('conflict', `payment ${txn} is ${payment.state}: only a paid one can be refunded`);
  }
  const amount = amountOf(payment, order);
  const rail = railOf(context, payment, amount);
  await reserve(tx, payment, amount);
  const railKey: RailKey = `${payment.txn}:refund-${earlier.length + 1}`;
  await tx.run(
    'INSERT INTO refund (rail_key, txn, merchant_key, minor, currency, reason, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    railKey,
    payment.txn,
    order.key ?? null,
    amount.minor,
    amount.currency,
    order.reason ?? null,
    context.clock.now(),
  );
  await step(tx, context, payment, 'refund');
  await context.attempts.begin(tx, rail, {
    key: railKey,
    txn: payment.txn,
    kind: 'refund',
    amount,
    payer: rail.payerOf(payment.personId),
    merchant: merchantAccount(payment.merchantId),
    note: '',
  });
  return requireRefund(tx, railKey);
}

/** The refunds of a payment, in the order in which they were asked for. */
export function refundsOf(tx: ReadTx, txn: Ref): Promise<Refund[]> {
  return tx.all(`${SELECT_REFUND} WHERE r.txn = ? ORDER BY r.rowid`, readRefund, txn);
}

/** Stores what the rail answered about a refund. The caller has locked the payment: of two refunds that end at once the later one sees both ends. */
export async function concludeRefund(
  tx: Tx,
  context: PaymentContext,
  { order, state, reason }: Attempt,
): Promise<void> {
  const { txn, key, amount } = order;
  if (state === 'declined') {
    await tx.run('UPDATE payment SET refunded = refunded - ? WHERE txn = ?', amount.minor, txn);
  }
  if (state === 'given-up') {
    await context.journal.record(tx, { kind: 'alarm', alarm: 'refund-needs-review', ref: key });
  }
  const why = reason === undefined ? {} : { reason };
  await context.journal.record(tx, { kind: 'refund', txn, key, state: STATE_OF_ATTEMPT[state], amount, ...why });
  const refunds = await refundsOf(tx, txn);
  if (refunds.some((refund) => refund.state === 'in-progress' || refund.state === 'review')) return;
  const payment = await requirePayment(tx, txn);
  await step(tx, context, payment, payment.refunded === payment.amount.minor ? 'confirm-refund' : 'end-refund', why);
}

function sameOrder(known: Refund, { key, amount }: RefundOrder): Refund {
  const { minor, currency } = known.amount;
  if (amount === undefined || (amount.minor === minor && amount.currency === currency)) return known;
  const earlier = `a refund of ${formatAmount(known.amount)}`;
  throw new ServiceError(
    'conflict',
    key === undefined
      ? `${earlier} was asked for without a key: give this one a key`
      : `key ${key} was used for ${earlier}: use a new one`,
  );
}

function amountOf(payment: Payment, order: RefundOrder): Amount {
  const { amount, txn } = payment;
  const wanted = order.amount ?? leftOf(payment);
  if (wanted.currency !== amount.currency) {
    throw new ServiceError('invalid-request', `payment ${txn} was ${formatAmount(amount)}, not ${wanted.currency}`);
  }
  if (order.key === undefined && wanted.minor !== amount.minor && order.amount !== undefined) {
    throw new ServiceError('invalid-request', 'key: a refund of a part needs a key, so that it is not made twice');
  }
  if (wanted.minor < 1) throw tooMuch(payment);
  return wanted;
}

function leftOf({ amount, refunded }: Payment): Amount {
  return { minor: amount.minor - refunded, currency: amount.currency };
}

function tooMuch(payment: Payment): ServiceError {
  return new ServiceError(
    'conflict',
    `${formatAmount(leftOf(payment))} of payment ${payment.txn} is left to be refunded`,
  );
}

function railOf(context: PaymentContext, payment: Payment, amount: Amount): Rail {
  const rail = context.rails.named(payment.rail);
  if (rail === undefined) {
    throw new ServiceError('not-possible-now', `the service runs without the rail ${payment.rail} of this payment`);
  }
  const { refund } = rail.capabilities;
  if (refund === 'none' || (refund === 'full' && amount.minor !== payment.amount.minor)) {
    throw new ServiceError(
      'not-possible-now',
      `the rail ${rail.name} gives back ${refund === 'none' ? 'nothing' : 'all or nothing'}`,
    );
  }
  return rail;
}

/** Refunds together, also those that are asked for at the same time, cannot give back more than was paid. */
async function reserve(tx: Tx, payment: Payment, { minor }: Amount): Promise<void> {
  const reserved = await tx.run(
    'UPDATE payment SET refunded = refunded + ?1 WHERE txn = ?2 AND refunded + ?1 <= minor',
    minor,
    payment.txn,
  );
  if (reserved === 0) throw tooMuch(payment);
}

async function requireRefund(tx: ReadTx, railKey: RailKey): Promise<Refund> {
  const refund = await tx.get(`${SELECT_REFUND} WHERE r.rail_key = ?`, readRefund, railKey);
  if (refund === undefined) throw new Error(`refund ${railKey} was not stored`);
  return refund;
}

const SELECT_REFUND = 'SELECT r.*, a.state FROM refund r JOIN attempt a USING (rail_key)';

function readRefund(row: Row): Refund {
  const txn = ref(row.text('txn'));
  return {
    txn,
    key: row.optionalText('merchant_key'),
    railKey: `${txn}:refund-${Number(row.text('rail_key').split('-')[1])}`,
    amount: readAmount(row),
    reason: row.optionalText('reason'),
    state: STATE_OF_ATTEMPT[row.oneOf('state', ATTEMPT_STATES)],
  };
}
