import {
  type Amount,
  checkText,
  formatAmount,
  REQUEST_TEXT_OCTETS,
  SafeMobileError,
} from '../../device/safe-mobile/index.ts';
import { randomBelow } from '../../modem/index.ts';
import { type Asker, noteUnreachable, standingOf } from '../approvals/asked-in-vain.ts';
import { newRef } from '../approvals/challenge.ts';
import type { Merchant } from '../merchants/merchants.ts';
import { type Recipient, recipientOf } from '../outgoing/compose.ts';
import { unixTime } from '../outgoing/context.ts';
import { type Device, lockEnrolledDevice, mayBeAsked } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { refOctets } from '../vocabulary/ids.ts';
import type { PaymentContext } from './context.ts';
import { type Payment, type PaymentInit, paymentByMref } from './payment.ts';
import { type Rejection, RequestRefused, rejectionAtCustomer, rejectionOfMerchant } from './rejections.ts';
import { begin } from './step.ts';

/** What a merchant asks for. */
export interface PaymentRequest {
  readonly merchant: Merchant;
  /** The merchant's key of this payment: the same key with the same content is the same payment. */
  readonly mref: string;
  /** E.164 or an alias; perhaps of nobody. */
  readonly customer: string;
  readonly amount: Amount;
  readonly reference: string;
  /** Seconds the customer has, rounded up to tens. */
  readonly ttl: number;
  /** Shown on both screens; drawn by the service unless the merchant's phone has one already. */
  readonly matchCode?: number;
  readonly init?: PaymentInit;
}

/** The payment that a request led to, and whether it was there before. */
export interface RequestedPayment {
  readonly payment: Payment;
  readonly repeated: boolean;
}

/**
 * Accepts a merchant's request and asks the customer, in one transaction; or rejects it, which is written down when there is a customer.
 * What is wrong with the request or the merchant is looked at first, so that a merchant does not learn by it who is a customer.
 * @returns `unreachable` when nobody has the number, or no active phone: let the transaction commit, which counts that
 * @throws ServiceError `conflict` for a known mref with another content, `invalid-request` for one that cannot be asked; RequestRefused
 * when the merchant may ask nobody
 */
export async function requestPayment(
  tx: Tx,
  context: PaymentContext,
  request: PaymentRequest,
): Promise<RequestedPayment | 'unreachable'> {
  const { merchant, amount } = request;
  const asker: Asker = { kind: 'merchant', id: merchant.id };
  const [known, standing] = await Promise.all([knownPayment(tx, request), standingOf(tx, asker)]);
  if (known !== undefined) return known;
  checkRequest(request);
  const refused = rejectionOfMerchant(context, standing, amount.minor);
  if (refused !== undefined) throw new RequestRefused(refused);
  const device = await lockEnrolledDevice(tx, request.customer);
  const recipient = device === undefined || !mayBeAsked(device) ? undefined : recipientOf(device);
  if (device === undefined || recipient === undefined) {
    if (await noteUnreachable(tx, context, asker, standing.open)) return 'unreachable';
    throw new RequestRefused('too-many-requests');
  }
  const rejection = await rejectionAtCustomer(tx, context, merchant, device, amount.minor);
  const created = create(context, request, device, rejection);
  const payment = await proceed(tx, context, request, created, recipient, rejection);
  if (payment !== undefined) return { payment, repeated: false };
  const meanwhile = await knownPayment(tx, request);
  if (meanwhile === undefined) throw new Error(`mref ${request.mref} is taken, and has no payment`);
  return meanwhile;
}

/** What became of a request, after its transaction. @throws RequestRefused `customer-unreachable` */
export function reached(asked: RequestedPayment | 'unreachable'): RequestedPayment {
  if (asked === 'unreachable') throw new RequestRefused('customer-unreachable');
  return asked;
}

/** The payment that the merchant asked for under this mref before. @throws ServiceError `conflict` when it is another one */
async function knownPayment(tx: ReadTx, request: PaymentRequest): Promise<RequestedPayment | undefined> {
  const known = await paymentByMref(tx, request.merchant.id, request.mref);
  if (known === undefined) return undefined;
  if (known.fingerprint === fingerprintOf(request)) return { payment: known, repeated: true };
  throw new ServiceError('conflict', `mref ${request.mref} was used for another payment: use a new one`);
}

/** Octets of UTF-8 that a reference may have beside this payee. */
export function referenceRoom(payee: string): number {
  return REQUEST_TEXT_OCTETS - Buffer.byteLength(payee);
}

function checkRequest({ merchant, amount, reference }: PaymentRequest): void {
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
  if (Buffer.byteLength(reference) > room) {
    throw new ServiceError('invalid-request', `reference: at most ${room} octets of UTF-8 fit beside ${merchant.name}`);
  }
}

/** Writes the payment down before the customer is asked: of two requests at once with the same mref only one asks. */
async function proceed(
  tx: Tx,
  context: PaymentContext,
  request: PaymentRequest,
  payment: Payment,
  recipient: Recipient,
  rejection: Rejection | undefined,
): Promise<Payment | undefined> {
  if (rejection !== undefined) return begin(tx, context, payment, 'reject', { reason: rejection });
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

function create(
  context: PaymentContext,
  request: PaymentRequest,
  device: Device,
  rejection: Rejection | undefined,
): Payment {
  const now = context.clock.now();
  return {
    txn: newRef(context),
    merchantId: request.merchant.id,
    mref: request.mref,
    fingerprint: fingerprintOf(request),
    init: request.init,
    personId: device.personId,
    deviceId: rejection === undefined ? device.id : undefined,
    amount: request.amount,
    refunded: 0,
    rail: context.rails.standard.name,
    reference: request.reference,
    ttl: Math.ceil(request.ttl / 10) * 10,
    matchCode: request.matchCode ?? randomBelow(context.random, 10_000),
    state: 'CREATED',
    reason: undefined,
    approvalCode: 0,
    lastDigits: undefined,
    createdAt: now,
    changedAt: now,
  };
}

/** The alias by which the merchant named the customer; `undefined` where it named the number. A merchant that has heard an alias alone learns no number. */
export function namedAlias({ fingerprint }: Payment): string | undefined {
  return /^\["([A-Za-z]{1,7})",/.exec(fingerprint)?.[1];
}

function fingerprintOf({ customer, amount, reference, ttl }: PaymentRequest): string {
  return JSON.stringify([customer, amount.minor, amount.currency, reference, ttl]);
}
