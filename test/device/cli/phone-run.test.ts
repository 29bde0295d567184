import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cashHandset } from '../../../device/cli/cash-handset-program.ts';
import { lockFlash } from '../../../device/hal/flash-lock.ts';
import { fileFlash, QuickJsEngine } from '../../../device/index.ts';
import { openSuite, readOffer } from '../../../device/suite/index.ts';
import { createProgram, UsageError } from '../../../modem/cli/program.ts';
import { systemClock } from '../../../modem/index.ts';
import { openTcp } from '../../../sim/index.ts';
import { line, ok, ScriptedModem } from '../../modem/scripted-modem.ts';
import { bench } from '../bench.ts';
import { descriptor, JAR, primitives } from '../suite/built-suite.ts';

// The sources have no scripts beside them: those are made by the build.
vi.mock('../../../device/machine/scripts.ts', async () => {
  const { cashMobileScript, libraryScript } = await import('../machine/engine.ts');
  const scripts = { library: await libraryScript(), cashMobile: await cashMobileScript() };
  return { readScript: (name: keyof typeof scripts) => scripts[name] };
});

/** From where the phone says that it may load applications. */
const loadable = vi.hoisted(() => ({ allows: (_host: string): boolean => false }));
vi.mock('../../../device/cli/http-download.ts', () => ({
  HttpDownload: class {
    constructor(allows: (host: string) => boolean) {
      loadable.allows = allows;
    }
  },
}));

const JAD = 'MIDlet-Name: Pay\nMIDlet-Version: 1.0\nMIDlet-Vendor: I\nMIDlet-1: Pay,,CashMobile\n';

let folder: string;
let flash: string;
let script: ScriptedModem;
let url: string;
let isPortOpen: boolean;
let stdin: PassThrough;
let out: string;
const ends: (() => unknown)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'phone-run-'));
  flash = join(folder, 'phone.json');
  out = '';
  isPortOpen = false;
  const tcp = await openTcp();
  url = tcp.url;
  const listen = tcp.listen.bind(tcp);
  script = new ScriptedModem({
    ...tcp,
    write: (octets) => tcp.write(octets),
    hangUp: () => tcp.hangUp(),
    listen: (events) =>
      listen({
        ...events,
        opened() {
          isPortOpen = true;
          events.opened();
        },
        closed() {
          isPortOpen = false;
          events.closed();
        },
      }),
  });
  script
    .when(/^AT/, ok())
    .when('AT+CGMI', ok('Maker'))
    .when('AT+CGSN', ok('350123451234560'))
    .when('AT+CPIN?', ok('+CPIN: READY'))
    .when('AT+CREG?', ok('+CREG: 1,1'))
    .when('AT+COPS?', ok('+COPS: 0,0,"TestNet"'))
    .when('AT+CSQ', ok('+CSQ: 31,0'));
  stdin = new PassThrough();
  vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as unknown as typeof process.stdin);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  ends.push(() => tcp.hangUp());
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  for (const end of ends.splice(0)) end();
  rmSync(folder, { recursive: true });
});

/** Runs `cash-handset` in this process. */
async function run(...args: readonly string[]): Promise<void> {
  const program = createProgram('cash-handset', '');
  cashHandset.withoutCommand?.(program);
  await program.parseAsync(['node', 'cash-handset', '--port', url, '--flash', flash, ...args]);
}

function type(...commands: readonly object[]): void {
  for (const command of commands) stdin.write(`${JSON.stringify(command)}\n`);
}

const printed = (): readonly Record<string, unknown>[] =>
  out
    .trim()
    .split('\n')
    .map((text) => JSON.parse(text));

/** Whether another handset could use the flash file. */
function isFlashFree(): boolean {
  try {
    lockFlash(flash)();
    return true;
  } catch {
    return false;
  }
}

test.each([
  ['only the input is a terminal', false, true, [], 'This is not a terminal: use --headless'],
  ['only the output is one', true, false, [], 'This is not a terminal: use --headless'],
  ['--keep-going stands without --headless', true, true, ['--keep-going'], '--keep-going is for --headless'],
])('is used wrongly when %s', async (_what, stdout, input, args, message) => {
  const { isTTY } = process.stdout;
  Object.assign(stdin, { isTTY: input });
  process.stdout.isTTY = stdout;
  const failure = await run(...args).catch((error: unknown) => error);
  process.stdout.isTTY = isTTY;
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toMatchObject({ message });
  expect([script.typed, isFlashFree()]).toEqual([[], true]);
});

