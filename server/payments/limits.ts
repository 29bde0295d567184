import type { Merchant } from '../merchants/merchants.ts';
import { type Device, devicesOf } from '../people/devices.ts';
import type { ReadTx } from '../store/store.ts';
import { type Impatience, impatienceOf } from './asked-in-vain.ts';
import type { PaymentContext } from './context.ts';
import { merchantsThatWait } from './payment.ts';

/** The most that one payment may move, minor units of its currency. */
const PAYMENT_LIMIT_MINOR = 500_000;

/** The limit on the first day of a phone that replaced another one, in case a thief has enrolled it. */
const NEW_PHONE_LIMIT_MINOR = 10_000;
const NEW_PHONE_MS = 24 * 60 * 60 * 1000;

/** Why a payment is refused before the customer is asked. */
export type Rejection = 'customer-unreachable' | 'customer-busy' | 'amount-limit' | 'new-phone-limit' | Impatience;

/** Why this merchant may not ask this phone for this amount, or `undefined` when it may. */
export async function rejectionOf(
  tx: ReadTx,
  context: PaymentContext,
  merchant: Merchant,
  device: Device | undefined,
  minor: number,
): Promise<Rejection | undefined> {
  if (device === undefined || device.state !== 'active' || device.lockedAt !== undefined) return 'customer-unreachable';
  if (minor > Math.min(PAYMENT_LIMIT_MINOR, context.rails.standard.capabilities.maxMinor)) return 'amount-limit';
  if (minor > NEW_PHONE_LIMIT_MINOR && (await isNewInPlaceOfAnother(tx, context, device))) return 'new-phone-limit';
  const impatience = await impatienceOf(tx, context, merchant, device.personId);
  if (impatience !== undefined) return impatience;
  const { waitingAtCustomer, waitingOfMerchant } = context.limits;
  const waiting = await merchantsThatWait(tx, device.personId);
  const own = waiting.filter((id) => id === merchant.id).length;
  return waiting.length >= waitingAtCustomer || own >= waitingOfMerchant ? 'customer-busy' : undefined;
}

async function isNewInPlaceOfAnother(tx: ReadTx, context: PaymentContext, device: Device): Promise<boolean> {
  const age = context.clock.now() - (device.activatedAt ?? 0);
  const earlier = (await devicesOf(tx, device.personId)).some(
    (other) => other.id !== device.id && other.activatedAt !== undefined,
  );
  return earlier && age < NEW_PHONE_MS;
}
