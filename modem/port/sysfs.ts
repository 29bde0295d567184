import { readdir, readFile, realpath } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ListedPort } from './listed-port.ts';

/** Folders from the `device` of a tty up to its USB device, at most: a serial bus, the interface, the device. */
const LEVELS = 4;

/**
 * The serial ports of USB devices as the Linux kernel lists them (Documentation/ABI/stable/sysfs-bus-usb). Read without
 * udev, which containers and small boards do not have.
 *
 * @param root where sysfs is mounted.
 */
export async function sysfsPorts(root = '/sys'): Promise<readonly ListedPort[]> {
  const folder = join(root, 'class/tty');
  const names = await readdir(folder).catch(() => []);
  const ports = await Promise.all(names.map((name) => portOf(join(folder, name), name)));
  return ports
    .filter((port) => port !== undefined)
    .toSorted((one, other) => one.path.localeCompare(other.path, 'en', { numeric: true }));
}

async function portOf(folder: string, name: string): Promise<ListedPort | undefined> {
  let place = await realpath(join(folder, 'device')).catch(() => undefined);
  let interfaceNumber: string | undefined;
  for (let level = 0; place !== undefined && level < LEVELS; level += 1) {
    const at = place;
    const attribute = (file: string) => attributeIn(join(at, file));
    interfaceNumber ??= await attribute('bInterfaceNumber');
    const vendorId = await attribute('idVendor');
    if (vendorId !== undefined) {
      return {
        path: `/dev/${name}`,
        vendorId,
        productId: await attribute('idProduct'),
        manufacturer: await attribute('manufacturer'),
        product: await attribute('product'),
        serialNumber: await attribute('serial'),
        location: at.slice(at.lastIndexOf('/') + 1),
        interfaceNumber: interfaceNumber === undefined ? undefined : Number.parseInt(interfaceNumber, 16),
      };
    }
    place = dirname(at);
  }
  return undefined;
}

async function attributeIn(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text.trim() === '' ? undefined : text.trim();
}
