import type { Context } from '../context.ts';
import { merchantAccount, type RailOrder } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';
import type { Payment } from './payment.ts';
import { step } from './step.ts';

/**
 * Charges a payment that its customer has just approved: with the ledger rail it is paid or declined when this resolves.
 * The customer has agreed to this rail: when the service runs without it by now, no other one takes its place.
 */
export async function chargeApproved(tx: Tx, context: Context, payment: Payment): Promise<void> {
  const { rails, attempts, journal } = context;
  const rail = rails.named(payment.rail);
  if (rail === undefined) {
    await journal.record(tx, { kind: 'alarm', alarm: 'rail-missing', ref: payment.txn });
    await step(tx, context, payment, 'decline', { reason: 'rail-missing' });
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
  if (!rail.local) await step(tx, context, payment, 'send');
  await attempts.begin(tx, rail, order);
}
