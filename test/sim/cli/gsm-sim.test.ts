import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serialPort } from '../../../modem/index.ts';
import { type Ended, gsmSimHere } from './in-process.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/gsm-sim.js');
const folder = join(mkdtempSync(join(tmpdir(), 'gsm-sim-')), 'modems');
let server: ChildProcess;
let ready: {
  event: string;
  pid: number;
  control: string;
  modems: readonly { number: string; tty: string; tcp: string }[];
};

beforeAll(async () => {
  server = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--modems', '2', '--dir', folder, '--profile', 'none', '--json'],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (server.stdout === null) throw new Error('gsm-sim has no output');
  const [line] = await once(createInterface(server.stdout), 'line');
  ready = JSON.parse(line);
});

afterAll(() => {
  server.kill('SIGKILL');
});

/** Runs `gsm-sim`: `serve` in a process of its own, the other commands in this one. */
function run(...args: readonly string[]): Promise<Ended> {
  if (args[0] !== 'serve') return gsmSimHere(...args);
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err });
    });
  });
}

test('serve says where its control API and its modems are', () => {
  expect(ready).toMatchObject({
    event: 'ready',
    pid: server.pid,
    control: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    modems: [
      {
        number: '+393330000001',
        tty: join(folder, 'modem1'),
        tcp: expect.stringMatching(/^tcp:\/\/127\.0\.0\.1:\d+$/),
      },
      { number: '+393330000002', tty: join(folder, 'modem2') },
    ],
  });
});

test('serve without --dir makes a folder below the temporary one, and takes it away at the end', async () => {
  const temporary = mkdtempSync(join(tmpdir(), 'gsm-sim-'));
  const env = { ...process.env, TMPDIR: temporary };
  const child = spawn(process.execPath, [PROGRAM, 'serve', '--json'], { stdio: ['ignore', 'pipe', 'inherit'], env });
  const [line] = await once(createInterface(child.stdout), 'line');
  const [first]: (typeof ready)['modems'] = JSON.parse(line).modems;
  expect(first?.tty).toBe(join(temporary, ...readdirSync(temporary), 'modem1'));
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(readdirSync(temporary)).toEqual([]);
});

test('deliver reaches a phone, and submitted prints what one sent', async () => {
  const [first, second] = ready.modems;
  if (first === undefined || second === undefined) throw new Error('two modems expected');
  const heard = Promise.withResolvers<string>();
  let all = '';
  const port = serialPort(first.tty);
  await port.open({
    data(octets) {
      all += Buffer.from(octets).toString('latin1');
      if (/\+CMT: .*\r\n.*\r\n/.test(all)) heard.resolve(all);
    },
    closed() {},
  });
  await port.write(new Uint8Array(Buffer.from('ATE0;+CNMI=2,2\r')));
  const { code, out } = await run(
    'deliver',
    '--control',
    ready.control,
    '--to',
    first.number,
    '--from',
    '4321',
    '--data',
    '00FF',
    '--destination-port',
    '16001',
    '--json',
  );
  expect({ code, out: JSON.parse(out) }).toMatchObject({ code: 0, out: { event: 'accepted', sms: [1] } });
  expect(await heard.promise).toMatch(/\+CMT: ,\d+\r\n.*0605043E81000000FF\r\n/);
  await port.write(new Uint8Array(Buffer.from('AT+CMGF=1;+CMGS="3330000002"\r')));
  await port.write(new Uint8Array(Buffer.from('hello\x1a')));
  const submitted = await run(
    ...['submitted', '--from', first.number, '--wait', '--timeout', '10s', '--control', ready.control, '--json'],
  );
  expect(JSON.parse(submitted.out)).toEqual({
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    from: '+393330000001',
    to: '+393330000002',
    text: 'hello',
    tpdu: '11000A8133030000200000A705E8329BFD06',
  });
  await port.close();
});

test('faults are arranged, listed and taken back', async () => {
  const control = ['--control', ready.control, '--json'];
  expect((await run('fault', 'add', 'delay', '--set', 'ms=500', '--nth', '3', ...control)).out).toBe(
    '{"event":"arranged","id":"fault-1"}\n',
  );
  expect(JSON.parse((await run('fault', ...control)).out)).toMatchObject({
    id: 'fault-1',
    action: { kind: 'delay', ms: 500 },
    nth: 3,
  });
  expect((await run('fault', 'remove', 'fault-1', ...control)).code).toBe(0);
  expect((await run('fault', 'remove', 'fault-1', ...control)).code).toBe(1);
});

test('a phone is taken out of coverage, and the log says so', async () => {
  const control = ['--control', ready.control, '--json'];
  expect(JSON.parse((await run('subscribers', 'coverage', '+393330000002', 'off', ...control)).out)).toMatchObject({
    covered: false,
  });
  const last = (await run('log', ...control)).out.trim().split('\n').at(-1) ?? '';
  expect(JSON.parse(last)).toMatchObject({ kind: 'detach', number: '+393330000002' });
});

const MISTAKES: readonly (readonly [args: readonly string[], code: number, message: RegExp])[] = [
  [['serve', '--log', '/dev/null/x'], 1, /Cannot write the log \/dev\/null\/x/],
  [['serve', '--pin', '12'], 2, /must be 4 to 8 digits/],
  [['serve', '--dir', '/tmp/x', '--modems', '0'], 2, /whole number from 1 to 256/],
  [['serve', '--dir', '/tmp/x', '--profile', 'x'], 2, /none, direct, pt2008/],
  [['serve', '--dir', folder], 1, /exists already/],
  [['serve', '--dir', '/dev/null/x'], 1, /Cannot make the folder/],
  [
    ['deliver', '--control', 'http://127.0.0.1:1', '--to', '1', '--from', '2', '--text', 'x'],
    1,
    /No simulation answers/,
  ],
  [['deliver', '--control', 'nowhere', '--to', '1', '--from', '2', '--text', 'x'], 2, /URL/],
  [['deliver', '--control', 'http://127.0.0.1:1', '--to', '1', '--from', '2'], 2, /either --text or --data/],
  [['deliver', '--control', 'http://127.0.0.1:1', '--to', '1', '--from', '2', '--data', 'XY'], 2, /hex/],
  [['nonsense'], 2, /unknown command/],
];

test.each(MISTAKES)('%j ends with exit code %i and one line', async (args, code, message) => {
  const ended = await run(...args);
  expect(ended.code).toBe(code);
  expect(ended.err).toMatch(message);
  expect(ended.err.trim().split('\n')).toHaveLength(1);
});

test('what the network cannot do is one line too', async () => {
  const message = ['--to', '+393330000001', '--from', '2', '--text', 'ж', '--alphabet', 'gsm7'];
  const { code, err } = await run('deliver', '--control', ready.control, ...message);
  expect(code).toBe(2);
  expect(err).toMatch(/^gsm-sim: TP-UD: .*\n$/);
});

test('an interrupt ends it cleanly, and its links are gone', async () => {
  server.kill('SIGTERM');
  const [code] = await once(server, 'exit');
  expect(code).toBe(0);
  expect(existsSync(folder)).toBe(false);
});
