import { type Approve, approvalText, concat, verifySignature } from '../../device/safe-mobile/index.ts';
import type { Context } from '../outgoing/context.ts';
import { type Device, setDeviceState } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { Challenge } from './challenge.ts';
import {
  BLOCK_MS,
  type Consequence,
  consequenceOf,
  FAILURE_WINDOW_MS,
  type Failures,
  triesLeft,
} from './pin-policy.ts';

/** The result of checking the signature under a request, which the typed PIN decides. */
export type Verdict =
  | { readonly kind: 'right'; readonly triesLeft: number }
  | { readonly kind: 'wrong'; readonly triesLeft: number; readonly consequence: Consequence };

/**
 * Checks the signature under an open challenge that arrived in time, and counts wrong PINs. A right signature is kept as
 * evidence; a wrong one is not stored, because with it a thief of phone and database could test PINs near the right one.
 */
export async function judge(
  tx: Tx,
  context: Context,
  device: Device,
  challenge: Challenge,
  approval: Approve,
): Promise<Verdict> {
  const failures = await failuresOf(tx, context, device, challenge);
  const approvalKey = openApprovalKey(context, device);
  try {
    const text = approvalText(device.id, approval.ctr, approval.instrument, challenge.request);
    if (!verifySignature(context.primitives, approvalKey, text, approval.signature)) {
      return await countWrongPin(tx, context, device, challenge, failures);
    }
    if (device.failuresInRow > 0) await tx.run('UPDATE device SET failures_in_row = 0 WHERE id = ?', device.id);
    await keepEvidence(tx, context, device, challenge, approval, approvalKey);
    return { kind: 'right', triesLeft: triesLeft({ ...failures, inRow: 0 }) };
  } finally {
    approvalKey.fill(0);
    approval.signature.fill(0);
  }
}

/** Seals `A` for its device. The caller wipes the plaintext. */
export function sealApprovalKey(context: Context, device: Pick<Device, 'id'>, approvalKey: Uint8Array): Uint8Array {
  return context.vault.seal('approval key', `device ${device.id}`, approvalKey);
}

function openApprovalKey(context: Context, device: Device): Uint8Array {
  if (device.sealedApprovalKey === undefined)
    throw new Error(`device ${device.id} has a challenge but no approval key`);
  return context.vault.open('approval key', `device ${device.id}`, device.sealedApprovalKey);
}

/** `A` and the signature, sealed for this challenge: with either of them a thief of the phone could test PINs. */
async function keepEvidence(
  tx: Tx,
  context: Context,
  device: Device,
  challenge: Challenge,
  approval: Approve,
  approvalKey: Uint8Array,
): Promise<void> {
  const evidence = concat(approvalKey, approval.signature);
  tx.later(
    'INSERT INTO evidence (ref, device_id, ctr, instrument, sealed, at) VALUES (?, ?, ?, ?, ?, ?)',
    challenge.ref,
    device.id,
    approval.ctr,
    approval.instrument,
    context.vault.seal('evidence', challenge.ref, evidence),
    context.clock.now(),
  );
  evidence.fill(0);
}

async function failuresOf(tx: ReadTx, context: Context, device: Device, challenge: Challenge): Promise<Failures> {
  const inWindow = await tx.get(
    'SELECT count(*) AS n FROM pin_failure WHERE device_id = ? AND at > ?',
    (row) => row.integer('n'),
    device.id,
    context.clock.now() - FAILURE_WINDOW_MS,
  );
  return { inChallenge: challenge.wrongPins, inRow: device.failuresInRow, inWindow: inWindow ?? 0 };
}

async function countWrongPin(
  tx: Tx,
  context: Context,
  device: Device,
  challenge: Challenge,
  before: Failures,
): Promise<Verdict> {
  const { journal, clock } = context;
  const failures: Failures = {
    inChallenge: before.inChallenge + 1,
    inRow: before.inRow + 1,
    inWindow: before.inWindow + 1,
  };
  await tx.run('INSERT INTO pin_failure (device_id, at) VALUES (?, ?)', device.id, clock.now());
  await tx.run('UPDATE device SET failures_in_row = ? WHERE id = ?', failures.inRow, device.id);
  await tx.run('UPDATE challenge SET wrong_pins = ? WHERE ref = ?', failures.inChallenge, challenge.ref);
  const left = triesLeft(failures);
  const consequence = consequenceOf(failures);
  await journal.record(tx, { kind: 'wrong-pin', deviceId: device.id, ref: challenge.ref, triesLeft: left });
  if (consequence === 'block' || consequence === 'block-for-good') await block(tx, context, device, consequence);
  return { kind: 'wrong', triesLeft: left, consequence };
}

async function block(tx: Tx, context: Context, device: Device, kind: 'block' | 'block-for-good'): Promise<void> {
  if (device.state !== 'active') return;
  const until = kind === 'block' ? context.clock.now() + BLOCK_MS : undefined;
  await tx.run('UPDATE device SET blocked_until = ? WHERE id = ?', until ?? null, device.id);
  await setDeviceState(tx, context.journal, device, 'blocked');
  if (until !== undefined) await context.timers.set(tx, 'device-unblock', String(device.id), until);
}
