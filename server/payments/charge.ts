import type { Context } from '../context.ts';
import { merchantAccount, type RailOrder } from '../rails/rail.ts';
import type { Tx } from '../store/store.ts';
import type { Payment } from './payment.ts';
import { step } from './step.ts';

/** Charges a payment that its customer has just approved: with the ledger rail it is paid or declined when this resolves. */
export async function chargeApproved(tx: Tx, context: Context, payment: Payment): Promise<void> {
  const { rails, attempts } = context;
  const rail = rails.named(payment.rail) ?? rails.standard;
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
