import {
  checkApprovalKey,
  type PinNew,
  type PinProof,
  pinChangeText,
  SafeMobileError,
  sameOctets,
  verifySignature,
} from '../../device/safe-mobile/index.ts';
import { formerKeyPlace, openApprovalKey, sealApprovalKey } from '../approvals/approval-key.ts';
import { type Failures, triesLeft } from '../approvals/pin-policy.ts';
import { countWrongPin, failuresOf } from '../approvals/pin-tries.ts';
import { type Recipient, sendNak } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { issueReceipt, repeatReceipt } from '../outgoing/receipts.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { deviceId, type Ref, ref, refOctets, refOf } from '../vocabulary/ids.ts';
import {
  beginPinChange,
  forgetPinChange,
  keepFormerKey,
  lockPinChange,
  type PinChange,
  savePinChange,
} from './stored-change.ts';

/**
 * How long the key of before the change is kept, ms: a request lives 255 × 10 s at most, so by then none is open that was asked before. The
 * change itself is forgotten with it; the phone that asks still gets the receipt.
 */
const FORMER_KEY_MS = 60 * 60 * 1000;

/** A message of a change, and the phone that sent it. */
export interface FromPhone<Message extends PinNew | PinProof> {
  readonly device: Device;
  readonly recipient: Recipient;
  readonly message: Message;
}

/** PIN_NEW: the key under the new PIN. It counts once PIN_PROOF has shown that the sender knows the old PIN. */
export async function newPin(tx: Tx, context: Context, from: FromPhone<PinNew>): Promise<void> {
  const { approvalKey } = from.message;
  try {
    const change = await changeOf(tx, context, from);
    if (change === undefined) return;
    if (!isUsable(context, from.device, approvalKey) || !isSame(context, change, approvalKey)) {
      await sendNak(tx, context, from.recipient, change.pcid, 'malformed');
      return;
    }
    const newKey = change.newKey ?? context.vault.seal(...place('new approval key', change), approvalKey);
    await settle(tx, context, from, { ...change, newKey });
  } finally {
    approvalKey.fill(0);
  }
}

/** PIN_PROOF: a signature by the old key, which the old PIN opens. Each is judged once. */
export async function pinProof(tx: Tx, context: Context, from: FromPhone<PinProof>): Promise<void> {
  const { ctr, signature } = from.message;
  try {
    const change = await changeOf(tx, context, from);
    if (change === undefined) return;
    if (ctr <= change.proofCtr) {
      await repeatReceipt(tx, context, from.recipient, change.pcid);
      return;
    }
    const proof = context.vault.seal(...place('PIN proof', change), signature);
    await settle(tx, context, from, { ...change, proof, proofCtr: ctr });
  } finally {
    signature.fill(0);
  }
}

/** The timer `pin-change`: a message of the change never came, or the key of before is needed no more. */
export async function pinChangeOver(tx: Tx, subject: string): Promise<void> {
  const [device, pcid = ''] = subject.split(' ');
  await forgetPinChange(tx, deviceId(Number(device)), ref(pcid));
}

/**
 * The change that a message belongs to, a new one if need be. A change that has ended is answered with its receipt.
 * @returns `undefined` when the message leads to nothing more
 */
async function changeOf(
  tx: Tx,
  context: Context,
  { device, recipient, message }: FromPhone<PinNew | PinProof>,
): Promise<PinChange | undefined> {
  const pcid = refOf(message.pcid);
  if (device.state !== 'active') {
    const isBlocked = device.state === 'blocked';
    const seconds = Math.ceil(((device.blockedUntil ?? 0) - context.clock.now()) / 1000);
    await sendNak(tx, context, recipient, pcid, isBlocked ? 'blocked' : 'unknown-reference', Math.max(0, seconds));
    return undefined;
  }
  const known = await lockPinChange(tx, device.id, pcid);
  if (known?.state === 'open') return known;
  if (await repeatReceipt(tx, context, recipient, pcid)) return undefined;
  if (isLeft(device, message.ctr)) {
    await sendNak(tx, context, recipient, pcid, 'unknown-reference');
    return undefined;
  }
  const begun = await beginPinChange(tx, device.id, pcid, message.ctr);
  if (begun !== undefined) await forgetAt(tx, context, begun, DAY_MS);
  return begun;
}

/**
 * Whether the phone has left a change that this message would begin: a later one has ended, or the phone has given it up. It gives up after a
 * day, when the service has told it that it knows nothing of the change; the question for that has a `ctr` of a day later.
 */
function isLeft({ pinChangedCtr, highestCtr }: Device, ctr: number): boolean {
  return ctr <= pinChangedCtr || ctr < highestCtr - DAY_MS / 1000;
}

