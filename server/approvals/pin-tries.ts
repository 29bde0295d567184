import type { Context } from '../outgoing/context.ts';
import { type Device, setDeviceState } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import type { Ref } from '../vocabulary/ids.ts';
import {
  BLOCK_MS,
  type Consequence,
  consequenceOf,
  FAILURE_WINDOW_MS,
  type Failures,
  triesLeft,
} from './pin-policy.ts';

/** What a wrong PIN led to. */
export interface WrongPin {
  readonly triesLeft: number;
  readonly consequence: Consequence;
}

/** Wrong PINs of a phone so far. @param inChallenge those for the same request, or for the same change of the PIN */
export async function failuresOf(tx: ReadTx, context: Context, device: Device, inChallenge: number): Promise<Failures> {
  const inWindow = await tx.get(
    'SELECT count(*) AS n FROM pin_failure WHERE device_id = ? AND at > ?',
    (row) => row.integer('n'),
    device.id,
    context.clock.now() - FAILURE_WINDOW_MS,
  );
  return { inChallenge, inRow: device.failuresInRow, inWindow: inWindow ?? 0 };
}

/** Counts one wrong PIN of a phone, and blocks the phone when that is one too many. @param ref what it was typed for */
export async function countWrongPin(
  tx: Tx,
  context: Context,
  device: Device,
  ref: Ref,
  before: Failures,
): Promise<WrongPin> {
  const failures: Failures = {
    inChallenge: before.inChallenge + 1,
    inRow: before.inRow + 1,
    inWindow: before.inWindow + 1,
  };
  await tx.run('INSERT INTO pin_failure (device_id, at) VALUES (?, ?)', device.id, context.clock.now());
  await tx.run('UPDATE device SET failures_in_row = ? WHERE id = ?', failures.inRow, device.id);
  const wrong = { triesLeft: triesLeft(failures), consequence: consequenceOf(failures) };
  await context.journal.record(tx, { kind: 'wrong-pin', deviceId: device.id, ref, triesLeft: wrong.triesLeft });
  if (wrong.consequence === 'block' || wrong.consequence === 'block-for-good')
    await block(tx, context, device, wrong.consequence);
  return wrong;
}

async function block(tx: Tx, context: Context, device: Device, kind: 'block' | 'block-for-good'): Promise<void> {
  if (device.state !== 'active') return;
  const until = kind === 'block' ? context.clock.now() + BLOCK_MS : undefined;
  await tx.run('UPDATE device SET blocked_until = ? WHERE id = ?', until ?? null, device.id);
  await setDeviceState(tx, context.journal, device, 'blocked');
  if (until !== undefined) await context.timers.set(tx, 'device-unblock', String(device.id), until);
}
