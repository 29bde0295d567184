import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AtTimeout } from '../../../modem/at/command.ts';
import { probe } from '../../../modem/cli/probe.ts';

let printed: [record: object, text: string | undefined][];
let err: string;

const output = { json: false, print: (record: object, text?: string) => printed.push([record, text]) };

beforeEach(() => {
  [printed, err] = [[], ''];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

const MODEM: Parameters<typeof probe>[0] = {
  identity: { manufacturer: 'huawei', model: 'E173', imei: '356938030000013' },
  state: { kind: 'ready', registration: 'home' },
  imsi: async () => '001010000000001',
  ownNumbers: async () => ['+391', '+392'],
  operator: async () => 'Cash Mobile',
  signal: async () => ({ dBm: -67 }),
  serviceCentre: async () => '+399',
};
const ALL = {
  ...{ manufacturer: 'huawei', model: 'E173', imei: '356938030000013', imsi: '001010000000001', numbers: '+391 +392' },
  ...{ state: 'ready: home', operator: 'Cash Mobile', signalDbm: -67, serviceCentre: '+399' },
};

test('what a modem says of itself is printed, a line each', async () => {
  await probe(MODEM, output);
  const lines = Object.entries(ALL).map(([name, value]) => `${name}: ${value}`);
  expect(printed).toEqual([[{ event: 'probe', ...ALL }, lines.join('\n')]]);
  expect([process.exitCode, err]).toEqual([undefined, '']);
});

test('what it does not know is left out', async () => {
  const none = async () => undefined;
  await probe({ ...MODEM, imsi: none, operator: none, serviceCentre: none, ownNumbers: async () => [] }, output);
  const { imsi: _, operator: _of, serviceCentre: _at, numbers: _own, ...rest } = ALL;
  expect(printed[0]?.[0]).toEqual({ event: 'probe', ...rest });
});

test('what it does not answer in time is said, and the rest is printed', async () => {
  const silent = new AtTimeout('AT+COPS?', 30_000, []);
  await probe({ ...MODEM, operator: () => Promise.reject(silent) }, output);
  const { operator: _, ...rest } = ALL;
  expect(printed[0]?.[0]).toEqual({ event: 'probe', ...rest });
  expect(err).toBe('AT+COPS? was not answered within 30 s (nothing came)\n');
});

test('another failure ends it', async () => {
  const lost = new Error('the port is lost');
  await expect(probe({ ...MODEM, operator: () => Promise.reject(lost) }, output)).rejects.toBe(lost);
  expect(printed).toEqual([]);
});

test.each([
  [{ model: 'E173' }, 1],
  [{ manufacturer: 'huawei' }, undefined],
  [{ imei: '356938030000013' }, undefined],
])('of a modem that says only %j the exit code is %s', async (identity, code) => {
  await probe({ ...MODEM, identity }, output);
  expect(process.exitCode).toBe(code);
  expect(err.startsWith('the modem says neither its manufacturer nor its IMEI: ')).toBe(code === 1);
});
