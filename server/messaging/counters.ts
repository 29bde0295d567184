import type { Context } from '../context.ts';
import type { Device } from '../people/devices.ts';

/** SMS may overtake each other, so a `ctr` need not be the highest; older than this below it (a week in seconds) is too old. */
const WINDOW = 7 * 24 * 60 * 60;

/** What becomes of a `ctr`. */
export type CounterVerdict = 'fresh' | 'used' | 'too-old';

/** Takes a `ctr` of a device, once. Only called for frames that opened, so a stranger cannot use them up. */
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
