import type { Context } from '../context.ts';
import { deviceById, setDeviceState } from './devices.ts';

/** The timer `device-unblock`: a temporary block after wrong PINs is over. */
export function unblockDevice(context: Context, id: number): void {
  const device = deviceById(context.store, id);
  if (device?.state !== 'blocked' || device.blockedUntil === undefined) return;
  context.store.run('UPDATE device SET blocked_until = NULL WHERE id = ?', device.id);
  setDeviceState(context.store, context.journal, device, 'active');
}
