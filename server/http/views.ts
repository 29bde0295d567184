import { hexOf } from '../../device/safe-mobile/index.ts';
import type { MerchantReceipt } from '../payments/merchant-receipt.ts';
import type { Payment } from '../payments/payment.ts';
import { isSettled } from '../payments/transitions.ts';
import type { Person } from '../people/people.ts';
import type { Service } from '../service.ts';
import type { PersonView } from './admin-schemas.ts';
import type { PaymentView, ReceiptView } from './payment-schemas.ts';

/** A payment as the API shows it. */
export function viewPayment(service: Service, payment: Payment): PaymentView {
  return {
    txn: payment.txn,
    mref: payment.mref,
    state: payment.state,
    settled: isSettled(payment.state),
    ...(payment.reason === undefined ? {} : { reason: payment.reason }),
    payee: service.merchant(payment.merchantId).name,
    customer: service.person(payment.personId).number,
    amount: payment.amount,
    reference: payment.reference,
    ttl: payment.ttl,
    matchCode: String(payment.matchCode).padStart(4, '0'),
    ...(payment.approvalCode === 0 ? {} : { approvalCode: String(payment.approvalCode) }),
    createdAt: viewTime(payment.createdAt),
    expiresAt: viewTime(payment.createdAt + payment.ttl * 1000),
    changedAt: viewTime(payment.changedAt),
  };
}

/** A person as the API shows them. */
export function viewPerson(service: Service, person: Person): PersonView {
  return {
    id: person.id,
    number: person.number,
    name: person.name,
    language: person.language,
    devices: service.devices(person.id).map(({ id, state }) => ({ deviceId: id, state })),
    balances: service.holdings(person.id),
  };
}

/** A merchant's receipt as the API shows it. */
export function viewReceipt(txn: string, receipt: MerchantReceipt): ReceiptView {
  return {
    txn,
    status: receipt.status,
    request: hexOf(receipt.request),
    receipt: hexOf(receipt.receipt),
    signedText: hexOf(receipt.signedText),
    signature: hexOf(receipt.signature),
    publicKey: hexOf(receipt.publicKey),
  };
}

/** ms since 1970 as ISO 8601 in UTC. */
export function viewTime(ms: number): string {
  return new Date(ms).toISOString();
}
