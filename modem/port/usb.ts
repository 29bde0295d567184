import type { ListedPort } from './listed.ts';
import { sysfsPorts } from './sysfs.ts';

/** The serial ports that a USB device is plugged in behind. */
export async function usbPorts(): Promise<readonly ListedPort[]> {
  if (process.platform === 'linux') return sysfsPorts();
  const { SerialPort } = await import('serialport');
  const listed: readonly ListedPort[] = await SerialPort.list();
  return listed.filter(({ vendorId }) => vendorId !== undefined);
}