test('holds the flash file while it runs; then modem, input and flash file are free', async () => {
  writeFileSync(join(folder, 'pay.jad'), JAD);
  type({ screen: true });
  const running = run('--headless', '--json', '--language', 'it', '--install', join(folder, 'pay.jad'));
  await expect.poll(() => out, { timeout: 10_000 }).toContain('"done"');
  expect([isFlashFree(), isPortOpen]).toEqual([false, true]);
  stdin.end();
  await running;
  await expect.poll(() => isPortOpen).toBe(false);
  expect([isFlashFree(), stdin.destroyed]).toEqual([true, true]);
  expect(printed()).toContainEqual({ event: 'ready', pid: process.pid, applications: ['Pay'] });
  const screens = printed().filter(({ event }) => event === 'screen');
  // In Italian, with the operator and the signal of the modem; at the end the phone is off.
  expect(JSON.stringify(screens)).toContain('Messaggi');
  expect(JSON.stringify(screens)).toContain('TestNet');
  expect(screens.find(({ kind }) => kind === 'idle')).toMatchObject({ icons: { signal: 4 } });
  expect(screens.at(-1)).toMatchObject({ kind: 'off' });
});

test('says that the modem is gone, and not that it is closed at the end', async () => {
  const running = run('--headless', '--json');
  await expect.poll(() => out, { timeout: 10_000 }).toContain('"ready"');
  await ends.pop()?.();
  await expect.poll(() => out, { timeout: 10_000 }).toContain('"modem"');
  const { since, ...said } = printed().find(({ event }) => event === 'modem') ?? {};
  expect(said).toMatchObject({ event: 'modem', port: url, state: 'lost' });
  expect(said['detail']).toMatch(/^lost: /);
  expect(since).toMatch(/^\d{4}-\d\d-\d\dT.*Z$/);
  stdin.end();
  await running;
  expect(printed().filter(({ state }) => state === 'closed')).toEqual([]);
});

test('says before anything else that the application to install is older than the one in the phone', async () => {
  bench({ flash: fileFlash(flash) }).handset.install(JAD);
  writeFileSync(join(folder, 'old.jad'), JAD.replace('Version: 1.0', 'Version: 0.9'));
  stdin.end();
  await run('--headless', '--json', '--install', join(folder, 'old.jad'));
  expect(printed()[0]).toEqual({
    event: 'installed',
    name: 'Pay',
    version: '0.9',
    replaced: '1.0',
    isDowngrade: true,
  });
});

test.each([
  [[], 0],
  [['--machine', 'in-process'], 0],
  [['--machine', 'quickjs'], 1],
])('with %j runs its application in as many virtual machines: %d', async (args, machines) => {
  const opened = vi.spyOn(QuickJsEngine, 'open');
  bench({ flash: fileFlash(flash) }).handset.install(JAD);
  for (const select of ['Menu', 'Applications', 'Pay']) type({ select });
  type({ waitFor: 'Pay had to be closed.' });
  stdin.end();
  await run('--headless', '--json', ...args);
  expect(opened).toHaveBeenCalledTimes(machines);
  expect(printed()).toContainEqual({ event: 'application', name: 'Pay', state: 'started' });
});

test.each([
  ['--load-from', 'https://pay.example', 'is not the name of a host'],
  ['--load-from', 'pay.example/chat', 'is not the name of a host'],
  ['--load-from', 'pay.example:8443', 'is not the name of a host'],
  ['--load-from', 'anna@pay.example', 'is not the name of a host'],
  ['--trust', '07'.repeat(31), 'is not a public key'],
])('is used wrongly with %s %s', async (option, value, message) => {
  const failure = await run('--headless', option, value).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toMatchObject({ message: expect.stringContaining(`${value} ${message}`) });
  expect(script.typed).toEqual([]);
});

test('loads from the hosts that it is told, and from those of which it has an application', async () => {
  const suite = openSuite(readOffer(descriptor(), primitives), JAR, primitives);
  bench({ flash: fileFlash(flash) }).handset.installSuite(suite, JAR, 'https://old.example:8443/chat.jad');
  stdin.end();
  await run('--headless', '--json', '--load-from', 'One.example', '--load-from', 'two.example');
  const hosts = ['one.example', 'two.example', 'old.example', 'new.example'];
  expect(hosts.filter((host) => loadable.allows(host))).toEqual(['one.example', 'two.example', 'old.example']);
});

test('knows no other machine', async () => {
  await expect(run('--headless', '--machine', 'jvm')).rejects.toThrow(/Allowed choices are in-process, quickjs/);
});

test('shows the time of the machine: two hours ahead of UTC where that is so', async () => {
  vi.spyOn(Date.prototype, 'getTimezoneOffset').mockReturnValue(-120);
  const local = () => new Date(systemClock.now() + 2 * 3_600_000).toISOString().slice(11, 16);
  const before = local();
  stdin.end();
  await run('--headless', '--json');
  const times = [before, local()].map((clock) => expect.objectContaining({ clock }));
  const idle = printed().find(({ kind }) => kind === 'idle');
  expect(times).toContainEqual(idle?.['icons']);
});

