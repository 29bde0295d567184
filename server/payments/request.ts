import {
  type Amount,
  checkText,
  formatAmount,
  REQUEST_TEXT_OCTETS,
  SafeMobileError,
} from '../../device/safe-mobile/index.ts';
import { randomBelow } from '../../modem/index.ts';
import { newRef } from '../approvals/challenge.ts';
import type { Merchant } from '../merchants/merchants.ts';
import { recipientOf } from '../outgoing/compose.ts';
import { unixTime } from '../outgoing/context.ts';
import { type Device, lockEnrolledDevice } from '../people/devices.ts';
import { type Person, personByNumber } from '../people/people.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { refOctets } from '../vocabulary/ids.ts';
import type { PaymentContext } from './context.ts';
import { type Rejection, rejectionOf } from './limits.ts';
import { type Payment, type PaymentInit, paymentByMref } from './payment.ts';
import { begin } from './step.ts';

/** What a merchant asks for, its customer already found. */
export interface PaymentRequest {
  readonly merchant: Merchant;
  /** The merchant's key of this payment: the same key with the same content is the same payment. */
  readonly mref: string;
  readonly customer: Person;
  readonly amount: Amount;
  readonly reference: string;
  /** Seconds the customer has, rounded up to tens. */
  readonly ttl: number;
  /** Shown on both screens; drawn by the service unless the merchant's phone has one already. */
  readonly matchCode?: number;
  readonly init?: PaymentInit;
}

/** A request of which only the number of its customer is known. */
type ToAnybody = Omit<PaymentRequest, 'customer'> & { readonly customer: Pick<Person, 'number'> };

/** The payment that a request led to, and whether it was there before. */
export interface RequestedPayment {
  readonly payment: Payment;
  readonly repeated: boolean;
}

/**
 * Accepts a merchant's request and asks the customer, in one transaction; or rejects it, which is written down as well.
 * @throws ServiceError `conflict` for a known mref with another content, `invalid-request` for one that cannot be asked
 */
export async function requestPayment(
  tx: Tx,
  context: PaymentContext,
  request: PaymentRequest,
): Promise<RequestedPayment> {
  const known = await knownPayment(tx, request);
  if (known !== undefined) return known;
  checkRequest(request);
  const device = await lockEnrolledDevice(tx, request.customer.id);
  const rejection = await rejectionOf(tx, context, request.merchant, device, request.amount.minor);
  const created = create(context, request, rejection === undefined ? device : undefined);
  const payment = await proceed(tx, context, request, created, device, rejection);
  if (payment !== undefined) return { payment, repeated: false };
  const meanwhile = await knownPayment(tx, request);
  if (meanwhile === undefined) throw new Error(`mref ${request.mref} is taken, and has no payment`);
  return meanwhile;
}

/** What a merchant hears of a number that nobody has, of a customer without an active phone, and of one whose phone is blocked. */
export const UNREACHABLE = 'The customer cannot be asked: it is no customer of this service, or has no active phone';

/**
 * Accepts a merchant's request to whoever has a number, as {@link requestPayment}.
 * @throws ServiceError `customer-unreachable`, after the same looks at the request whether somebody has the number or not: let
 * the transaction end by it, so that nothing is written down
 */
export async function requestByNumber(tx: Tx, context: PaymentContext, request: ToAnybody): Promise<RequestedPayment> {
  const customer = await personByNumber(tx, request.customer.number);
  if (customer === undefined) {
    await knownPayment(tx, request);
    checkRequest(request);
    throw new ServiceError('customer-unreachable', UNREACHABLE);
  }
  const asked = await requestPayment(tx, context, { ...request, customer });
  if (asked.payment.reason !== 'customer-unreachable') return asked;
  throw new ServiceError('customer-unreachable', UNREACHABLE);
}

/** The payment that the merchant asked for under this mref before. @throws ServiceError `conflict` when it is another one */
async function knownPayment(tx: ReadTx, request: ToAnybody): Promise<RequestedPayment | undefined> {
  const known = await paymentByMref(tx, request.merchant.id, request.mref);
  if (known === undefined) return undefined;
  if (known.fingerprint === fingerprintOf(request)) return { payment: known, repeated: true };
  throw new ServiceError('conflict', `mref ${request.mref} was used for another payment: use a new one`);
}

/** Octets of UTF-8 that a reference may have beside this payee. */
export function referenceRoom(payee: string): number {
  return REQUEST_TEXT_OCTETS - new TextEncoder().encode(payee).length;
}

function checkRequest({ merchant, amount, reference }: ToAnybody): void {
  if (amount.currency !== merchant.currency) {
    throw new ServiceError('invalid-request', `${merchant.name} takes ${merchant.currency}, not ${amount.currency}`);
  }
  if (amount.minor < 1) throw new ServiceError('invalid-request', `${formatAmount(amount)} is nothing to pay`);
  const room = referenceRoom(merchant.name);
  try {
    checkText(reference);
  } catch (error) {
    if (error instanceof SafeMobileError) throw new ServiceError('invalid-request', `reference: ${error.message}`);
    throw error;
  }
  if (new TextEncoder().encode(reference).length > room) {
    throw new ServiceError('invalid-request', `reference: at most ${room} octets of UTF-8 fit beside ${merchant.name}`);
  }
}

/** Writes the payment down before the customer is asked: of two requests at once with the same mref only one asks. */
async function proceed(
  tx: Tx,
  context: PaymentContext,
  request: PaymentRequest,
  payment: Payment,
  device: Device | undefined,
  rejection: Rejection | undefined,
): Promise<Payment | undefined> {
  const recipient = device === undefined ? undefined : recipientOf(device);
  if (rejection !== undefined || recipient === undefined) {
    return begin(tx, context, payment, 'reject', { reason: rejection ?? 'customer-unreachable' });
  }
  const begun = await begin(tx, context, payment, 'request');
  if (begun === undefined) return undefined;
  await context.approvals.ask(tx, recipient, 'payment', {
    type: 'PAY_REQUEST',
    time: unixTime(context),
    txn: refOctets(payment.txn),
    ttl: payment.ttl,
    flags: 0,
    amount: payment.amount,
    merchantId: payment.merchantId,
    matchCode: payment.matchCode,
    payee: request.merchant.name,
    reference: payment.reference,
  });
  return begun;
}

function create(context: PaymentContext, request: PaymentRequest, device: Device | undefined): Payment {
  const now = context.clock.now();
  return {
    txn: newRef(context),
    merchantId: request.merchant.id,
    mref: request.mref,
    fingerprint: fingerprintOf(request),
    init: request.init,
    personId: request.customer.id,
    deviceId: device?.id,
    amount: request.amount,
    refunded: 0,
    rail: context.rails.standard.name,
    reference: request.reference,
    ttl: Math.ceil(request.ttl / 10) * 10,
    matchCode: request.matchCode ?? randomBelow(context.random, 10_000),
    state: 'CREATED',
    reason: undefined,
    approvalCode: 0,
    createdAt: now,
    changedAt: now,
  };
}

function fingerprintOf({ customer, amount, reference, ttl }: ToAnybody): string {
  return JSON.stringify([customer.number, amount.minor, amount.currency, reference, ttl]);
}
