import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { installFrom, readDescriptor } from '../../../device/cli/descriptor-source.ts';
import { readCommand } from '../../../device/cli/headless-command.ts';
import { runHeadless } from '../../../device/cli/headless-session.ts';
import type { Output } from '../../../modem/cli/program.ts';
import { type Cancel, type Clock, sleep, systemClock } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { bench, during } from '../bench.ts';
import { type CashBench, enrolled, installed, PIN } from '../cash-mobile/cash-bench.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/device/cli/cash-handset.js');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cash-handset-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Runs the executable and says what it printed and how it ended. */
function run(
  ...args: readonly string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...args], (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 0;
      resolve({ code, stdout, stderr });
    });
  });
}

/** Runs commands on a phone and gives what was printed. */
async function headless(cash: CashBench, ...commands: readonly unknown[]): Promise<readonly Record<string, unknown>[]> {
  return (await session(cash, true, commands)).printed;
}

/** Runs commands on a phone, gives what was printed and the error that ended it. */
async function session(cash: CashBench, keepGoing: boolean, commands: readonly unknown[]) {
  const printed: Record<string, unknown>[] = [];
  const lines: (string | undefined)[] = [];
  const output: Output = {
    json: true,
    print(record, text) {
      printed.push({ ...record });
      lines.push(text);
    },
  };
  const input = new PassThrough();
  for (const command of commands) input.write(`${typeof command === 'string' ? command : JSON.stringify(command)}\n`);
  input.end();
  const running = runHeadless({ handset: cash.handset, clock: cash.clock, input, output, keepGoing });
  const failure = await during(
    cash.clock,
    running.then(
      () => undefined,
      (error: unknown) => error,
    ),
  );
  return { printed, lines, failure };
}

