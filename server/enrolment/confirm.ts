import type { Refusal } from '../../device/safe-mobile/index.ts';
import type { Asked, Refused } from '../approvals/purpose.ts';
import type { Context } from '../outgoing/context.ts';
import { lockEnrolledDevice, setDeviceState } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';

// What the answer to the AUTH_REQUEST of an enrolment leads to, its last step.

/**
 * The PIN was typed again and proves both keys: the phone becomes active. The person's former phone (lost, or with a forgotten
 * PIN) is revoked: a person has one active phone.
 */
export async function enrolmentApproved(tx: Tx, { journal, clock }: Context, { device }: Asked): Promise<void> {
  const earlier = await lockEnrolledDevice(tx, device.number);
  if (earlier !== undefined) {
    await setDeviceState(tx, journal, earlier, 'revoked');
    // An order to the phone before would go to this one, which has the number now.
    await tx.run('UPDATE device SET order_ref = NULL WHERE id = ?', earlier.id);
  }
  await tx.run('UPDATE device SET activated_at = ? WHERE id = ?', clock.now(), device.id);
  await setDeviceState(tx, journal, device, 'active');
}

/** The phone goes back to its state before ENROL. "Not me" ends the activation: somebody else knows the code. */
export async function enrolmentRefused(
  tx: Tx,
  context: Context,
  { device }: Asked,
  { reason }: Pick<Refused, 'reason'>,
): Promise<void> {
  await setDeviceState(tx, context.journal, device, reason === 'not-me' ? 'revoked' : 'registered');
}

/** The PIN was not typed in time. While the activation lasts, the phone may enrol again. "Not me" counts also when it is late. */
export async function enrolmentExpired(
  tx: Tx,
  context: Context,
  asked: Asked,
  said: Refusal | undefined,
): Promise<void> {
  await enrolmentRefused(tx, context, asked, { reason: said ?? 'expired' });
}
