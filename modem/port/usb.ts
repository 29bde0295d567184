import type { ListedPort } from './listed-port.ts';
import { sysfsPorts } from './sysfs.ts';

/** A port as `serialport` lists it. On macOS and Windows the ports of one stick have the same `locationId`. */
interface SerialPortInfo extends Omit<ListedPort, 'location'> {
  readonly locationId?: string | undefined;
}

async function serialPorts(): Promise<readonly SerialPortInfo[]> {
  const { SerialPort } = await import('serialport');
  return SerialPort.list();
}

/**
 * The serial ports of USB devices that are plugged in.
 *
 * @param list how the ports are listed on other systems than Linux.
 */
export async function usbPorts(
  platform: NodeJS.Platform = process.platform,
  list: () => Promise<readonly SerialPortInfo[]> = serialPorts,
): Promise<readonly ListedPort[]> {
  if (platform === 'linux') return sysfsPorts();
  return (await list())
    .filter(({ vendorId }) => vendorId !== undefined)
    .map(({ locationId, ...port }) => ({ ...port, location: locationId }));
}
