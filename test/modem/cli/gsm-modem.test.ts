import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { gsmModem as executable } from '../../../modem/cli/gsm-modem-program.ts';
import { systemClock, toHex } from '../../../modem/index.ts';
import { createWorld, openPty, openTcp } from '../../../sim/index.ts';
import { inProcess } from '../../in-process.ts';

const program = new URL('../../../modem/cli/gsm-modem.ts', import.meta.url).pathname;
const anna = '+393330000001';
const bruno = '+393330000002';

interface Run {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `gsm-modem` in a process of its own. @param input what it reads from standard input */
function gsmModemAlone(args: readonly string[], input = ''): Promise<Run> {
  return new Promise((resolve) => {
    const options = { env: { ...process.env, GSM_MODEM_PIN: '' } };
    const child = execFile(process.execPath, ['--no-warnings', program, ...args], options, (_error, out, err) => {
      resolve({ exitCode: child.exitCode ?? -1, out, err });
    });
    child.stdin?.end(input);
  });
}

/** Runs it in the process of the tests, one at a time. @param pin in its environment */
async function gsmModem(args: readonly string[], pin = ''): Promise<Run> {
  vi.stubEnv('GSM_MODEM_PIN', pin);
  const { code, out, err } = await inProcess(executable, ...args);
  return { exitCode: code, out, err };
}

/** A network of a test, whose modems are at a PTY and at TCP at once. @param atEnd is told what ends them */
function network(atEnd: (end: () => void) => void) {
  const world = createWorld({ seed: 1, clock: systemClock, responseMs: [0, 0] });
  const ports = async (number: string, pin?: string) => {
    const modem = world.addModem({ number, ...(pin !== undefined && { pin }) });
    const [pty, tcp] = [openPty(), await openTcp()];
    for (const line of [pty, tcp]) {
      modem.attach(line);
      atEnd(() => line.hangUp());
    }
    return { pty: pty.path, tcp: tcp.url };
  };
  return { world, ports };
}

afterEach(() => vi.unstubAllEnvs());

describe('gsm-modem', () => {
  test('sends data to a port, and receives it, on a PTY and over TCP', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const from = await ports(anna);
    const to = await ports(bruno);
    const receiving = gsmModemAlone(['receive', '--port', to.tcp, '--json', '--count', '1', '--timeout', '15']);
    const data = ['--data', '0102ff', '--destination-port', '16001', '--source-port', '9'];
    const sent = await gsmModem(['send', '--port', from.pty, '--to', bruno, ...data, '--report', '--json']);
    expect(sent).toMatchObject({ exitCode: 0, err: '' });
    const lines = sent.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.at(-1)).toEqual({ event: 'outcome', outcome: 'sent', references: [0], report: 'delivered' });
    const received = await receiving;
    expect(received.exitCode).toBe(0);
    expect(JSON.parse(received.out)).toEqual({
      from: anna,
      sentAt: expect.stringMatching(/^20\d\d-.*Z$/),
      zone: expect.stringMatching(/^[+-]\d\d:\d\d$/),
      serviceCentre: '+393990000001',
      pdus: [expect.stringMatching(/^[0-9A-F]+0102FF$/)],
      data: '0102FF',
      destinationPort: 16001,
      sourcePort: 9,
    });
  });

  test('resets a modem, and waits until it answers', async ({ onTestFinished }) => {
    const { world, ports } = network(onTestFinished);
    const { pty } = await ports(anna);
    const run = await gsmModem(['reset', '--port', pty, '--json']);
    expect(run).toMatchObject({ exitCode: 0, err: '' });
    expect(JSON.parse(run.out)).toEqual({ event: 'reset', by: 'AT+CFUN=1,1', seconds: expect.any(Number) });
    const attached = world.log.entries().filter((entry) => entry.kind === 'attach' && entry.number === anna);
    expect(attached.length).toBeGreaterThan(1);
  });

