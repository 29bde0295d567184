import { formatApprovalCode, hexOf } from '../../device/safe-mobile/index.ts';
import type { Merchant } from '../merchants/merchants.ts';
import type { PhoneOrder } from '../outgoing/phone-order.ts';
import type { MerchantReceipt } from '../payments/merchant-receipt.ts';
import type { Payment, PaymentQuery } from '../payments/payment.ts';
import type { Refund } from '../payments/refund.ts';
import { namedAlias } from '../payments/request.ts';
import type { Device } from '../people/devices.ts';
import type { Person } from '../people/people.ts';
import type { ModemStanding } from '../service/modems.ts';
import type { Service } from '../service/service.ts';
import { isSettled } from '../vocabulary/payment-states.ts';
import type { PeopleQuery, PeopleView, PersonView, PhoneView } from './admin-schemas.ts';
import type { ModemView } from './health-schemas.ts';
import type {
  MerchantView,
  OwnMerchantView,
  PaymentListView,
  PaymentView,
  ReceiptView,
  RefundView,
} from './payment-schemas.ts';

/** A merchant as the API shows it. */
export function viewMerchant({ id, name, currency, suspendedAt }: Merchant): MerchantView {
  return { id, name, currency, suspended: suspendedAt !== undefined };
}

export async function viewOwnMerchant(service: Service, merchant: Merchant): Promise<OwnMerchantView> {
  return { ...viewMerchant(merchant), registers: await service.cashRegisters.of(merchant.id) };
}

/** A payment as the API shows it. */
export async function viewPayment(service: Service, payment: Payment): Promise<PaymentView> {
  return {
    txn: payment.txn,
    mref: payment.mref,
    state: payment.state,
    settled: isSettled(payment.state),
    ...(payment.reason === undefined ? {} : { reason: payment.reason }),
    payee: (await service.merchant(payment.merchantId)).name,
    customer: namedAlias(payment) ?? (await service.person(payment.personId)).number,
    amount: payment.amount,
    reference: payment.reference,
    ttl: payment.ttl,
    matchCode: String(payment.matchCode).padStart(4, '0'),
    ...(payment.approvalCode === 0 ? {} : { approvalCode: formatApprovalCode(payment.approvalCode) }),
    rail: payment.rail,
    ...(payment.lastDigits === undefined ? {} : { lastDigits: payment.lastDigits }),
    refunds: (await service.refunds(payment)).map(viewRefund),
    createdAt: viewTime(payment.createdAt),
    expiresAt: viewTime(payment.createdAt + payment.ttl * 1000),
    changedAt: viewTime(payment.changedAt),
  };
}

function viewRefund({ key, amount, state, reason }: Refund): RefundView {
  return {
    ...(key === undefined ? {} : { key }),
    amount,
    state,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** A part of a list of payments, and where the next part begins. @throws ServiceError `not-found` for an unknown `after` */
export async function viewPayments(service: Service, query: PaymentQuery): Promise<PaymentListView> {
  if (query.after !== undefined) await service.payment(query.after);
  const { shown, next } = pageOf(await service.payments({ ...query, limit: query.limit + 1 }), query.limit);
  return {
    payments: await Promise.all(shown.map((payment) => viewPayment(service, payment))),
    ...(next === undefined ? {} : { next: next.txn }),
  };
}

/** A part of the list of people, and where the next part begins; with a number, the one person who has it. */
export async function viewPeople(service: Service, { number, after, limit }: PeopleQuery): Promise<PeopleView> {
  if (number !== undefined) {
    const person = await service.personByNumber(number);
    return { people: person === undefined ? [] : [await viewPerson(service, person)] };
  }
  const { shown, next } = pageOf(await service.people(after, limit + 1), limit);
  return {
    people: await Promise.all(shown.map((person) => viewPerson(service, person))),
    ...(next === undefined ? {} : { next: next.id }),
  };
}

/** The first `limit` entries of `found`, and `next`, the last of them, when `found` has more: there is a further page. */
export function pageOf<Item>(
  found: readonly Item[],
  limit: number,
): { shown: readonly Item[]; next: Item | undefined } {
  const shown = found.slice(0, limit);
  return { shown, next: found.length > limit ? shown.at(-1) : undefined };
}

/** A person as the API shows them. */
export async function viewPerson(service: Service, person: Person): Promise<PersonView> {
  return {
    id: person.id,
    number: person.number,
    name: person.name,
    language: person.language,
    ...optionalAlias(await service.aliases.of(person.id)),
    devices: await Promise.all((await service.devices(person.id)).map((device) => viewPhone(service, device))),
    balances: await service.holdings(person.id),
  };
}

function optionalAlias(alias: string | undefined): Pick<PersonView, 'alias'> {
  return alias === undefined ? {} : { alias };
}

async function viewPhone(service: Service, { id, state, lockedAt }: Device): Promise<PhoneView> {
  const order = await service.phoneOrders.latest(id);
  return {
    ...{ deviceId: id, state },
    ...(lockedAt !== undefined && { lockedAt: viewTime(lockedAt) }),
    ...(order !== undefined && { order: viewOrder(order) }),
  };
}

function viewOrder({ command, at, confirmedAt }: PhoneOrder): NonNullable<PhoneView['order']> {
  return { command, at: viewTime(at), ...(confirmedAt !== undefined && { confirmedAt: viewTime(confirmedAt) }) };
}

/** A merchant's receipt as the API shows it. */
export function viewReceipt(txn: string, receipt: MerchantReceipt): ReceiptView {
  return {
    txn,
    status: receipt.status,
    rail: receipt.rail,
    ...(receipt.lastDigits === undefined ? {} : { lastDigits: receipt.lastDigits }),
    request: hexOf(receipt.request),
    receipt: hexOf(receipt.receipt),
    signedText: hexOf(receipt.signedText),
    signature: hexOf(receipt.signature),
    publicKey: hexOf(receipt.publicKey),
    keyId: receipt.kid,
  };
}

/** A modem's state as the API and the events of the program show it. */
export function viewModem(standing: ModemStanding): ModemView {
  return { ...standing, since: viewTime(standing.since) };
}

/** ms since 1970 as ISO 8601 in UTC. */
export function viewTime(ms: number): string {
  return new Date(ms).toISOString();
}