describe('cash-handset --headless', () => {
  test('does what it is told, and prints screens and messages', async () => {
    const cash = await enrolled();
    await cash.request();
    const printed = await headless(cash, { select: 'Approve' }, { type: PIN }, { select: 'Confirm' }, { screen: true });
    expect(printed[0]).toEqual({ event: 'ready', pid: process.pid, applications: ['Cash-Mobile'] });
    expect(printed).toContainEqual(
      expect.objectContaining({ event: 'sent', to: '+393400000001', octets: 133, port: 16_001 }),
    );
    expect(printed.at(-2)).toMatchObject({ event: 'screen', kind: 'form', title: 'Payment' });
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([true]);
  });

  test('says of each command that it is done, by its id or its number, after what it changed', async () => {
    const printed = await headless(
      await enrolled(),
      { select: 'Menu', id: 'first' },
      { press: 'down' },
      { screen: true, id: 7 },
    );
    const told = printed.map(({ event, id, title }) => (event === 'screen' ? title : (id ?? event)));
    const inOrder = told.slice(told.indexOf('ready')).filter((word, index, words) => word !== words[index - 1]);
    expect(inOrder.filter((word) => word !== '')).toEqual(['ready', 'Menu', 'first', 'Menu', 2, 'Menu', 7]);
    expect(printed.filter(({ event }) => event === 'done')).toEqual([
      { event: 'done', id: 'first', ok: true },
      { event: 'done', id: 2, ok: true },
      { event: 'done', id: 7, ok: true },
    ]);
  });

  test('does not count empty lines, and calls a command that it cannot read by its id', async () => {
    const printed = await headless(await enrolled(), '', { press: 'F13', id: 'odd' }, '  ', { screen: true });
    expect(printed.filter(({ event }) => event === 'done')).toEqual([
      { event: 'done', id: 'odd', ok: false },
      { event: 'done', id: 2, ok: true },
    ]);
    expect(printed).toContainEqual(expect.objectContaining({ event: 'error', id: 'odd' }));
  });

  test('does not print a screen again that differs only in its secrets', async () => {
    const cash = await enrolled();
    await cash.request();
    const printed = await headless(cash, { select: 'Approve' }, { type: '4' }, { type: '8' });
    const screens = printed.filter(({ event }) => event === 'screen').map((screen) => JSON.stringify(screen));
    expect(screens.filter((screen, index) => screen === screens[index - 1])).toEqual([]);
  });

  test('prints the same while a PIN or a code is typed, however long it is, and whatever stands in it', async () => {
    const typed = async (cash: CashBench, text: string) => {
      await cash.settle();
      const lines = await headless(cash, { type: text }, { screen: true }, { press: 'left' }, { screen: true });
      return lines.map((line) => JSON.stringify(line));
    };
    const pins: (readonly string[])[] = [];
    for (const pin of ['4', '48213', '90909', '48213907']) {
      const cash = await enrolled();
      await cash.request();
      await cash.select('Approve');
      pins.push(await typed(cash, pin));
    }
    expect(pins).toEqual(pins.map(() => pins[0]));
    const codes: (readonly string[])[] = [];
    for (const code of ['7', '7777', '12345678']) codes.push(await typed(await installed(), code));
    expect(codes).toEqual(codes.map(() => codes[0]));
    expect(JSON.stringify([pins, codes])).not.toContain('•');
  });

  test.each([true, false])('holds a key when it is told to: long is %s', async (long) => {
    const cash = await enrolled();
    const pressed: (readonly [string, boolean | undefined])[] = [];
    const press = cash.handset.press.bind(cash.handset);
    cash.handset.press = (key, held) => {
      pressed.push([key, held]);
      press(key, held);
    };
    await headless(cash, { press: '1', long });
    expect(pressed).toEqual([['1', long]]);
  });

  test('has a line for people for screens, messages and applications, and for errors that do not end it', async () => {
    const cash = await enrolled();
    await cash.request();
    const commands = [{ select: 'Approve' }, { type: PIN }, { select: 'Confirm' }, { select: 'Nowhere' }];
    const { printed, lines } = await session(cash, true, commands);
    const textOf = (wanted: string) => lines[printed.findIndex(({ event }) => event === wanted)];
    expect(textOf('screen')).toBe('[Payment | Edicola Duomo | EUR 12.50 | PIN | Confirm | Back | ✓ Cash-Mobile]');
    expect(textOf('sent')).toMatch(/^→ \+393400000001:16001 133 octets, sent$/);
    expect(textOf('error')).toMatch(/^error: There is no "Nowhere"/);
    expect([textOf('ready'), textOf('done')]).toEqual([undefined, undefined]);
    // An error that ends the program is printed by the program.
    const ending = await session(await enrolled(), false, [{ select: 'Nowhere' }]);
    expect(ending.lines[ending.printed.findIndex(({ event }) => event === 'error')]).toBeUndefined();
  });

  test.each<[what: string, command: unknown, id: string | number, message: RegExp]>([
    ['a line of 4,096 characters', `{"select":"${'x'.repeat(4_083)}"}`, 1, /^There is no "x+" to select/],
    ['one of 4,097', `{"select":"${'x'.repeat(4_084)}"}`, 1, /at most 4096 characters/],
    ['1,000 characters to type', { type: 'x'.repeat(1_000) }, 1, /^No text field/],
    ['1,001', { type: 'x'.repeat(1_001) }, 1, /^Expected a command/],
    ['an id of 100 characters', { select: 'x', id: 'y'.repeat(100) }, 'y'.repeat(100), /^There is no "x"/],
    ['one of 101', { select: 'x', id: 'y'.repeat(101) }, 1, /^Expected a command/],
    ['an id that is 0', { select: 'x', id: 0 }, 0, /^There is no "x"/],
    ['an id that is a list', { select: 'x', id: [] }, 1, /^Expected a command/],
    ['no time to wait', { waitFor: 'x', limitMs: 0 }, 1, /^Waited 0 ms/],
    ['half a millisecond', { waitFor: 'x', limitMs: 0.5 }, 1, /^Expected a command/],
    ['more than a day', { waitFor: 'x', limitMs: 86_400_001 }, 1, /^Expected a command/],
    ['a screen that is not wanted', { screen: false }, 1, /^Expected a command/],
    ['a key held "yes"', { press: '1', long: 'yes' }, 1, /^Expected a command/],
    ['a choice under another label', { select: 'Menu', under: 'Receive' }, 1, /^There is no "Menu" under "Receive"/],
    ['an empty object', {}, 1, /^There is no command : the commands are/],
  ])('answers %s by its id or number', async (_what, command, id, message) => {
    const printed = await headless(await enrolled(), command);
    expect(printed).toContainEqual({ event: 'error', id, message: expect.stringMatching(message) });
  });

  test('a screen may be waited for for a day', () => {
    const command = { waitFor: 'x', limitMs: 86_400_000 };
    expect(readCommand(JSON.stringify(command))).toEqual(command);
  });

  test('ends with the first command that fails, and does not do the next', async () => {
    const { printed, failure } = await session(await enrolled(), false, [
      { select: 'Nowhere', id: 'lost' },
      { select: 'Menu' },
    ]);
    expect(failure).toEqual(expect.objectContaining({ message: expect.stringContaining('no "Nowhere"') }));
    expect(printed.slice(-2)).toEqual([
      { event: 'error', id: 'lost', message: expect.stringContaining('no "Nowhere"') },
      { event: 'done', id: 'lost', ok: false },
    ]);
    expect(JSON.stringify(printed)).not.toContain('"title":"Menu"');
  });

  test('prints neither an activation code, nor a PIN, nor how long they are', async () => {
    const cash = await installed();
    const code = cash.service.activationCode.replace('-', '');
    const typed = [code.slice(0, 3), code.slice(3), '8', PIN];
    const printed = await headless(
      cash,
      { type: typed[0] },
      { screen: true },
      { select: 'Nowhere' },
      { type: typed[1] },
      { select: 'Next' },
      { type: typed[3] },
      { screen: true },
      { select: 'Nowhere' },
    );
    const text = JSON.stringify(printed);
    expect(text).toContain('Activation code');
    expect(text).toContain('New PIN, 5 to 8 digits');
    for (const secret of [typed[0], typed[1], PIN, '•']) expect(text).not.toContain(secret);
    const pinScreens = printed.filter(({ event, title }) => event === 'screen' && title === 'Choose a PIN');
    expect(new Set(pinScreens.map(({ items, rows }) => JSON.stringify([items, rows]))).size).toBe(1);
  });

  test('never prints the PIN', async () => {
    const cash = await enrolled();
    await cash.request();
    const printed = await headless(
      cash,
      { select: 'Approve' },
      { type: PIN },
      { type: `${PIN}99999` },
      { select: 'nothing' },
    );
    expect(JSON.stringify(printed)).not.toContain('•');
    expect(JSON.stringify(printed)).not.toContain(PIN);
  });

  test('waits for a screen', async () => {
    const cash = await enrolled();
    const request = cash.service.sms(cash.service.payRequest({ time: cash.service.now + 5 }));
    cash.clock.after(5_000, () => void cash.radio.deliver(request));
    const printed = await headless(cash, { waitFor: 'Pay to', limitMs: 10_000 }, { screen: true });
    expect(printed.at(-2)).toMatchObject({ event: 'screen', title: 'Payment' });
  });

  test.each([
    ['what is no JSON', 'press', /Expected a command such as/],
    ['a key that does not exist', { press: 'F13' }, /There is no key F13: the keys are 1, 2, .*soft-left, .*power$/],
    [
      'a command that does not exist',
      { pres: '1' },
      /no command pres: the commands are press, type, select, waitFor, screen, install$/,
    ],
    ['a detail that does not exist', { press: '1', hold: true }, /press has no hold: it has press, long, id$/],
    ['a name of all objects', { toString: '1' }, /There is no command toString/],
    ['what is no object', '[1]', /Expected a command such as/],
    ['a value that makes no sense', { waitFor: 'x', limitMs: -1 }, /Expected a command such as/],
    ['two things at once', { press: '1', type: '2' }, /Expected a command such as/],
    ['a line without end', `{"type":"${'1'.repeat(5_000)}"}`, /at most 4096 characters/],
    ['a label that is not there', { select: 'Nowhere' }, /There is no "Nowhere" to select\. The screen shows: I-Sim/],
    ['text where none can be written', { type: 'a' }, /No text field has the focus/],
    ['a screen that does not come', { waitFor: 'Godot', limitMs: 100 }, /Waited 100 ms for Godot/],
    ['a file that is not there', { install: '/nowhere.jad' }, /There is no descriptor \/nowhere\.jad/],
  ])('that is to keep going answers %s with an error and goes on', async (_name, command, message) => {
    const printed = await headless(await enrolled(), command, { screen: true });
    expect(printed).toContainEqual({ event: 'error', id: 1, message: expect.stringMatching(message) });
    expect(printed.at(-2)).toMatchObject({ event: 'screen', kind: 'idle' });
  });
});

