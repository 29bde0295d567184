import { type Device, devicesOf } from '../people/devices.ts';
import type { Rail } from '../rails/rail.ts';
import type { ReadTx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import type { PaymentContext } from './context.ts';
import { spentSince } from './payment.ts';

/** The most that one payment may move, minor units of its currency. */
const PAYMENT_LIMIT_MINOR = 500_000;

/** The most on the first day of a phone that replaced another one, in case a thief has enrolled it, minor units. */
const NEW_PHONE_LIMIT_MINOR = 10_000;
const NEW_PHONE_MS = DAY_MS;

/** Why no customer may pay this amount by the rail, or `undefined` when they may. @param minor minor units */
export function limitOfPayment(
  { capabilities, limits: { leastMinor = 1, mostMinor = PAYMENT_LIMIT_MINOR } = {} }: Rail,
  minor: number,
): 'amount-limit' | 'amount-too-small' | undefined {
  if (minor > Math.min(PAYMENT_LIMIT_MINOR, mostMinor, capabilities.maxMinor)) return 'amount-limit';
  return minor < leastMinor ? 'amount-too-small' : undefined;
}

/** Why the owner of this active phone may not pay this amount today, or `undefined` when they may. @param minor minor units */
export async function limitOfCustomer(
  tx: ReadTx,
  context: PaymentContext,
  device: Device,
  minor: number,
): Promise<'new-phone-limit' | 'day-limit' | undefined> {
  if (minor > NEW_PHONE_LIMIT_MINOR && (await isNewInPlaceOfAnother(tx, context, device))) return 'new-phone-limit';
  return (await isAboveDay(tx, context, device, minor)) ? 'day-limit' : undefined;
}

async function isAboveDay(
  tx: ReadTx,
  { clock, rails }: PaymentContext,
  { personId }: Device,
  minor: number,
): Promise<boolean> {
  const { name, limits } = rails.standard;
  if (limits?.dayMinor === undefined) return false;
  return minor + (await spentSince(tx, personId, name, clock.now() - DAY_MS)) > limits.dayMinor;
}

async function isNewInPlaceOfAnother(tx: ReadTx, { clock }: PaymentContext, device: Device): Promise<boolean> {
  const age = clock.now() - (device.activatedAt ?? 0);
  const earlier = (await devicesOf(tx, device.personId)).some(
    (other) => other.id !== device.id && other.activatedAt !== undefined,
  );
  return earlier && age < NEW_PHONE_MS;
}
