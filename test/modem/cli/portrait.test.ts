import { afterEach, expect, test, vi } from 'vitest';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { type Portrait, portraitYaml, takePortrait } from '../../../modem/portrait/index.ts';
import { inProcess } from '../../in-process.ts';

vi.mock('../../../modem/portrait/index.ts', async (original) => ({
  ...(await original<object>()),
  takePortrait: vi.fn(),
}));

afterEach(() => {
  vi.resetAllMocks();
  vi.restoreAllMocks();
});

const PORTRAIT: Portrait = {
  portrait: 1,
  name: 'maker-model',
  manners: {
    ...{ echo: 'on', lineStart: '\r\n', lineEnd: '\r\n', unknownCommand: 'ERROR', okAfterError: false, nuls: false },
    ...{ waiting: '', firstLine: 'heard', simState: 'READY' },
  },
  delays: { usualMs: 20, firstMs: 0, commands: {} },
  ...{ answers: { '+CGMI': ['Maker', 'OK'] }, found: {}, live: [], missing: [] },
};

const run = (...args: readonly string[]) => inProcess(gsmModem, 'portrait', '--port', 'tcp://127.0.0.1:1', ...args);

test('a portrait is printed as YAML, or as JSON', async () => {
  vi.mocked(takePortrait).mockResolvedValue(PORTRAIT);
  expect(await run()).toEqual({ code: 0, out: portraitYaml(PORTRAIT), err: '' });
  expect(JSON.parse((await run('--json')).out)).toEqual(PORTRAIT);
});

test.each([
  [[], 12_000],
  [['--listen', '0'], 0],
  [['--listen', '30'], 30_000],
])('with %j the modem is listened to for %i ms', async (more, listenMs) => {
  vi.mocked(takePortrait).mockResolvedValue(PORTRAIT);
  await run(...more);
  expect(vi.mocked(takePortrait).mock.calls.map(([port, options]) => [port.name, options.listenMs])).toEqual([
    ['tcp://127.0.0.1:1', listenMs],
  ]);
});

test.each([
  [true, '\r1 of 2 questions\r2 of 2 questions\n'],
  [false, ''],
])('how far it is is shown on a terminal only: %s', async (isTTY, shown) => {
  vi.mocked(takePortrait).mockImplementation(async (_port, { progress }) => {
    progress?.(1, 2);
    progress?.(2, 2);
    return PORTRAIT;
  });
  const before = process.stderr.isTTY;
  process.stderr.isTTY = isTTY;
  try {
    expect((await run()).err).toBe(shown);
  } finally {
    process.stderr.isTTY = before;
  }
});

test('a modem of which none can be made is said in a line', async () => {
  vi.mocked(takePortrait).mockRejectedValue(new Error('the SIM waits for SIM PIN'));
  expect(await run()).toEqual({ code: 1, out: '', err: 'gsm-modem: the SIM waits for SIM PIN\n' });
});
