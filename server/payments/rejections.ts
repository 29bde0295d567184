import { type Impatience, impatienceOf, type Standing } from '../approvals/asked-in-vain.ts';
import { take } from '../limits/allowance.ts';
import type { Merchant } from '../merchants/merchants.ts';
import type { Device } from '../people/devices.ts';
import type { ReadTx } from '../store/store.ts';
import { ServiceError, type ServiceErrorCode } from '../vocabulary/errors.ts';
import { limitOfCustomer, limitOfPayment } from './amount-limits.ts';
import type { PaymentContext } from './context.ts';
import { merchantsThatWait } from './payment.ts';

/** Why a request is refused before anybody looks who the customer is: a merchant learns nothing of the customer by it. */
type RejectionOfMerchant = 'amount-limit' | 'amount-too-small' | 'merchant-suspended' | 'too-many-requests';

/** Why a payment is refused before the customer is asked. */
export type Rejection =
  | RejectionOfMerchant
  | 'customer-unreachable'
  | 'customer-busy'
  | 'new-phone-limit'
  | 'day-limit'
  | Impatience;

/** What a merchant is told about each. */
export const REJECTIONS: Readonly<Record<Rejection, readonly [code: ServiceErrorCode, detail: string]>> = {
  'customer-unreachable': [
    'customer-unreachable',
    'The customer cannot be asked: it is no customer of this service, or has no active phone',
  ],
  'customer-busy': ['limit-exceeded', 'The customer has too many requests waiting: try again later'],
  'amount-limit': ['limit-exceeded', 'The amount is above the limit of one payment'],
  'amount-too-small': ['limit-exceeded', 'The amount is below the least of one payment'],
  'merchant-suspended': ['limit-exceeded', 'Customers said that your requests were not theirs: ask the operator'],
  'customer-said-not-me': [
    'limit-exceeded',
    'The customer said "not me": the pause is over later, or when the operator says so',
  ],
  'too-many-requests': ['limit-exceeded', 'Too many requests that were not paid, or not yet: try again later'],
  'new-phone-limit': ['limit-exceeded', 'The amount is above the limit of the first day of a new phone'],
  'day-limit': [
    'limit-exceeded',
    'The amount is above what is left to the customer of the sum of a day: try again later',
  ],
};

/** A request of which nothing is written down. */
export class RequestRefused extends ServiceError {
  readonly reason: Rejection;

  constructor(reason: Rejection) {
    super(...REJECTIONS[reason]);
    this.reason = reason;
  }
}

/** Why a merchant of this standing may ask nobody for this amount now, or `undefined` when it may. */
export function rejectionOfMerchant(
  { clock, limits, rails }: PaymentContext,
  { open, suspended, fullAt }: Standing,
  minor: number,
): RejectionOfMerchant | undefined {
  const limit = limitOfPayment(rails.standard, minor);
  if (limit !== undefined) return limit;
  if (suspended) return 'merchant-suspended';
  // All that wait may end without a payment.
  return take(limits.inVain, fullAt, clock.now(), open) === undefined ? 'too-many-requests' : undefined;
}

/** Why this merchant may not ask this active phone for this amount, or `undefined` when it may. */
export async function rejectionAtCustomer(
  tx: ReadTx,
  context: PaymentContext,
  merchant: Merchant,
  device: Device,
  minor: number,
): Promise<Rejection | undefined> {
  const limit = await limitOfCustomer(tx, context, device, minor);
  if (limit !== undefined) return limit;
  const { waitingAtCustomer, waitingOfMerchant } = context.limits;
  // In this order, in one message: a request that ends at this moment is counted here or there.
  const [waiting, impatience] = await Promise.all([
    merchantsThatWait(tx, device.personId),
    impatienceOf(tx, context, { kind: 'merchant', id: merchant.id }, device.personId),
  ]);
  if (impatience !== undefined) return impatience;
  const own = waiting.filter((id) => id === merchant.id).length;
  return waiting.length >= waitingAtCustomer || own >= waitingOfMerchant ? 'customer-busy' : undefined;
}
