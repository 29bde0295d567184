import { sameOctets } from '../../device/safe-mobile/index.ts';
import type { Context } from '../outgoing/context.ts';
import type { Device } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import type { StoredFrame } from './arrival.ts';
import { wasDealtWith } from './undealt.ts';

/** A `ctr` may be lower than the highest one by this much (a week in seconds), because SMS may overtake each other. */
const WINDOW = 7 * 24 * 60 * 60;

/** Counters below the window stay this long after their frame, which a service centre may deliver again for a week. */
const KEPT_MS = 10 * DAY_MS;

/**
 * The result of checking a `ctr`: `repeated` when the same frame has taken it, `repeated-too-often` when that is as often as it is
 * answered, `used` when another frame has taken it.
 */
export type CounterVerdict = 'fresh' | 'repeated' | 'repeated-too-often' | 'used' | 'too-old';

/**
 * Accepts each `ctr` of a device once. Only called for frames that opened, so that a stranger cannot use up the numbers, and with
 * the device locked.
 */
export async function takeCounter(
  tx: Tx,
  { limits }: Pick<Context, 'limits'>,
  device: Device,
  ctr: number,
  frame: StoredFrame,
): Promise<CounterVerdict> {
  const known = async (otherwise: CounterVerdict) =>
    (await isTakenBy(tx, device, ctr, frame)) ? countRepeat(tx, limits.repeats, device, ctr) : otherwise;
  if (ctr <= device.highestCtr - WINDOW) return known('too-old');
  const taken = await tx.run(
    'INSERT INTO counter (device_id, ctr, digest, at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING',
    device.id,
    ctr,
    frame.digest,
    frame.receivedAt,
  );
  if (taken === 0) return known('used');
  if (ctr > device.highestCtr) {
    tx.later('UPDATE device SET highest_ctr = ? WHERE id = ?', ctr, device.id);
    if (dayOf(ctr) > dayOf(device.highestCtr)) {
      tx.later(
        'DELETE FROM counter WHERE device_id = ? AND ctr <= ? AND at < ?',
        device.id,
        ctr - WINDOW,
        frame.receivedAt - KEPT_MS,
      );
    }
  }
  return 'fresh';
}

async function countRepeat(tx: Tx, limit: number, device: Device, ctr: number): Promise<CounterVerdict> {
  const repeats = await tx.get(
    'UPDATE counter SET repeats = repeats + 1 WHERE device_id = ? AND ctr = ? RETURNING repeats',
    (row) => row.integer('repeats'),
    device.id,
    ctr,
  );
  // Without a row: a frame of before version 11, known by the inbox.
  return (repeats ?? 0) <= limit ? 'repeated' : 'repeated-too-often';
}

/** Whether the counter was taken by the same frame. A counter of before version 11 does not say: then the inbox knows the frame. */
async function isTakenBy(tx: ReadTx, device: Device, ctr: number, frame: StoredFrame): Promise<boolean> {
  const digest = await tx.get(
    'SELECT digest FROM counter WHERE device_id = ? AND ctr = ?',
    (row) => row.optionalOctets('digest'),
    device.id,
    ctr,
  );
  return digest === undefined ? wasDealtWith(tx, frame) : sameOctets(digest, frame.digest);
}

/**
 * Whether a phone is to hear that its counter is too old: once, and not again while counters are kept. The number 0, which no phone gives,
 * stands for that in the table.
 */
export async function tellsOfOldCounter(tx: Tx, device: Device, { digest, receivedAt }: StoredFrame): Promise<boolean> {
  const added = await tx.run(
    'INSERT INTO counter (device_id, ctr, digest, at) VALUES (?, 0, ?, ?) ON CONFLICT DO NOTHING',
    device.id,
    digest,
    receivedAt,
  );
  return added === 1;
}

/** Old numbers are deleted once a day. */
function dayOf(ctr: number): number {
  return Math.floor(ctr / 86_400);
}
