import type { Context } from '../context.ts';
import type { Device } from '../people/devices.ts';

/** A `ctr` may be lower than the highest one by this much (a week in seconds), because SMS may overtake each other. */
const WINDOW = 7 * 24 * 60 * 60;

/** The result of checking a `ctr`. */
export type CounterVerdict = 'fresh' | 'used' | 'too-old';

/** Accepts each `ctr` of a device once. Only called for frames that opened, so that a stranger cannot use up the numbers. */
export function takeCounter(context: Context, device: Device, ctr: number): CounterVerdict {
  if (ctr <= device.highestCtr - WINDOW) return 'too-old';
  const taken = context.store.run(
    'INSERT INTO counter (device_id, ctr) VALUES (?, ?) ON CONFLICT DO NOTHING',
    device.id,
    ctr,
  );
  if (taken === 0) return 'used';
  if (ctr > device.highestCtr) {
    context.store.run('UPDATE device SET highest_ctr = ? WHERE id = ?', ctr, device.id);
    context.store.run('DELETE FROM counter WHERE device_id = ? AND ctr <= ?', device.id, ctr - WINDOW);
  }
  return 'fresh';
}
