import type { Approve, Refuse } from '../../device/safe-mobile/index.ts';
import { type Challenge, challengeByRef, closeChallenge, stopAsking } from '../approvals/challenge.ts';
import { judge } from '../approvals/judge.ts';
import type { Context } from '../context.ts';
import type { Ref } from '../ids.ts';
import type { Arrival } from '../messaging/arrival.ts';
import type { Recipient } from '../messaging/compose.ts';
import { issueReceipt, type ReceiptContent, repeatReceipt, sendPassingReceipt } from '../messaging/receipts.ts';
import { type Device, deviceById, enrolledDevice, setDeviceState } from '../people/devices.ts';

/** APPROVE, the last step of an enrolment: the PIN was typed again and proves both keys. The phone becomes active. */
export function confirmEnrolment(
  context: Context,
  device: Device,
  recipient: Recipient,
  challenge: Challenge,
  approval: Approve,
  arrival: Arrival,
): void {
  if (!isEnrolmentOpen(context, device, challenge) || arrival.repeated) {
    const known = repeatReceipt(context, recipient, challenge.ref);
    if (!known && !arrival.repeated) answer(context, recipient, challenge, { status: 'expired', triesLeft: 0 });
    return;
  }
  if (arrival.at > challenge.deadline) {
    abandon(context, device, recipient, challenge, { status: 'expired' });
    return;
  }
  stopAsking(context, challenge);
  const verdict = judge(context, device, challenge, approval);
  if (verdict.kind === 'right') {
    activate(context, device);
    closeChallenge(context, challenge);
    answer(context, recipient, challenge, { status: 'active', triesLeft: verdict.triesLeft });
  } else if (verdict.consequence === 'try-again') {
    answer(context, recipient, challenge, { status: 'wrong-pin', triesLeft: verdict.triesLeft });
  } else {
    abandon(context, device, recipient, challenge, { status: 'wrong-pin', triesLeft: 0 });
  }
}

/** REFUSE: the phone goes back to its state before ENROL. "Not me" ends the activation: somebody else knows the code. */
export function refuseEnrolment(
  context: Context,
  device: Device,
  recipient: Recipient,
  challenge: Challenge,
  refusal: Refuse,
): void {
  if (!isEnrolmentOpen(context, device, challenge)) {
    repeatReceipt(context, recipient, challenge.ref);
    return;
  }
  if (refusal.reason !== 'not-me') {
    abandon(context, device, recipient, challenge, { status: 'refused' });
    return;
  }
  closeChallenge(context, challenge);
  setDeviceState(context.store, context.journal, device, 'revoked');
  context.journal.record({ kind: 'alarm', alarm: 'refused-as-not-mine', deviceId: device.id, ref: challenge.ref });
}

/** Answers a STATUS_QUERY about an enrolment that has no stored receipt yet. */
export function sendEnrolmentStanding(context: Context, recipient: Recipient, challenge: Challenge): void {
  const status = context.timers.isSet('enrolment-expiry', challenge.ref) ? 'in-progress' : 'expired';
  const content = { status, triesLeft: 0, approvalCode: 0, rail: 'none' } as const;
  sendPassingReceipt(context, recipient, challenge.ref, challenge.request, content);
}

/** The timer `enrolment-expiry`: the PIN was not typed in time. While the activation lasts, the phone may enrol again. */
export function expireEnrolment(context: Context, ref: Ref): void {
  const challenge = challengeByRef(context, ref);
  const device = challenge && deviceById(context.store, challenge.deviceId);
  if (device?.state === 'enrolling') setDeviceState(context.store, context.journal, device, 'registered');
}

/** Whether an enrolment waits for its PIN: as long as its timer `enrolment-expiry` is set. */
export function isEnrolmentOpen(context: Context, device: Device, challenge: Challenge): boolean {
  return device.state === 'enrolling' && context.timers.isSet('enrolment-expiry', challenge.ref);
}

/** Revokes the person's former phone (lost, or with a forgotten PIN): a person has one active phone. */
function activate(context: Context, device: Device): void {
  const { store, journal, clock } = context;
  const earlier = enrolledDevice(store, device.personId);
  if (earlier !== undefined) setDeviceState(store, journal, earlier, 'revoked');
  store.run('UPDATE device SET activated_at = ?, code_tries_left = 0 WHERE id = ?', clock.now(), device.id);
  setDeviceState(store, journal, device, 'active');
}

function abandon(
  context: Context,
  device: Device,
  recipient: Recipient,
  challenge: Challenge,
  content: Pick<ReceiptContent, 'status'> & Partial<Pick<ReceiptContent, 'triesLeft'>>,
): void {
  closeChallenge(context, challenge);
  setDeviceState(context.store, context.journal, device, 'registered');
  answer(context, recipient, challenge, { triesLeft: 0, ...content });
}

function answer(
  context: Context,
  recipient: Recipient,
  challenge: Challenge,
  content: Pick<ReceiptContent, 'status' | 'triesLeft'>,
): void {
  issueReceipt(context, recipient, challenge.ref, challenge.request, { ...content, approvalCode: 0, rail: 'none' });
}
