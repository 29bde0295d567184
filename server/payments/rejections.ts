import { type Impatience, impatienceOf, type Standing } from '../approvals/asked-in-vain.ts';
import { take } from '../limits/allowance.ts';
import type { Merchant } from '../merchants/merchants.ts';
import { type Device, devicesOf } from '../people/devices.ts';
import type { ReadTx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { ServiceError, type ServiceErrorCode } from '../vocabulary/errors.ts';
import type { PersonId } from '../vocabulary/ids.ts';
import type { PaymentContext } from './context.ts';
import { merchantsThatWait, spentSince } from './payment.ts';

/** The most that one payment may move, minor units of its currency. */
const PAYMENT_LIMIT_MINOR = 500_000;

/** The limit on the first day of a phone that replaced another one, in case a thief has enrolled it. */
const NEW_PHONE_LIMIT_MINOR = 10_000;
const NEW_PHONE_MS = 24 * 60 * 60 * 1000;

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
  const { capabilities, limits: { leastMinor = 1, mostMinor = PAYMENT_LIMIT_MINOR } = {} } = rails.standard;
  if (minor > Math.min(PAYMENT_LIMIT_MINOR, mostMinor, capabilities.maxMinor)) return 'amount-limit';
  if (minor < leastMinor) return 'amount-too-small';
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
  if (minor > NEW_PHONE_LIMIT_MINOR && (await isNewInPlaceOfAnother(tx, context, device))) return 'new-phone-limit';
  if (await isAboveDay(tx, context, device.personId, minor)) return 'day-limit';
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

async function isAboveDay(
  tx: ReadTx,
  { clock, rails }: PaymentContext,
  person: PersonId,
  minor: number,
): Promise<boolean> {
  const { name, limits } = rails.standard;
  if (limits?.dayMinor === undefined) return false;
  return minor + (await spentSince(tx, person, name, clock.now() - DAY_MS)) > limits.dayMinor;
}

async function isNewInPlaceOfAnother(tx: ReadTx, context: PaymentContext, device: Device): Promise<boolean> {
  const age = context.clock.now() - (device.activatedAt ?? 0);
  const earlier = (await devicesOf(tx, device.personId)).some(
    (other) => other.id !== device.id && other.activatedAt !== undefined,
  );
  return earlier && age < NEW_PHONE_MS;
}
