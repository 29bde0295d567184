import type { Enrol } from '../../device/safe-mobile/index.ts';
import { randomBelow } from '../../modem/index.ts';
import { sealApprovalKey } from '../approvals/approval-key.ts';
import { lockOpenChallenges, newRef } from '../approvals/challenge.ts';
import type { AskingContext } from '../approvals/context.ts';
import type { EnrolArrival } from '../intake/arrival.ts';
import { type Recipient, recipientOf, recipientWith, sendNak } from '../outgoing/compose.ts';
import { unixTime } from '../outgoing/context.ts';
import { enrolmentTitle } from '../outgoing/sentences.ts';
import { type Device, setDeviceState } from '../people/devices.ts';
import { personById } from '../people/people.ts';
import type { Tx } from '../store/store.ts';
import { NO_REF, refOctets } from '../vocabulary/ids.ts';
import { tryCode, withdrawEnrolment } from './activation.ts';

/** Seconds in which the PIN is to be typed again. */
const CONFIRMATION_TTL = 120;
const RELYING_PARTY = 'Cash-Mobile';

/**
 * ENROL, the second step of an enrolment: checks the code and the keys, and asks for the PIN at the *registered*
 * number, so that a stolen code is not enough. While the activation lasts, a phone may send ENROL again, also with new keys.
 */
export async function enrol(
  tx: Tx,
  context: AskingContext,
  device: Device,
  message: Enrol,
  arrival: EnrolArrival,
): Promise<string> {
  const recipient = recipientWith(device, message.sealingKey);
  if (device.state !== 'registered' && device.state !== 'enrolling') return `device is ${device.state}`;
  const verdict = await tryCode(tx, context, device, message.activationCode, arrival);
  if (verdict.kind === 'unanswered') return verdict.reason;
  if (verdict.kind === 'expired') {
    await sendNak(tx, context, recipient, NO_REF, 'activation-expired');
    return 'activation expired';
  }
  if (verdict.kind === 'wrong') {
    await sendNak(tx, context, recipient, NO_REF, 'wrong-code', verdict.triesLeft);
    return 'wrong code';
  }
  await tx.run(
    'UPDATE device SET sealing_key = ?, sealed_approval_key = ? WHERE id = ?',
    message.sealingKey,
    sealApprovalKey(context, device, message.approvalKey),
    device.id,
  );
  await setDeviceState(tx, context.journal, device, 'enrolling');
  // A phone with new keys cannot answer the AUTH_REQUEST that was sealed to its former keys.
  await withdrawEnrolment(tx, context, device);
  await askForPin(tx, context, device, recipient);
  return 'enrolling';
}

/** The same ENROL came again: the AUTH_REQUEST was lost, so it is sent again, unless the enrolment is settled. */
export async function repeatEnrolment(tx: Tx, context: AskingContext, device: Device): Promise<void> {
  const recipient = recipientOf(device);
  if (recipient === undefined) return;
  for (const open of await lockOpenChallenges(tx, device.id, 'enrolment'))
    await context.approvals.askAgain(tx, recipient, open);
}

async function askForPin(tx: Tx, context: AskingContext, device: Device, recipient: Recipient): Promise<void> {
  const { language } = await personById(tx, device.personId);
  await context.approvals.ask(tx, recipient, 'enrolment', {
    type: 'AUTH_REQUEST',
    time: unixTime(context),
    challenge: refOctets(newRef(context)),
    ttl: CONFIRMATION_TTL,
    kind: 'confirm-enrolment',
    matchCode: randomBelow(context.random, 10_000),
    relyingParty: RELYING_PARTY,
    title: enrolmentTitle(language),
  });
}