  test('shares a file of messages among several modems', async ({ onTestFinished }) => {
    const { world, ports } = network(onTestFinished);
    const [from, also] = [await ports(anna), await ports(bruno)];
    const to = '+393330000003';
    world.addModem({ number: to });
    const file = Array.from({ length: 6 }, (_, index) => `${to},message ${index}\n`).join('');
    const modems = ['--port', from.pty, '--also', also.tcp];
    const run = await gsmModemAlone(['send', '--file', '-', ...modems, '--json'], file);
    expect(run).toMatchObject({ exitCode: 0, err: '' });
    const rate = run.out.trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(rate)).toMatchObject({ event: 'rate', messages: 6, sent: 6, failed: 0, unknown: 0, segments: 6 });
    const senders = world.log.entries().flatMap((entry) => (entry.kind === 'accept' ? entry.from : []));
    expect(senders.toSorted()).toEqual([anna, anna, anna, bruno, bruno, bruno]);
  });

  test('probes, for people and for programs', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const { pty } = await ports(anna);
    const people = await gsmModem(['probe', '--port', pty]);
    expect(people.out).toContain('model: Virtual GSM Modem\n');
    const programs = await gsmModem(['--json', 'probe', '--port', pty]);
    expect(JSON.parse(programs.out)).toMatchObject({ event: 'probe', state: 'ready: home', imei: expect.any(String) });
  });

  test('asks a service of the network, and replies to its menu', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const menu = 'Cash-Mobile Sim\n1 Balance\n2 Number\n0 End';
    const commands = [['*123#', '1'], ['*123#', '--json'], ['*999#']];
    const runs: Run[] = [];
    for (const [index, command] of commands.entries()) {
      const { tcp } = await ports(`+39333000001${index}`);
      runs.push(await gsmModem(['ussd', '--port', tcp, ...command]));
    }
    const [people, programs, unknown] = runs;
    expect(people).toEqual({ exitCode: 0, out: `${menu}\nYour balance is 10.00 €\n`, err: '' });
    expect(JSON.parse(programs?.out ?? '')).toEqual({ event: 'answer', more: true, text: menu });
    expect(unknown).toEqual({ exitCode: 1, out: '', err: 'gsm-modem: the network has no such USSD service\n' });
  });

  test('runs AT commands from a pipe, with PDUs decoded and errors in words', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const { pty } = await ports(anna);
    const pdu = '0011000C919333330000200004AA04000102FF';
    const input = ['AT+CSQ', 'AT+CMGR=7', 'AT+CMGF=0', 'AT+CMGW=18', pdu, 'AT+CMGR=1', ''].join('\n');
    const run = await gsmModemAlone(['console', '--port', pty], input);
    expect(run).toMatchObject({ exitCode: 0, err: '' });
    expect(run.out.split('\n')).toEqual(
      expect.arrayContaining([
        '+CSQ: 23,0',
        '+CMS ERROR: 321 (invalid memory index)',
        pdu,
        expect.stringMatching(/^ {4}TP-DA +.*\+393333000002/),
      ]),
    );
  });

  test('examines a modem that is well, with an SMS to itself', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const { tcp } = await ports(anna);
    const run = await gsmModem(['doctor', '--port', tcp, '--loopback', '--wait', '15', '--json']);
    const checks = run.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(checks.map(({ check, ok }) => [check, ok])).toEqual([
      ['port', true],
      ['modem', true],
      ['SIM', true],
      ['PIN', true],
      ['registration', true],
      ['signal', true],
      ['service centre', true],
      ['store', true],
      ['memories', true],
      ['indications', true],
      ['loopback', true],
    ]);
    expect(run.exitCode).toBe(0);
  });

  test('says what is wrong with one that is not, and what to do', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const { tcp } = await ports(anna, '4321');
    const locked = await gsmModem(['doctor', '--port', tcp]);
    const passed = ['port', 'modem', 'SIM'].map((check) => `ok    ${check}: passed\n`).join('');
    expect(locked).toEqual({
      exitCode: 1,
      out: `${passed}wrong PIN: the SIM wants its PIN: give it (GSM_MODEM_PIN)\n`,
      err: '',
    });
    const missing = await gsmModem(['doctor', '--port', '/dev/nothing-here']);
    expect(missing.out).toMatch(
      /^wrong port: \/dev\/nothing-here: there is no such port: is the modem plugged in\? [A-Z]/,
    );
    expect(missing.exitCode).toBe(1);
  });

  test('takes the PIN from the environment, and shows it nowhere', async ({ onTestFinished }) => {
    const { ports } = network(onTestFinished);
    const { pty } = await ports(anna, '4321');
    const without = await gsmModem(['probe', '--port', pty]);
    expect(without).toMatchObject({ exitCode: 1, err: expect.stringContaining('GSM_MODEM_PIN') });
    const withPin = await gsmModem(['probe', '--port', pty, '--trace'], '4321');
    expect(withPin).toMatchObject({ exitCode: 0, err: expect.stringContaining('> AT+CPIN=******<CR>') });
    expect(withPin.out + withPin.err).not.toContain('4321');
  });

  test('fails with 1 when nothing came in time, and with 2 when a text is too long to go out', async ({
    onTestFinished,
  }) => {
    const { ports } = network(onTestFinished);
    const { pty } = await ports(anna);
    const received = await gsmModem(['receive', '--port', pty, '--count', '1', '--timeout', '1']);
    expect(received).toEqual({ exitCode: 1, out: '', err: 'gsm-modem: 0 of 1 messages came within 1 s\n' });
    const tooLong = 'x'.repeat(255 * 153 + 1);
    const sent = await gsmModem(['send', '--port', pty, '--to', '+1222', '--text', tooLong, '--json']);
    expect(sent).toMatchObject({ exitCode: 2, out: '' });
    expect(JSON.parse(sent.err)).toEqual({ event: 'error', message: 'TP-UD: 256 segments, more than 255' });
  });

  test('wrong use ends a process of its own with 2', async () => {
    const run = await gsmModemAlone(['receive']);
    expect(run).toMatchObject({ exitCode: 2, out: '', err: expect.stringContaining('--port') });
  });

  test('says in one line that there is no such port', async () => {
    const run = await gsmModem(['probe', '--port', '/dev/nothing-here', '--json']);
    expect(run.exitCode).toBe(1);
    expect(JSON.parse(run.err)).toEqual({
      event: 'error',
      message: '/dev/nothing-here: there is no such port: is the modem plugged in?',
    });
  });
});

