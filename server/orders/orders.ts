import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import { lockOpenChallenges } from '../approvals/challenge.ts';
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
 * and only a new activation helps.
 * @throws ServiceError `not-found`; `conflict` when the person has no phone that could obey
 */
export async function orderPhone(
  tx: Tx,
  context: PaymentContext,
  person: number,
  command: AdminCommand,
): Promise<PhoneOrder> {
  const { id } = await lockPerson(tx, person);
  const device = chosen(await lockDevicesOf(tx, id), command);
  const recipient = device && recipientOf(device);
  if (device === undefined || recipient === undefined) {
    throw new ServiceError('conflict', `person ${person} has no ${command === 'unlock' ? 'locked' : 'active'} phone`);
  }
  await OBEYED[command](tx, context, device);
  return order(tx, context, recipient, command);
}

/** The phone that is active, blocked or locked. One that was wiped may be told so once more. */
function chosen(devices: readonly Device[], command: AdminCommand): Device | undefined {
  const active = devices.find(({ state }) => state === 'active' || state === 'blocked');
  if (command === 'unlock')
    return active?.lockedAt === undefined && active?.orderRef === undefined ? undefined : active;
  if (command === 'wipe') return active ?? devices.findLast(({ orderRef }) => orderRef !== undefined);
  return active;
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
  await withdrawEnrolment(tx, context, device);
  for (const { ref } of await lockOpenChallenges(tx, device.id, 'payment')) await cancelForPhone(tx, context, ref);
}
