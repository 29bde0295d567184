import { afterEach, expect, test, vi } from 'vitest';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { type FindOptions, type FoundPort, findModems } from '../../../modem/opening/find.ts';
import type { ListedPort } from '../../../modem/port/listed-port.ts';
import { usbPorts } from '../../../modem/port/usb.ts';
import { inProcess } from '../../in-process.ts';

vi.mock('../../../modem/port/usb.ts', async (original) => ({ ...(await original<object>()), usbPorts: vi.fn() }));
vi.mock('../../../modem/opening/find.ts', async (original) => ({ ...(await original<object>()), findModems: vi.fn() }));

const STICK: ListedPort = {
  path: '/dev/ttyUSB0',
  manufacturer: 'HUAWEI',
  product: 'Mobile',
  vendorId: '12d1',
  productId: '1001',
  location: '1-1.2',
};
const MODULE: ListedPort = { path: '/dev/ttyACM0', vendorId: '1e0e', productId: '9001', serialNumber: '0123' };
const UNKNOWN: ListedPort = { path: '/dev/ttyS0' };

afterEach(() => {
  vi.resetAllMocks();
});

const list = (...args: readonly string[]) => inProcess(gsmModem, 'list', ...args);
const lines = (out: string) => out.trimEnd().split('\n');

test('each port is a line, with what the system says of it', async () => {
  vi.mocked(usbPorts).mockResolvedValue([STICK, MODULE, UNKNOWN]);
  const { out, err } = await list();
  expect([lines(out), err]).toEqual([
    ['/dev/ttyUSB0 HUAWEI Mobile 12d1:1001 at 1-1.2', '/dev/ttyACM0 1e0e:9001 0123', '/dev/ttyS0'],
    '',
  ]);
  expect(lines((await list('--json')).out).map((line) => JSON.parse(line))).toEqual(
    [STICK, MODULE, UNKNOWN].map((port) => ({ event: 'port', ...port })),
  );
  expect(findModems).not.toHaveBeenCalled();
});

test('that there is none is said to people', async () => {
  vi.mocked(usbPorts).mockResolvedValue([]);
  const none = 'no serial device is plugged in; a stick that shows up as a disk needs usb_modeswitch\n';
  expect(await list()).toEqual({ code: 0, out: '', err: none });
  expect(await list('--json')).toEqual({ code: 0, out: '', err: '' });
});

test.each([
  [[], 3_000],
  [['--listen', '7'], 7_000],
])('--find %j looks at these ports, and listens %i ms for codes', async (more, listenMs) => {
  vi.mocked(usbPorts).mockResolvedValue([STICK]);
  let asked: FindOptions | undefined;
  vi.mocked(findModems).mockImplementation(async (options) => {
    asked = options;
    return [];
  });
  await list('--find', ...more);
  expect([await asked?.list?.(), asked?.listenMs]).toEqual([[STICK], listenMs]);
});

const found = { port: MODULE, codes: [] } as const;

test.each<[FoundPort, string]>([
  [{ ...found, kind: 'modem', identity: { manufacturer: 'huawei', model: 'E173' } }, 'takes commands: huawei E173'],
  [{ ...found, kind: 'modem', identity: {} }, 'takes commands: a modem whose SIM is locked'],
  [
    { ...found, kind: 'other', reason: 'it is silent', codes: ['^RSSI', '^BOOT'] },
    'it is silent; codes come here (^RSSI ^BOOT)',
  ],
])('what was found, %j, is in words: %s', async (one, words) => {
  vi.mocked(usbPorts).mockResolvedValue([MODULE]);
  vi.mocked(findModems).mockResolvedValue([one]);
  expect((await list('--find')).out).toBe(`/dev/ttyACM0 1e0e:9001 0123: ${words}\n`);
  const { port, ...rest } = one;
  expect(JSON.parse((await list('--find', '--json')).out)).toEqual({ event: 'port', ...port, ...rest });
});
