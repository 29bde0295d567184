import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/gsm-sim.js');
const SCENARIO = join(import.meta.dirname, '../../../sim/examples/scenarios/lost-answer.yaml');
const ONE = '+393330000001';
const TWO = '+393330000002';
const THREE = '+393330000003';

let server: ChildProcess;
let control: string;

beforeAll(async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'commands-')), 'modems');
  const options = ['--modems', '3', '--dir', folder, '--clock', 'fast', '--start', '2010-03-01T09:00:00Z', '--json'];
  server = spawn(process.execPath, [PROGRAM, 'serve', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (server.stdout === null) throw new Error('gsm-sim has no output');
  const [line] = await once(createInterface(server.stdout), 'line');
  ({ control } = JSON.parse(line));
});

afterAll(() => {
  server.kill();
});

function gsmSim(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const env = { ...process.env, GSM_SIM_CONTROL: control };
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], { env }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

/** What a user types, one after the other, and what is printed. */
const SESSION: readonly (readonly [typed: readonly string[], printed: RegExp])[] = [
  [['clock'], /^2010-03-01T09:\d\d:\d\d\.\d{3}Z fast\n$/],
  [['subscribers'], /^\+393330000001 +registered +SIM READY, 0 SMS on it, 0 in the phone; 0 wait\n/],
  [['modems'], /^\+393330000001 +standard +registered, closed +\/.*modem1 tcp:\/\/127\.0\.0\.1:\d+\n/],
  [['deliver', '--to', ONE, '--from', 'BANK', '--text', 'Ciao', '--class', '1', '--wait'], /^The phone has 1 SMS\n$/],
  [
    ['deliver', '--to', ONE, '--from', '4321', '--data', '00FF', '--destination-port', '16001'],
    /^The network took 1 SMS\n$/,
  ],
  [
    ['send', '--from', ONE, '--to', TWO, '--text', 'x'.repeat(200), '--status-report'],
    /^accepted, reference 0\naccepted, reference 1\n$/,
  ],
  [['submitted', '--from', ONE, '--whole'], new RegExp(`"${'x'.repeat(200)}"\\n$`)],
  [['submitted', '--from', ONE, '--to', THREE], /^$/],
  [['submitted', '--from', ONE, '--since', '2030-01-01T00:00:00Z'], /^$/],
  [['fault', 'add', 'delay', '--set', 'ms=5s', '--to', TWO, '--times', '3'], /^fault-1 is arranged\n$/],
  [['fault', 'off', 'fault-1'], /^fault-1 is off\n$/],
  [['fault'], /^fault-1 +off delay +matched 0, struck 0\n$/],
  [['fault', 'remove', 'fault-1'], /^fault-1 is taken back\n$/],
  [['fault', 'kinds'], /^lose-answer +The service centre took the message/m],
  [['subscribers', 'coverage', TWO, 'off'], /out of coverage/],
  [['subscribers', 'reception', TWO, 'weak'], /^\+393330000002/],
  [['subscribers', 'power', TWO, 'off'], / off /],
  [['subscribers', 'power', TWO, 'on'], / searching /],
  [['subscribers', 'bar', TWO, 'on'], /^\+393330000002/],
  [['subscribers', 'rate', TWO, '6'], /^\+393330000002/],
  [['subscribers', 'rate', TWO, 'none'], /^\+393330000002/],
  [['subscribers', 'roam', TWO, '00103'], /roams in 00103/],
  [['subscribers', 'port', TWO, '00102'], /of operator 00102/],
  [['subscribers', 'fill', THREE], /30 SMS on it, 100 in the phone/],
  [['subscribers', 'add', '4444', '--sim-capacity', '3'], /^4444 +registered/],
  [['subscribers', 'add-foreign', '+447700900001', '00103'], /no phone here/],
  [['subscribers', 'clone', ONE, '4444'], /^\+393330000001/],
  [['subscribers', 'swap', ONE, THREE], /^\+393330000001/],
  [['subscribers', 'operators'], /^00101 Cash-Mobile Sim +home;/],
  [['services'], /^4000 +echo +Sends every message back/],
  [['clock', 'pause'], / stopped\n$/],
  [['deliver', '--to', '4444', '--from', 'BANK', '--text', 'x'], /^The network took 1 SMS\n$/],
  [['messages'], /BANK +4444 +(on-the-way|waiting)/],
  [['messages', 'show', '1'], /^ +1 {2}BANK +\+393330000001 +delivered at 2010-03-01T/],
  [['modems', 'reboot', TWO], /^\+393330000002 +standard/],
  [['modems', 'unplug', TWO], / unplugged /],
  [['modems', 'plug', TWO, '--renamed'], /modem2-2 /],
  [['profile', 'pt2008'], /^\* pt2008 /m],
  [['clock', 'pause'], / stopped\n$/],
  [['clock', 'step', '1h'], / stopped\n$/],
  [['clock', 'speed', '100'], / x100\n$/],
  [['clock', 'run'], / real\n$/],
  [['clock', 'fast'], / fast\n$/],
  [['scenario', 'check', SCENARIO], /lost-answer\.yaml is a scenario: The answer to \+CMGS is lost\n$/],
];

