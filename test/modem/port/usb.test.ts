import { expect, test } from 'vitest';
import { byDevice } from '../../../modem/port/listed-port.ts';
import { usbPorts } from '../../../modem/port/usb.ts';

const nothing = { manufacturer: undefined, serialNumber: undefined, pnpId: undefined };

/** What `serialport` lists: the ports of two sticks of one model without a serial number, and a port of no USB device. */
const LISTS: readonly (readonly [NodeJS.Platform, readonly [string, string | undefined][]])[] = [
  [
    'darwin',
    [
      ['/dev/tty.HUAWEIMobile-Modem', '14100000'],
      ['/dev/tty.HUAWEIMobile-Pcui', '14100000'],
      ['/dev/tty.usbmodem14201', '14200000'],
      ['/dev/tty.Bluetooth-Incoming-Port', undefined],
    ],
  ],
  [
    'win32',
    [
      ['COM5', '0000.0014.0000.003.000'],
      ['COM6', '0000.0014.0000.003.000'],
      ['COM7', '0000.0014.0000.004.000'],
      ['COM1', undefined],
    ],
  ],
];

test.each(LISTS)('on %s the ports of USB devices are listed, those of one stick together', async (platform, list) => {
  const ports = await usbPorts(platform, async () =>
    list.map(([path, locationId]) => ({ ...nothing, path, locationId, vendorId: locationId && '12D1' })),
  );
  expect(byDevice(ports).map((device) => device.map(({ path }) => path))).toEqual([
    [list[0]?.[0], list[1]?.[0]],
    [list[2]?.[0]],
  ]);
  expect(ports[0]).toEqual({ ...nothing, path: list[0]?.[0], vendorId: '12D1', location: list[0]?.[1] });
});

test('on Linux the kernel is asked, not serialport', async () => {
  const paths = await usbPorts('linux', () => Promise.reject(new Error('asked')));
  expect(paths).toBeInstanceOf(Array);
});
