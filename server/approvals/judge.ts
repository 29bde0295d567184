import { type Approve, approvalText, concat, verifySignature } from '../../device/safe-mobile/index.ts';
import type { Context } from '../outgoing/context.ts';
import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';
import { approvalKeyFor } from './approval-key.ts';
import type { Challenge } from './challenge.ts';
import { type Failures, triesLeft } from './pin-policy.ts';
import { countWrongPin, failuresOf, type WrongPin } from './pin-tries.ts';

/** The result of checking the signature under a request, which the typed PIN decides. */
export type Verdict = { readonly kind: 'right'; readonly triesLeft: number } | ({ readonly kind: 'wrong' } & WrongPin);

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
  const failures = await failuresOf(tx, context, device, challenge.wrongPins);
  const { askedAt } = challenge;
  const approvalKey = await approvalKeyFor(tx, context, device, { ctr: approval.ctr, askedAt });
  try {
    const text = approvalText(device.id, approval.ctr, approval.instrument, challenge.request);
    if (!verifySignature(context.primitives, approvalKey, text, approval.signature)) {
      return await wrongPin(tx, context, device, challenge, failures);
    }
    if (device.failuresInRow > 0) await tx.run('UPDATE device SET failures_in_row = 0 WHERE id = ?', device.id);
    await keepEvidence(tx, context, device, challenge, approval, approvalKey);
    return { kind: 'right', triesLeft: triesLeft({ ...failures, inRow: 0 }) };
  } finally {
    approvalKey.fill(0);
    approval.signature.fill(0);
  }
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

async function wrongPin(
  tx: Tx,
  context: Context,
  device: Device,
  challenge: Challenge,
  before: Failures,
): Promise<Verdict> {
  await tx.run('UPDATE challenge SET wrong_pins = ? WHERE ref = ?', before.inChallenge + 1, challenge.ref);
  return { kind: 'wrong', ...(await countWrongPin(tx, context, device, challenge.ref, before)) };
}