test.each(SESSION)('gsm-sim %j', async (typed, printed) => {
  const { code, out, err } = await gsmSim(...typed);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toMatch(printed);
});

const REFUSALS: readonly (readonly [typed: readonly string[], code: number, said: RegExp])[] = [
  [['deliver', '--to', '+399', '--from', '1', '--text', 'x'], 1, /Nobody has the number \+399/],
  [['deliver', '--to', 'Anna', '--from', '1', '--text', 'x'], 2, /to: must be a number/],
  [
    ['submitted', '--from', TWO, '--wait', '--timeout', '100ms'],
    1,
    /0 from \+393330000002 within 0.1 s, 1 were expected/,
  ],
  [['submitted', '--from', TWO, '--wait', '--timeout', 'soon'], 2, /length of time: 250ms, 10s/],
  [['submitted', '--from', TWO, '--since', 'yesterday'], 2, /since: must be a moment/],
  [['send', '--from', '+399', '--to', '1', '--text', 'x'], 1, /No phone has the number \+399/],
  [['fault', 'add', 'dorp'], 2, /It must be one of refuse, lose-answer/],
  [['fault', 'add', 'spoof'], 2, /action\.sender is missing/],
  [['fault', 'add', 'drop', '--set', 'x'], 2, /--set takes name=value/],
  [['fault', 'on', 'fault-99'], 1, /There is no fault fault-99/],
  [['subscribers', 'power', ONE, 'maybe'], 2, /It must be on or off/],
  [['subscribers', 'add', ONE], 1, /The number \+393330000001 is taken/],
  [['messages', 'show', '999'], 1, /There is no message 999/],
  [['messages', 'delete', '1'], 1, /Message 1 does not wait/],
  [['modems', 'plug', TWO], 1, /is plugged in/],
  [['clock', 'step', '1'], 2, /length of time/],
  [['clock', 'speed', '0'], 2, /pace: must be real, stopped, fast/],
  [['profile', 'x'], 2, /It must be one of none, direct/],
  [['scenario', 'check', '/nowhere.yaml'], 2, /there is no file \/nowhere.yaml/],
  [['clock', '--control', 'http://127.0.0.1:1'], 1, /No simulation answers at http:\/\/127\.0\.0\.1:1/],
  [['serve', '--clock', 'slow', '--dir', '/tmp/x'], 2, /must be real, stopped, fast/],
  [['serve', '--numbers', '+391,+391', '--dir', '/tmp/x'], 2, /Each must be another/],
  [['serve', '--numbers', 'anna', '--dir', '/tmp/x'], 2, /must be a number/],
  [['serve', '--numbers', '+391', '--modems', '2', '--dir', '/tmp/x'], 2, /cannot be used with option '--modems/],
  [['modems', 'explode'], 2, /unknown command 'explode': see gsm-sim modems --help/],
  [['serve', '--view', '--dir', '/tmp/x'], 2, /--view needs a terminal/],
  [
    ['serve', '--personality', 'standard,x', '--dir', '/tmp/x'],
    2,
    /^gsm-sim: --personality x: it is none of gsm-sim personalities/,
  ],
  [['serve', '--', '/nowhere/command'], 127, /cannot run \/nowhere\/command/],
];

test.each(REFUSALS)('gsm-sim %j ends with %i and one line', async (typed, code, said) => {
  const ended = await gsmSim(...typed);
  expect(ended.err).toMatch(said);
  expect(ended.err.trim().split('\n')).toHaveLength(1);
  expect(ended.code).toBe(code);
});

test.each([['serve'], ['deliver'], ['submitted'], ['fault', 'add']])(
  'the help of %j says defaults as they are typed',
  async (...typed) => {
    const { code, out } = await gsmSim(...typed, '--help');
    expect(code).toBe(0);
    expect(out).not.toMatch(/default:\s+([{[]|\d{4})/);
  },
);

test('serve -- COMMAND gives it the modems, and ends as it does', async () => {
  const script =
    'echo "$GSM_SIM_NUMBER2 $(test -c "$GSM_SIM_MODEM2" && echo tty) $GSM_SIM_MODEM2_TCP $GSM_SIM_CONTROL"; exit 7';
  const { code, out } = await gsmSim('serve', '--modems', '2', '--', 'sh', '-c', script);
  expect(out).toMatch(/^\+393330000002 tty tcp:\/\/127\.0\.0\.1:\d+ http:\/\/127\.0\.0\.1:\d+\n$/);
  expect(code).toBe(7);
});

test('the modems have the numbers that they are given', async () => {
  const { out } = await gsmSim(
    'serve',
    '--numbers',
    '+447700900001,4444',
    '--',
    'sh',
    '-c',
    'echo $GSM_SIM_NUMBER1 $GSM_SIM_NUMBER2',
  );
  expect(out).toBe('+447700900001 4444\n');
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
  const { code, out } = await gsmSim('serve', ...during);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^ok {3}The answer to \+CMGS is lost/) });
  const cutShort = await gsmSim('serve', '--scenario', SCENARIO, '--clock', 'stopped', '--', 'true');
  expect(cutShort).toMatchObject({ code: 1, out: expect.stringContaining('was not done in time') });
});
