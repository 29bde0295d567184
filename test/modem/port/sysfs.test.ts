import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sysfsPorts } from '../../../modem/port/sysfs.ts';

/** A sysfs of its own: Documentation/ABI/stable/sysfs-bus-usb and testing/sysfs-tty of the Linux kernel. */
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sysfs-'));
  mkdirSync(join(root, 'class/tty'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

function folder(path: string, attributes: Readonly<Record<string, string>> = {}): string {
  const at = join(root, 'devices/pci0000:00', path);
  mkdirSync(at, { recursive: true });
  for (const [name, text] of Object.entries(attributes)) writeFileSync(join(at, name), `${text}\n`);
  return at;
}

function tty(name: string, device: string | undefined): void {
  const at = join(root, 'class/tty', name);
  mkdirSync(at, { recursive: true });
  if (device !== undefined) symlinkSync(device, join(at, 'device'));
}

const huawei = { idVendor: '12d1', idProduct: '1001', manufacturer: 'HUAWEI Technology', product: 'HUAWEI Mobile' };

describe('the ports of USB devices, as the kernel lists them', () => {
  test('a stick has several, each with its interface; a terminal and a built-in port are none', async () => {
    folder('usb1/1-1/1-1.2', huawei);
    for (const [name, number] of [
      ['ttyUSB10', '0a'],
      ['ttyUSB2', '02'],
    ] as const) {
      folder(`usb1/1-1/1-1.2/1-1.2:1.${number}`, { bInterfaceNumber: number });
      tty(name, folder(`usb1/1-1/1-1.2/1-1.2:1.${number}/${name}`));
    }
    tty('ttyS0', folder('serial8250'));
    tty('tty1', undefined);
    const stick = {
      vendorId: '12d1',
      productId: '1001',
      manufacturer: 'HUAWEI Technology',
      product: 'HUAWEI Mobile',
      location: '1-1.2',
    };
    expect(await sysfsPorts(root)).toEqual([
      { path: '/dev/ttyUSB2', ...stick, interfaceNumber: 2 },
      { path: '/dev/ttyUSB10', ...stick, interfaceNumber: 10 },
    ]);
  });

  test('an ACM device is the interface itself, and may say its serial number', async () => {
    folder('usb2/2-4', { idVendor: '1bc7', idProduct: '0021', serial: '357164041234567' });
    tty('ttyACM0', folder('usb2/2-4/2-4:1.0', { bInterfaceNumber: '00' }));
    expect(await sysfsPorts(root)).toEqual([
      {
        path: '/dev/ttyACM0',
        vendorId: '1bc7',
        productId: '0021',
        serialNumber: '357164041234567',
        location: '2-4',
        interfaceNumber: 0,
      },
    ]);
  });

  test.each([
    ['1-1:1.0/serial/ttyX', true],
    ['1-1:1.0/hub/serial/ttyX', false],
  ])('the USB device is looked for three folders up: %s: %s', async (below, isFound) => {
    folder('usb1/1-1', huawei);
    tty('ttyX', folder(`usb1/1-1/${below}`));
    expect((await sysfsPorts(root)).map(({ path }) => path)).toEqual(isFound ? ['/dev/ttyX'] : []);
  });

  test('a machine without sysfs has none', async () => {
    expect(await sysfsPorts(join(root, 'nothing'))).toEqual([]);
  });
});
