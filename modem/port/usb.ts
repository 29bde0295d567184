import type { ListedPort } from './listed.ts';
import { sysfsPorts } from './sysfs.ts';

/** The serial ports of USB devices that are plugged in. */
export async function usbPorts(): Promise<readonly ListedPort[]> {
  if (process.platform === 'linux') return sysfsPorts();
  const { SerialPort } = await import('serialport');
  const listed: readonly ListedPort[] = await SerialPort.list();
  return listed.filter(({ vendorId }) => vendorId !== undefined);
}