/** The PIN changes when both messages are there and the old PIN is right. Until then what has come is stored. */
async function settle(tx: Tx, context: Context, from: FromPhone<PinNew | PinProof>, change: PinChange): Promise<void> {
  const { newKey, proof } = change;
  if (newKey === undefined || proof === undefined) {
    await savePinChange(tx, change);
    return;
  }
  const { device } = from;
  const failures = await failuresOf(tx, context, device, change.wrongPins);
  const key = context.vault.open(...place('new approval key', change), newKey);
  const formerKey = openApprovalKey(context, device);
  const signature = context.vault.open(...place('PIN proof', change), proof);
  try {
    const text = pinChangeText(device.id, change.proofCtr, refOctets(change.pcid), key);
    if (verifySignature(context.primitives, formerKey, text, signature)) {
      await changePin(tx, context, from, change, failures, key, formerKey);
    } else {
      await wrongPin(tx, context, from, change, failures);
    }
  } finally {
    for (const secret of [key, formerKey, signature]) secret.fill(0);
  }
}

/** The one commit after which the new PIN counts, and the old one no more. */
async function changePin(
  tx: Tx,
  context: Context,
  { device, recipient }: FromPhone<PinNew | PinProof>,
  change: PinChange,
  failures: Failures,
  key: Uint8Array,
  formerKey: Uint8Array,
): Promise<void> {
  const { pcid, proofCtr } = change;
  await tx.run(
    'UPDATE device SET sealed_approval_key = ?, pin_changed_ctr = ?, failures_in_row = 0 WHERE id = ?',
    sealApprovalKey(context, device, key),
    proofCtr,
    device.id,
  );
  await savePinChange(tx, { ...change, state: 'changed', newKey: undefined, proof: undefined });
  const sealed = context.vault.seal(...formerKeyPlace(device.id, pcid), formerKey);
  await keepFormerKey(tx, change, sealed, context.clock.now());
  await forgetAt(tx, context, change, FORMER_KEY_MS);
  await context.journal.record(tx, { kind: 'pin-changed', deviceId: device.id, personId: device.personId });
  const left = triesLeft({ ...failures, inRow: 0 });
  await tell(tx, context, recipient, pcid, 'confirmed', left);
}

/** It counts as any wrong PIN. The phone may prove the old PIN again, with the same `A'`. */
async function wrongPin(
  tx: Tx,
  context: Context,
  { device, recipient }: FromPhone<PinNew | PinProof>,
  change: PinChange,
  failures: Failures,
): Promise<void> {
  const { pcid } = change;
  const wrong = await countWrongPin(tx, context, device, pcid, failures);
  const isOver = wrong.consequence !== 'try-again';
  await savePinChange(tx, {
    ...change,
    state: isOver ? 'refused' : 'open',
    newKey: isOver ? undefined : change.newKey,
    proof: undefined,
    wrongPins: failures.inChallenge + 1,
  });
  await tell(tx, context, recipient, pcid, 'wrong-pin', wrong.triesLeft);
}

async function tell(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  pcid: Ref,
  status: 'confirmed' | 'wrong-pin',
  triesLeft: number,
): Promise<void> {
  const content = { status, triesLeft, approvalCode: 0, rail: 'none' } as const;
  await issueReceipt(tx, context, recipient, pcid, undefined, content);
}

async function forgetAt(tx: Tx, context: Context, { deviceId, pcid }: PinChange, after: number): Promise<void> {
  await context.timers.set(tx, 'pin-change', `${deviceId} ${pcid}`, context.clock.now() + after);
}

/** Not of small order, and not the present key: the same seed under another PIN would give both PINs to whoever has both flashes. */
function isUsable(context: Context, device: Device, approvalKey: Uint8Array): boolean {
  const present = openApprovalKey(context, device);
  try {
    checkApprovalKey(approvalKey);
    return !sameOctets(present, approvalKey);
  } catch (error) {
    if (error instanceof SafeMobileError) return false;
    throw error;
  } finally {
    present.fill(0);
  }
}

/** Whether this is the `A'` that the change has, or its first one. */
function isSame(context: Context, change: PinChange, approvalKey: Uint8Array): boolean {
  if (change.newKey === undefined) return true;
  const known = context.vault.open(...place('new approval key', change), change.newKey);
  const same = sameOctets(known, approvalKey);
  known.fill(0);
  return same;
}

function place(
  purpose: 'new approval key' | 'PIN proof',
  { deviceId, pcid }: PinChange,
): readonly [purpose: string, subject: string] {
  return [purpose, `device ${deviceId} ${pcid}`];
}
