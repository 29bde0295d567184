import type { Device } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';

/** A `ctr` may be lower than the highest one by this much (a week in seconds), because SMS may overtake each other. */
const WINDOW = 7 * 24 * 60 * 60;

/** The result of checking a `ctr`. */
export type CounterVerdict = 'fresh' | 'used' | 'too-old';

/** Accepts each `ctr` of a device once. Only called for frames that opened, so that a stranger cannot use up the numbers. */
export async function takeCounter(tx: Tx, device: Device, ctr: number): Promise<CounterVerdict> {
  if (ctr <= device.highestCtr - WINDOW) return 'too-old';
  const taken = await tx.run(
    'INSERT INTO counter (device_id, ctr) VALUES (?, ?) ON CONFLICT DO NOTHING',
    device.id,
    ctr,
  );
  if (taken === 0) return 'used';
  if (ctr > device.highestCtr) {
    await tx.run('UPDATE device SET highest_ctr = ? WHERE id = ?', ctr, device.id);
    if (dayOf(ctr) > dayOf(device.highestCtr)) {
      await tx.run('DELETE FROM counter WHERE device_id = ? AND ctr <= ?', device.id, ctr - WINDOW);
    }
  }
  return 'fresh';
}

/** Numbers below the window are deleted once a day: they are refused without a look at them. */
function dayOf(ctr: number): number {
  return Math.floor(ctr / 86_400);
}