/** Sessions that are recorded, by their commands. */
const SESSIONS: readonly (readonly string[])[] = [
  ['probe'],
  ['send', '--to', anna, '--text', 'x'.repeat(200), '--report'],
  ['ussd', '*123#', '1'],
  ['doctor', '--loopback', anna],
  ['receive', '--count', '1', '--timeout', '15'],
];

describe('a recording', () => {
  const ends: (() => void)[] = [];
  const folder = mkdtempSync(join(tmpdir(), 'gsm-modem-'));
  const fileOf = (command: string | undefined) => join(folder, `${command}.jsonl`);
  let exitCodes: readonly number[];

  beforeAll(async () => {
    const codes: number[] = [];
    for (const args of SESSIONS) {
      const { world, ports } = network((end) => ends.push(end));
      const { pty } = await ports(anna, '4321');
      if (args[0] === 'receive') world.deliver({ to: anna, from: bruno, content: { kind: 'text', text: 'Ciao' } });
      const { exitCode } = await gsmModem([...args, '--port', pty, '--record', fileOf(args[0])], '4321');
      codes.push(exitCode);
    }
    exitCodes = codes;
  }, 60_000);
  afterAll(() => {
    for (const end of ends) end();
    rmSync(folder, { recursive: true });
  });

  test('is made of each session', () => {
    expect(exitCodes).toEqual(SESSIONS.map(() => 0));
  });

  test.each(SESSIONS)('is printed, and replayed without a modem: %s', async (command) => {
    const file = fileOf(command);
    const trace = await inProcess(executable, 'trace', file);
    expect(trace.out).toContain(' > AT+CGMI<CR>\n');
    expect(trace.out).not.toContain('4321');
    const replay = await inProcess(executable, 'replay', file);
    expect(replay.out).toMatch(/replayed \d+ events: the driver did the same\n$/);
    expect(replay.code).toBe(0);
    const other = join(folder, 'other.jsonl');
    writeFileSync(
      other,
      readFileSync(file, 'utf8').replace(toHex(Buffer.from('AT+CGMM')), toHex(Buffer.from('AT+CXXX'))),
    );
    const diverged = await inProcess(executable, 'replay', other);
    expect(diverged.out).toMatch(/the recording has "AT\+CXXX\\r", the driver typed "AT\+CGMM\\r"\n$/);
    expect(diverged.code).toBe(1);
  });
});

describe('wrong use', () => {
  test.each([
    [['send', '--port', 'x', '--to', '1'], 'give either --text or --data'],
    [['send', '--port', 'x', '--to', '1', '--data', '0g'], 'hexadecimal'],
    [['send', '--port', 'x', '--to', '1', '--text', 'a', '--alphabet', '8bit'], 'does not go into 8bit'],
    [['send', '--port', 'x', '--to', '1', '--text', 'a', '--language', 'it'], 'tr, es, pt'],
    [['send', '--port', 'x', '--to', '1', '--text', 'a', '--dcs', '20'], 'compressed'],
    [['send', '--port', 'x', '--to', '1', '--text', 'a', '--source-port', '1'], '--destination-port'],
    [['send', '--port', 'x', '--to', '1', '--text', 'a', '--destination-port', '70000'], 'from 0 to 65535'],
    [['send', '--port', 'x'], '--file'],
    [['send', '--port', 'x', '--to', '1', '--file', 'y'], 'none of --to'],
    [['send', '--port', 'x', '--to', '1', '--text', 'a', '--also', 'y'], 'go with --file'],
    [['send', '--port', 'x', '--to', 'abc', '--text', 'a'], 'international number'],
    [['send', '--port', 'x', '--to', '+1'.padEnd(40, '2'), '--text', 'a'], 'international number'],
    [['receive'], '--port'],
    [['probe', '--port', 'x', '--pin'], 'GSM_MODEM_PIN'],
    [['probe', '--port', 'tcp://127.0.0.1'], 'tcp://host:port'],
    [['bogus'], "unknown command 'bogus'"],
  ])('%j is told in one line, and 2', async (args, words) => {
    const run = await gsmModem(args);
    expect(run).toMatchObject({ exitCode: 2, out: '' });
    expect(run.err).toContain(words);
    expect(run.err.trimEnd()).not.toContain('\n');
  });
});
