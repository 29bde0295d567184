import { merchantAccount, type RailOrder } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';
import type { PaymentContext } from './context.ts';
import type { Payment } from './payment.ts';
import { type Happening, type StepDetail, steps } from './step.ts';

/**
 * The customer approves, so the payment is charged: with the ledger rail it is paid or declined when this resolves.
 * The customer has agreed to this rail: when the service runs without it by now, no other one takes its place.
 */
export async function chargeApproved(
  tx: Tx,
  context: PaymentContext,
  payment: Payment,
  asked: StepDetail['asked'] & {},
): Promise<void> {
  const { rails, attempts, journal } = context;
  const rail = rails.named(payment.rail);
  if (rail === undefined) {
    await journal.record(tx, { kind: 'alarm', alarm: 'rail-missing', ref: payment.txn });
    await steps(tx, context, payment, ['approve', {}], ['decline', { asked, reason: 'rail-missing' }]);
    return;
  }
  const order: RailOrder = {
    key: `${payment.txn}:charge`,
    txn: payment.txn,
    kind: 'charge',
    amount: payment.amount,
    payer: rail.payerOf(payment.personId),
    merchant: merchantAccount(payment.merchantId),
    note: '',
  };
  if (!rail.local) {
    if (await steps(tx, context, payment, ['approve', {}], ['send', {}])) await attempts.begin(tx, rail, order);
    return;
  }
  const { state, approvalCode, reason } = await attempts.decide(tx, rail, order);
  const outcome: Happening = state === 'done' ? ['capture', { asked, approvalCode }] : ['decline', { asked, reason }];
  if ((await steps(tx, context, payment, ['approve', {}], outcome)) === undefined) {
    throw new Error(`payment ${payment.txn} cannot be charged as it is ${payment.state}`);
  }
}
