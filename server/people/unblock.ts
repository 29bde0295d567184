import type { Journal } from '../journal/journal.ts';
import type { Tx } from '../store/store.ts';
import { lockDevice, setDeviceState } from './devices.ts';

/** The timer `device-unblock`: a temporary block after wrong PINs is over. */
export async function unblockDevice(tx: Tx, journal: Journal, id: number): Promise<void> {
  const device = await lockDevice(tx, id);
  if (device?.state !== 'blocked' || device.blockedUntil === undefined) return;
  await tx.run('UPDATE device SET blocked_until = NULL WHERE id = ?', device.id);
  await setDeviceState(tx, journal, device, 'active');
}
