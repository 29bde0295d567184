import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { gsmSim } from '../../../sim/cli/gsm-sim-program.ts';
import { type Ended, inProcess } from '../../in-process.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/gsm-sim.js');
const SCENARIO = join(import.meta.dirname, '../../../sim/examples/scenarios/lost-answer.yaml');
const ONE = '+393330000001';
const TWO = '+393330000002';

let server: ChildProcess;

beforeAll(async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'commands-')), 'modems');
  const options = ['--modems', '3', '--dir', folder, '--clock', 'fast', '--start', '2010-03-01T09:00:00Z', '--json'];
  server = spawn(process.execPath, [PROGRAM, 'serve', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout === null) throw new Error('gsm-sim has no output');
  const [line] = await once(createInterface(server.stdout), 'line');
  vi.stubEnv('GSM_SIM_CONTROL', JSON.parse(line).control);
});

afterAll(() => {
  server.kill();
  vi.unstubAllEnvs();
});

function run(...args: readonly string[]): Promise<Ended> {
  return inProcess(gsmSim, ...args);
}

/** What a user types, one after the other, and what is printed; `session.test.ts` has the other commands. */
const SESSION: readonly (readonly [typed: readonly string[], printed: RegExp])[] = [
  [['clock'], /^2010-03-01T09:\d\d:\d\d\.\d{3}Z fast\n$/],
  [['deliver', '--to', ONE, '--from', 'BANK', '--text', 'Ciao', '--class', '1', '--wait'], /^The phone has 1 SMS\n$/],
  [
    ['send', '--from', ONE, '--to', TWO, '--text', 'x'.repeat(200), '--status-report'],
    /^accepted, reference 0\naccepted, reference 1\n$/,
  ],
  [['submitted', '--from', ONE, '--whole'], new RegExp(`"${'x'.repeat(200)}"\\n$`)],
  [['clock', 'pause'], / stopped\n$/],
  [['clock', 'step', '1h'], / stopped\n$/],
  [['clock', 'speed', '100'], / x100\n$/],
  [['clock', 'run'], / real\n$/],
  [['clock', 'fast'], / fast\n$/],
  [['scenario', 'check', SCENARIO], /lost-answer\.yaml is a scenario: The answer to \+CMGS is lost\n$/],
];

test.each(SESSION)('gsm-sim %j', async (typed, printed) => {
  const { code, out, err } = await run(...typed);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(printed);
});

const REFUSALS: readonly (readonly [typed: readonly string[], code: number, said: RegExp])[] = [
  [['deliver', '--to', '+399', '--from', '1', '--text', 'x'], 1, /Nobody has the number \+399/],
  [['deliver', '--to', 'Anna', '--from', '1', '--text', 'x'], 2, /to: must be a number/],
  [['serve', '--view', '--dir', '/tmp/x'], 2, /--view needs a terminal/],
  [['serve', '--', '/nowhere/command'], 127, /cannot run \/nowhere\/command/],
];

test.each(REFUSALS)('gsm-sim %j ends with %i and one line', async (typed, code, said) => {
  const ended = await run(...typed);
  expect(ended.err).toMatch(said);
  expect(ended.err.trim().split('\n')).toHaveLength(1);
  expect(ended.code).toBe(code);
});

test.each([['serve'], ['deliver'], ['submitted'], ['fault', 'add']])(
  'the help of %j says defaults as they are typed',
  async (...typed) => {
    const { code, out } = await run(...typed, '--help');
    expect(code).toBe(0);
    expect(out).not.toMatch(/default:\s+([{[]|\d{4})/);
  },
);

test('serve -- COMMAND gives it the modems, and ends as it does', async () => {
  const script =
    'echo "$GSM_SIM_NUMBER2 $(test -c "$GSM_SIM_MODEM2" && echo tty) $GSM_SIM_MODEM2_TCP $GSM_SIM_CONTROL"; exit 7';
  const { status, stdout } = spawnSync(
    process.execPath,
    [PROGRAM, 'serve', '--modems', '2', '--', 'sh', '-c', script],
    {
      encoding: 'utf8',
    },
  );
  expect(stdout).toMatch(/^\+393330000002 tty tcp:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(status).toBe(7);
});

test('the modems have the numbers that they are given', async () => {
  const two = 'test "$GSM_SIM_NUMBER1 $GSM_SIM_NUMBER2" = "+447700900001 4444"';
  const { code } = await run('serve', '--numbers', '+447700900001,4444', '--', 'sh', '-c', `${two} && exit 3`);
  expect(code).toBe(3);
});

test('a signal ends the command too', async () => {
  const running = spawn(process.execPath, [PROGRAM, 'serve', '--', 'sh', '-c', 'echo here; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(createInterface(running.stdout), 'line');
  running.kill('SIGTERM');
  expect(await once(running, 'exit')).toEqual([143, null]);
});

test('serve --scenario plays it beside a command, and its outcome counts', async () => {
  const during = ['--scenario', SCENARIO, '--clock', 'fast', '--', 'sh', '-c', 'sleep 1'];
  const { code, out } = await run('serve', ...during);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^ok {3}The answer to \+CMGS is lost/) });
  const cutShort = await run('serve', '--scenario', SCENARIO, '--clock', 'stopped', '--', 'true');
  expect(cutShort).toMatchObject({ code: 1, out: expect.stringContaining('was not done in time') });
});