describe('A descriptor', () => {
  test.each([
    ['no attributes', 'hello', 'Line 1 of the descriptor is not "Name: value"'],
    ['no name', 'MIDlet-Version: 1.0', 'The descriptor has no MIDlet-1'],
  ])('that has %s is refused with the name of its file', async (_what, text, reason) => {
    const path = join(folder, 'bad.jad');
    writeFileSync(path, text);
    const printed = await headless(await enrolled(), { install: path });
    expect(printed).toContainEqual({ event: 'error', id: 1, message: `${path}: ${reason}` });
  });

  test('is read from a file of at most 16,384 octets', async () => {
    const path = join(folder, 'a.jad');
    const largest = 'MIDlet-Name: A'.padEnd(16_384);
    writeFileSync(path, largest);
    expect(await readDescriptor(path, systemClock)).toBe(largest);
    writeFileSync(path, `${largest} `);
    await expect(readDescriptor(path, systemClock)).rejects.toThrow('at most 16384');
  });

  test.each([
    [16_384, true],
    [16_385, false],
  ])('of %i octets is read: %s, from a file and from a URL', async (octets, isRead) => {
    const text = 'x'.repeat(octets);
    const path = join(folder, 'long.jad');
    writeFileSync(path, text);
    const server = createServer((_request, response) => response.end(text)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${portOf(server)}/long.jad`;
    for (const source of [path, url]) {
      const read = readDescriptor(source, systemClock);
      if (isRead) expect(await read).toBe(text);
      else await expect(read).rejects.toThrow('16384');
    }
    server.close();
  });

  test.each([
    ['a character in two pieces', ['MIDlet-Name: ', 0xc3, undefined, 0xa9], 'MIDlet-Name: é'],
    ['a signature at the begin', [0xef, 0xbb, 0xbf, 'MIDlet-Name: A'], '\ufeffMIDlet-Name: A'],
    ['half a character at the end', ['MIDlet-Name: ', 0xc3], undefined],
  ])('that comes with %s is read, or refused when it is no text', async (_what, parts, text) => {
    const server = createServer(async (_request, response) => {
      for (const part of parts) {
        if (part === undefined) await sleep(systemClock, 50);
        else response.write(typeof part === 'string' ? part : Uint8Array.of(part));
      }
      response.end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    // The alarm of the download is taken back.
    let alarms = 0;
    const after = (): Cancel => {
      alarms += 1;
      return () => {
        alarms -= 1;
      };
    };
    const clock: Clock = { now: () => 0, after };
    const read = readDescriptor(`http://127.0.0.1:${portOf(server)}/a.jad`, clock);
    if (text === undefined) await expect(read).rejects.toThrow('is not UTF-8');
    else expect(await read).toBe(text);
    expect(alarms).toBe(0);
    server.close();
  });

  test.each([
    ['that does not answer', () => {}],
    ['that stops in the middle', (response: ServerResponse) => void response.write('MIDlet-Name: A')],
  ])('from a server %s is awaited for 15 s', async (_what, answer) => {
    let isAsked = false;
    const server = createServer((_request, response) => {
      answer(response);
      isAsked = true;
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const clock = new VirtualClock();
    const url = `http://127.0.0.1:${portOf(server)}/a.jad`;
    let failure: unknown;
    const reading = readDescriptor(url, clock).catch((error: unknown) => {
      failure = error;
    });
    await expect.poll(() => isAsked).toBe(true);
    await clock.advance(14_999);
    expect(failure).toBeUndefined();
    await clock.advance(1);
    await reading;
    expect(failure).toMatchObject({ message: `${url} does not answer within 15 s` });
    server.closeAllConnections();
    server.close();
  });

  test('that the server does not have is refused with its status', async () => {
    const server = createServer((_request, response) => response.writeHead(404).end('MIDlet-Name: A'));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${portOf(server)}/gone.jad`;
    await expect(readDescriptor(url, systemClock)).rejects.toThrow(`${url} answers 404`);
    server.close();
  });

  test('at a URL where nobody answers is refused in one line', async () => {
    await expect(readDescriptor('http://127.0.0.1:9/a.jad', systemClock)).rejects.toThrow(
      'http://127.0.0.1:9/a.jad cannot be reached',
    );
  });
});

describe('cash-handset', () => {
  test.each([
    ['without a modem', ['--flash', 'x.json'], 2, /--port/],
    [
      'in a language it does not speak',
      ['--port', 'x', '--flash', 'y', '--language', 'fr'],
      2,
      /speaks en and it, not "fr"/,
    ],
    ['without a terminal', ['--port', 'x', '--flash', 'y'], 2, /not a terminal: use --headless/],
    [
      'on a modem that is not there',
      ['--port', '/dev/nowhere', '--flash', join(tmpdir(), 'cash-handset-none.json'), '--headless'],
      1,
      /\/dev\/nowhere/,
    ],
    [
      'with a flash that has no place',
      ['--port', 'x', '--flash', '/nowhere/phone.json', '--headless'],
      1,
      /^cash-handset: There is no folder \/nowhere for the flash file \/nowhere\/phone\.json: make the folder, or give/,
    ],
  ])('%s ends with one line', async (_name, args, code, message) => {
    const ended = await run(...args);
    expect(ended.code).toBe(code);
    expect(ended.stderr).toMatch(message);
    expect(ended.stderr.trim().split('\n')).toHaveLength(1);
  });

  test('says how to use it', async () => {
    const { code, stdout } = await run('--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--headless');
  });
});

test.each([
  ['is none', 'hello', 906, 'Line 1 of the descriptor is not "Name: value"'],
  [
    'wants what this phone has not',
    `${'MIDlet-Name: A\nMIDlet-Version: 1.0\nMIDlet-Vendor: I\nMIDlet-1: A,,'}B`,
    908,
    'no class B',
  ],
])(
  'a descriptor that %s is refused with the name of its source and the status for the network',
  (_what, jad, status, words) => {
    const { handset } = bench();
    const install = () => installFrom('http://a/b.jad', jad, handset);
    expect(install).toThrow(
      expect.objectContaining({ status, message: expect.stringMatching(/^http:\/\/a\/b\.jad: /) }),
    );
    expect(install).toThrow(words);
  },
);
