import type { Approve, Refuse } from '../../device/safe-mobile/index.ts';
import {
  askAgain,
  type Challenge,
  challengeByRef,
  closeChallenge,
  hasExpired,
  stopAsking,
} from '../approvals/challenge.ts';
import { judge } from '../approvals/judge.ts';
import type { Arrival } from '../intake/arrival.ts';
import { hasUndealtFrames } from '../intake/undealt.ts';
import { type Recipient, recipientOf } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { issueReceipt, type ReceiptContent, repeatReceipt, sendPassingReceipt } from '../outgoing/receipts.ts';
import { type Device, deviceById, enrolledDevice, setDeviceState } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { Ref } from '../vocabulary/ids.ts';

/** APPROVE, the last step of an enrolment: the PIN was typed again and proves both keys. The phone becomes active. */
export async function confirmEnrolment(
  tx: Tx,
  context: Context,
  device: Device,
  recipient: Recipient,
  challenge: Challenge,
  approval: Approve,
  arrival: Arrival,
): Promise<void> {
  if (!(await isEnrolmentOpen(tx, context, device, challenge)) || arrival.repeated) {
    const known = await repeatReceipt(tx, context, recipient, challenge.ref);
    if (!known && !arrival.repeated)
      await answer(tx, context, recipient, challenge, { status: 'expired', triesLeft: 0 });
    return;
  }
  if (arrival.at > challenge.deadline) {
    await abandon(tx, context, device, recipient, challenge, { status: 'expired' });
    return;
  }
  const verdict = await judge(tx, context, device, challenge, approval);
  if (verdict.kind === 'right') {
    await activate(tx, context, device);
    await closeChallenge(tx, context, challenge);
    await answer(tx, context, recipient, challenge, { status: 'active', triesLeft: verdict.triesLeft });
  } else if (verdict.consequence === 'try-again') {
    await stopAsking(tx, context, challenge);
    await answer(tx, context, recipient, challenge, { status: 'wrong-pin', triesLeft: verdict.triesLeft });
  } else {
    await abandon(tx, context, device, recipient, challenge, { status: 'wrong-pin', triesLeft: 0 });
  }
}

/** REFUSE: the phone goes back to its state before ENROL. "Not me" ends the activation: somebody else knows the code. */
export async function refuseEnrolment(
  tx: Tx,
  context: Context,
  device: Device,
  recipient: Recipient,
  challenge: Challenge,
  refusal: Refuse,
): Promise<void> {
  if (!(await isEnrolmentOpen(tx, context, device, challenge))) {
    await repeatReceipt(tx, context, recipient, challenge.ref);
    return;
  }
  if (refusal.reason !== 'not-me') {
    await abandon(tx, context, device, recipient, challenge, { status: 'refused' });
    return;
  }
  await closeChallenge(tx, context, challenge);
  await setDeviceState(tx, context.journal, device, 'revoked');
  await context.journal.record(tx, {
    kind: 'alarm',
    alarm: 'refused-as-not-mine',
    deviceId: device.id,
    ref: challenge.ref,
  });
}

/** Answers a STATUS_QUERY about an enrolment that has no stored receipt yet. */
export async function sendEnrolmentStanding(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  challenge: Challenge,
): Promise<void> {
  const status = (await context.timers.isSet(tx, 'enrolment-due', challenge.ref)) ? 'in-progress' : 'expired';
  const content = { status, triesLeft: 0, approvalCode: 0, rail: 'none' } as const;
  await sendPassingReceipt(tx, context, recipient, challenge.ref, challenge.request, content);
}

/**
 * The timer `enrolment-due`: the PIN was not typed yet, so the request is sent again; or it was not typed in time. While the
 * activation lasts, the phone may enrol again.
 */
export async function enrolmentIsDue(tx: Tx, context: Context, ref: Ref): Promise<void> {
  const challenge = await challengeByRef(tx, ref);
  const device = challenge && (await deviceById(tx, challenge.deviceId));
  const recipient = device && recipientOf(device);
  if (device?.state !== 'enrolling' || challenge === undefined || recipient === undefined) return;
  if (!hasExpired(context, challenge)) await askAgain(tx, context, recipient, challenge);
  else if (await hasUndealtFrames(tx)) await context.timers.set(tx, 'enrolment-due', ref, context.clock.now() + 1_000);
  else await setDeviceState(tx, context.journal, device, 'registered');
}

/** Whether an enrolment waits for its PIN: as long as its timer `enrolment-due` is set. */
export async function isEnrolmentOpen(
  tx: ReadTx,
  context: Context,
  device: Device,
  challenge: Challenge,
): Promise<boolean> {
  return device.state === 'enrolling' && (await context.timers.isSet(tx, 'enrolment-due', challenge.ref));
}

/** Revokes the person's former phone (lost, or with a forgotten PIN): a person has one active phone. */
async function activate(tx: Tx, context: Context, device: Device): Promise<void> {
  const { journal, clock } = context;
  const earlier = await enrolledDevice(tx, device.personId);
  if (earlier !== undefined) await setDeviceState(tx, journal, earlier, 'revoked');
  await tx.run('UPDATE device SET activated_at = ?, code_tries_left = 0 WHERE id = ?', clock.now(), device.id);
  await setDeviceState(tx, journal, device, 'active');
}

async function abandon(
  tx: Tx,
  context: Context,
  device: Device,
  recipient: Recipient,
  challenge: Challenge,
  content: Pick<ReceiptContent, 'status'> & Partial<Pick<ReceiptContent, 'triesLeft'>>,
): Promise<void> {
  await closeChallenge(tx, context, challenge);
  await setDeviceState(tx, context.journal, device, 'registered');
  await answer(tx, context, recipient, challenge, { triesLeft: 0, ...content });
}

async function answer(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  challenge: Challenge,
  content: Pick<ReceiptContent, 'status' | 'triesLeft'>,
): Promise<void> {
  await issueReceipt(tx, context, recipient, challenge.ref, challenge.request, {
    ...content,
    approvalCode: 0,
    rail: 'none',
  });
}
