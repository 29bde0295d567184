import { describe, expect, test } from 'vitest';
import { devicePort, type ListedPort, memoryPort, type Port, type PortError } from '../../../modem/index.ts';

const STICK: ListedPort = {
  path: '/dev/ttyUSB0',
  vendorId: '12d1',
  productId: '1506',
  serialNumber: 'A1',
  interfaceNumber: 2,
  pnpId: 'usb-Huawei',
};

/** A machine whose list can be changed, and the paths that were opened. */
function machine(...ports: readonly ListedPort[]) {
  const opened: string[] = [];
  const state = { ports, isListed: true };
  const port = devicePort('/dev/ttyUSB0', {
    list: async () => {
      if (!state.isListed) throw new Error('no list');
      return state.ports;
    },
    at: (path): Port => {
      const { port: line } = memoryPort(path);
      return {
        ...line,
        async open(events) {
          opened.push(path);
          await line.open(events);
        },
      };
    },
  });
  /** Opens and closes it. @returns the path, or the code of the error */
  const reopen = async (): Promise<string> => {
    try {
      await port.open({ data() {}, closed() {} });
    } catch (error) {
      return (error as PortError).code;
    }
    await port.close();
    await new Promise((resolve) => setImmediate(resolve));
    return opened.at(-1) ?? '';
  };
  return { state, port, opened, reopen };
}

const at = (path: string, changes: Partial<ListedPort> = {}): ListedPort => ({ ...STICK, path, ...changes });

describe('a device that comes back under another path', () => {
  test('is opened there, and is called so', async () => {
    const { state, port, reopen } = machine(STICK);
    expect(await reopen()).toBe('/dev/ttyUSB0');
    state.ports = [at('/dev/ttyUSB7')];
    expect([port.name, await reopen(), port.name]).toEqual(['/dev/ttyUSB0', '/dev/ttyUSB7', '/dev/ttyUSB7']);
    state.ports = [at('/dev/ttyUSB3')];
    expect(await reopen()).toBe('/dev/ttyUSB3');
  });

  test('gets its control lines there', async () => {
    const set: string[] = [];
    const port = devicePort('/dev/ttyUSB0', {
      list: async () => [STICK],
      at: (path) => ({ ...memoryPort(path).port, setLines: async (lines) => void set.push(`${path} ${lines.dtr}`) }),
    });
    await port.open({ data() {}, closed() {} });
    await port.setLines({ dtr: true, rts: false });
    expect(set).toEqual(['/dev/ttyUSB0 true']);
  });

  test.each<[what: string, changes: Partial<ListedPort>]>([
    ['serial number', { serialNumber: 'A2' }],
    ['manufacturer’s number', { vendorId: '19d2' }],
    ['product number', { productId: '1001' }],
    ['interface', { interfaceNumber: 0 }],
    ['name in Windows', { pnpId: 'usb-ZTE' }],
  ])('is another one when it has another %s', async (_what, changes) => {
    const { state, opened, reopen } = machine(STICK);
    await reopen();
    state.ports = [at('/dev/ttyUSB0', changes), at('/dev/ttyUSB1', changes)];
    expect(await reopen()).toBe('missing');
    expect(opened).toEqual(['/dev/ttyUSB0']);
  });

  test('is the same in another socket, whatever the system calls it', async () => {
    const { state, reopen } = machine(STICK);
    await reopen();
    state.ports = [at('/dev/ttyUSB7', { location: '2-1', product: 'Modem', manufacturer: 'x' })];
    expect(await reopen()).toBe('/dev/ttyUSB7');
  });

  test('is missing while it is unplugged, and while nothing can be listed', async () => {
    const { state, reopen } = machine(STICK);
    await reopen();
    state.ports = [];
    expect(await reopen()).toBe('missing');
    state.ports = [STICK];
    state.isListed = false;
    expect(await reopen()).toBe('missing');
    state.isListed = true;
    expect(await reopen()).toBe('/dev/ttyUSB0');
  });

  test('where several look the same, each opening tries the next one', async () => {
    const { state, reopen } = machine(STICK);
    await reopen();
    state.ports = [at('/dev/ttyUSB4'), at('/dev/ttyUSB5'), at('/dev/ttyUSB6', { interfaceNumber: 0 })];
    const paths: string[] = [];
    for (let opening = 0; opening < 4; opening += 1) paths.push(await reopen());
    expect(paths).toEqual(['/dev/ttyUSB5', '/dev/ttyUSB4', '/dev/ttyUSB5', '/dev/ttyUSB4']);
  });
});

test.each([
  ['is not listed', true],
  ['is listed by a machine that cannot list', false],
])('a port that %s is opened by its path always', async (_what, isListed) => {
  const { state, reopen } = machine(at('/dev/ttyUSB1'));
  state.isListed = isListed;
  expect(await reopen()).toBe('/dev/ttyUSB0');
  state.ports = [at('/dev/ttyUSB2')];
  expect(await reopen()).toBe('/dev/ttyUSB0');
});

test('a port that was listed late is known from its next opening on', async () => {
  const { state, reopen } = machine();
  expect(await reopen()).toBe('/dev/ttyUSB0');
  state.ports = [STICK];
  expect(await reopen()).toBe('/dev/ttyUSB0');
  state.ports = [at('/dev/ttyUSB9')];
  expect(await reopen()).toBe('/dev/ttyUSB9');
});
