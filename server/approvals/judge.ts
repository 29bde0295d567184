import { type Approve, approvalText, concat, verifySignature } from '../../device/safe-mobile/index.ts';
import type { Context } from '../context.ts';
import { type Device, setDeviceState } from '../people/devices.ts';
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
export function judge(context: Context, device: Device, challenge: Challenge, approval: Approve): Verdict {
  const failures = failuresOf(context, device, challenge);
  const approvalKey = openApprovalKey(context, device);
  try {
    const text = approvalText(device.id, approval.ctr, approval.instrument, challenge.request);
    if (!verifySignature(context.primitives, approvalKey, text, approval.signature)) {
      return countWrongPin(context, device, challenge, failures);
    }
    context.store.run('UPDATE device SET failures_in_row = 0 WHERE id = ?', device.id);
    keepEvidence(context, device, challenge, approval, approvalKey);
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
function keepEvidence(
  context: Context,
  device: Device,
  challenge: Challenge,
  approval: Approve,
  approvalKey: Uint8Array,
): void {
  const evidence = concat(approvalKey, approval.signature);
  context.store.run(
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

function failuresOf(context: Context, device: Device, challenge: Challenge): Failures {
  const inWindow = context.store.get(
    'SELECT count(*) AS n FROM pin_failure WHERE device_id = ? AND at > ?',
    (row) => row.integer('n'),
    device.id,
    context.clock.now() - FAILURE_WINDOW_MS,
  );
  return { inChallenge: challenge.wrongPins, inRow: device.failuresInRow, inWindow: inWindow ?? 0 };
}

function countWrongPin(context: Context, device: Device, challenge: Challenge, before: Failures): Verdict {
  const { store, journal, clock } = context;
  const failures: Failures = {
    inChallenge: before.inChallenge + 1,
    inRow: before.inRow + 1,
    inWindow: before.inWindow + 1,
  };
  store.run('INSERT INTO pin_failure (device_id, at) VALUES (?, ?)', device.id, clock.now());
  store.run('UPDATE device SET failures_in_row = ? WHERE id = ?', failures.inRow, device.id);
  store.run('UPDATE challenge SET wrong_pins = ? WHERE ref = ?', failures.inChallenge, challenge.ref);
  const left = triesLeft(failures);
  const consequence = consequenceOf(failures);
  journal.record({ kind: 'wrong-pin', deviceId: device.id, ref: challenge.ref, triesLeft: left });
  if (consequence === 'block' || consequence === 'block-for-good') block(context, device, consequence);
  return { kind: 'wrong', triesLeft: left, consequence };
}

function block(context: Context, device: Device, kind: 'block' | 'block-for-good'): void {
  if (device.state !== 'active') return;
  const until = kind === 'block' ? context.clock.now() + BLOCK_MS : undefined;
  context.store.run('UPDATE device SET blocked_until = ? WHERE id = ?', until ?? null, device.id);
  setDeviceState(context.store, context.journal, device, 'blocked');
  if (until !== undefined) context.timers.set('device-unblock', String(device.id), until);
}