test('asks the modem for operator and signal no more when it has ended', async () => {
  const after = systemClock.after.bind(systemClock);
  const looks: { cancelled: boolean }[] = [];
  vi.spyOn(systemClock, 'after').mockImplementation((ms, task) => {
    const look = { cancelled: false };
    const cancel = after(ms, task);
    // The driver has timers of this length too; those end with the modem.
    if (ms === 30_000) looks.push(look);
    return () => {
      look.cancelled = true;
      cancel();
    };
  });
  stdin.end();
  await run('--headless', '--json');
  expect(looks.length).toBeGreaterThan(0);
  expect(looks.filter(({ cancelled }) => !cancelled)).toEqual([]);
});

test('ends with the first command that fails, and leaves nothing open though the input goes on', async () => {
  type({ select: 'Nowhere' }, { screen: true });
  await expect(run('--headless', '--json')).rejects.toThrow('no "Nowhere"');
  await expect.poll(() => isPortOpen).toBe(false);
  expect([isFlashFree(), stdin.destroyed]).toEqual([true, true]);
  expect(printed().filter(({ event }) => event === 'done')).toEqual([{ event: 'done', id: 1, ok: false }]);
});

test('goes on with --keep-going, and prints lines for people without --json', async () => {
  type({ select: 'Nowhere' }, { screen: true });
  stdin.end();
  await run('--headless', '--keep-going');
  const lines = out.trim().split('\n');
  expect(lines.filter((text) => text.startsWith('error: There is no "Nowhere"'))).toHaveLength(1);
  expect(lines.filter((text) => /^\[.*TestNet.*\|.*\]$/.test(text)).length).toBeGreaterThan(0);
  expect(lines.some((text) => text.startsWith('{'))).toBe(false);
});

test('takes the port from the environment when none is given, and needs one of both', async () => {
  const start = (...args: readonly string[]) => {
    const program = createProgram('cash-handset', '').exitOverride();
    cashHandset.withoutCommand?.(program);
    return program.parseAsync(['node', 'cash-handset', '--flash', flash, '--headless', '--json', ...args]);
  };
  vi.stubEnv('GSM_MODEM_PORT', url);
  stdin.end();
  await start();
  expect(printed()).toContainEqual({ event: 'ready', pid: process.pid, applications: [] });
  vi.stubEnv('GSM_MODEM_PORT', undefined);
  await expect(start()).rejects.toMatchObject({ code: 'commander.missingMandatoryOptionValue' });
});

test('opens the SIM with the PIN from the environment', async () => {
  vi.stubEnv('GSM_MODEM_PIN', '4821');
  script.when(/^AT\+CPINR/, ok('+CPINR: SIM PIN,3,3'));
  script.when('AT+CPIN?', ok('+CPIN: SIM PIN')).when('AT+CPIN="4821"', () => {
    script.when('AT+CPIN?', ok('+CPIN: READY'));
    return ok();
  });
  stdin.end();
  await run('--headless', '--json');
  expect(script.typed.filter((typed) => typed.startsWith('AT+CPIN='))).toEqual(['AT+CPIN="4821"']);
  expect(out).not.toContain('4821');
});

test.each([
  ['no PIN', undefined],
  ['an empty PIN', ''],
])('types no PIN when the environment has %s', async (_what, pin) => {
  vi.stubEnv('GSM_MODEM_PIN', pin);
  script.when('AT+CPIN?', ok('+CPIN: SIM PIN'));
  await expect(run('--headless', '--json')).rejects.toMatchObject({ name: 'ModemError' });
  expect(script.typed.filter((typed) => typed.startsWith('AT+CPIN='))).toEqual([]);
  expect(isFlashFree()).toBe(true);
});

test.each([
  ['cannot be read', undefined, /^There is no descriptor .*pay\.jad$/, false],
  ['is no descriptor', 'hello', /pay\.jad: Line 1 of the descriptor is not/, true],
])('fails when the file to install %s, and leaves nothing open', async (_what, jad, message, opensModem) => {
  if (jad !== undefined) writeFileSync(join(folder, 'pay.jad'), jad);
  script.when('AT+CNMI?', line('ERROR'));
  await expect(run('--headless', '--json', '--install', join(folder, 'pay.jad'))).rejects.toThrow(message);
  await expect.poll(() => isPortOpen).toBe(false);
  expect([script.typed.length > 0, isFlashFree(), out]).toEqual([opensModem, true, '']);
});
