import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import { lockOpenChallenges } from '../approvals/challenge.ts';
import { cancelAuthenticationForPhone } from '../authentications/cancel.ts';
import { withdrawEnrolment } from '../enrolment/activation.ts';
import { recipientOf } from '../outgoing/compose.ts';
import { order, type PhoneOrder } from '../outgoing/phone-order.ts';
import { cancelForPhone } from '../payments/cancel.ts';
import type { PaymentContext } from '../payments/context.ts';
import { type Device, lockDevicesOf, setDeviceState } from '../people/devices.ts';
import { lockPerson } from '../people/people.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';

/**
 * Locks, unlocks or wipes the phone of a person. What the service does counts from this moment on; the SMS tells the phone.
 * `lock`: nothing can be paid with it, and what it was asked is cancelled. `unlock`: it is as it was before the lock. `wipe`: it is revoked,
 * and only a new activation helps. An activation that is not finished ends with `lock` and `wipe`: whoever has the phone's number may have its code.
 * @param wanted which phone, where the person has had several. @returns `undefined` when the person had no phone that could obey, and an activation has ended
 * @throws ServiceError `not-found`; `conflict` when there is neither, or when it is not clear which phone is to be wiped
 */
export async function orderPhone(
  tx: Tx,
  context: PaymentContext,
  person: number,
  command: AdminCommand,
  wanted?: number,
): Promise<PhoneOrder | undefined> {
  const { id } = await lockPerson(tx, person);
  const devices = await lockDevicesOf(tx, id);
  const device = chosen(devices, command, person, wanted);
  const recipient = device && recipientOf(device);
  const hasEnded = command !== 'unlock' && (await endActivations(tx, context, devices));
  if (device === undefined || recipient === undefined) {
    if (hasEnded) return undefined;
    throw new ServiceError('conflict', `person ${person} has no ${command === 'unlock' ? 'locked' : 'active'} phone`);
  }
  await OBEYED[command](tx, context, device);
  return order(tx, context, recipient, command);
}

/** The phone that is active, blocked or locked. One that was wiped may be told so once more. @throws ServiceError `conflict` */
function chosen(
  devices: readonly Device[],
  command: AdminCommand,
  person: number,
  wanted: number | undefined,
): Device | undefined {
  const active = devices.find(({ state }) => state === 'active' || state === 'blocked');
  const wiped = command === 'wipe' ? devices.filter(({ orderRef }) => orderRef !== undefined) : [];
  if (wanted !== undefined) return named(devices, [active, ...wiped], wanted);
  if (command === 'unlock')
    return active?.lockedAt === undefined && active?.orderRef === undefined ? undefined : active;
  if (command === 'lock') return active;
  const before = devices.filter(({ state, activatedAt }) => state === 'revoked' && activatedAt !== undefined);
  if (active !== undefined && before.length > 0) {
    // A wipe cannot be taken back, and the phone that was stolen may be the one that this one has replaced.
    throw new ServiceError(
      'conflict',
      `person ${person} has had ${before.length + 1} phones; ${active.id} is in use, ${before.map(({ id }) => id).join(', ')} revoked: say which one (device)`,
    );
  }
  return active ?? wiped.at(-1);
}

/** @throws ServiceError `conflict` when it is none of those that could obey */
function named(devices: readonly Device[], able: readonly (Device | undefined)[], wanted: number): Device {
  const found = able.find((one) => one?.id === wanted);
  if (found !== undefined) return found;
  const one = devices.find(({ id }) => id === wanted);
  const why = one === undefined ? 'is not of this person' : `is ${one.state}: nothing can be paid with it`;
  throw new ServiceError('conflict', `phone ${wanted} ${why}`);
}

/** @returns whether there was one */
async function endActivations(tx: Tx, context: PaymentContext, devices: readonly Device[]): Promise<boolean> {
  const open = devices.filter(({ state }) => state === 'registered' || state === 'enrolling');
  for (const device of open) {
    await withdrawEnrolment(tx, context, device);
    await setDeviceState(tx, context.journal, device, 'revoked');
  }
  return open.length > 0;
}

type Step = (tx: Tx, context: PaymentContext, device: Device) => Promise<void>;

/** What each order means for the service. */
const OBEYED: Readonly<Record<AdminCommand, Step>> = {
  async lock(tx, context, device) {
    if (device.lockedAt !== undefined) return;
    await tx.run('UPDATE device SET locked_at = ? WHERE id = ?', context.clock.now(), device.id);
    await cancelAll(tx, context, device);
  },
  async unlock(tx, _context, device) {
    await tx.run('UPDATE device SET locked_at = NULL WHERE id = ?', device.id);
  },
  async wipe(tx, context, device) {
    if (device.state === 'revoked') return;
    await setDeviceState(tx, context.journal, device, 'revoked');
    await cancelAll(tx, context, device);
  },
};

async function cancelAll(tx: Tx, context: PaymentContext, device: Device): Promise<void> {
  for (const { ref } of await lockOpenChallenges(tx, device.id, 'payment')) await cancelForPhone(tx, context, ref);
  for (const purpose of ['authentication', 'party-payment'] as const)
    for (const { ref } of await lockOpenChallenges(tx, device.id, purpose))
      await cancelAuthenticationForPhone(tx, context, ref);
  // What waits for it expires.
  for (const consent of await lockOpenChallenges(tx, device.id, 'consent'))
    await context.approvals.withdraw(tx, consent);
}
