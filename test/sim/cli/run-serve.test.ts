import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { UsageError } from '../../../modem/cli/program.ts';
import { followEvidence, withEvidence } from '../../../sim/cli/evidence-source.ts';
import { keepLogIn } from '../../../sim/cli/kept-log.ts';
import { controlUrl } from '../../../sim/cli/options.ts';
import { runServe, type ServeCommandOptions } from '../../../sim/cli/run-serve.ts';
import { jsonLine, type LogEntry } from '../../../sim/log.ts';
import { quietWorld } from '../host.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
type Signal = (typeof SIGNALS)[number];

let folder: string;
let before: ReadonlyMap<Signal, readonly unknown[]>;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'run-serve-'));
  vi.stubEnv('TMPDIR', folder);
  before = new Map(SIGNALS.map((signal) => [signal, process.listeners(signal)]));
});

afterEach(() => {
  for (const signal of SIGNALS) for (const listener of added(signal)) process.off(signal, listener);
  process.exitCode = undefined;
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** What `serve` listens for. */
const added = (signal: Signal) => process.listeners(signal).filter((one) => !before.get(signal)?.includes(one));
const interrupt = (signal: Signal) => {
  for (const listener of added(signal)) listener(signal);
};

const OPTIONS: ServeCommandOptions = {
  ...{ modems: 1, seed: '1', profile: 'none', control: 0, personality: ['standard'] },
  clock: { kind: 'speed', factor: 1 },
};

/** Serves; what it prints as records, and as text. */
function serving(options: Partial<ServeCommandOptions> = {}, argv: readonly string[] = [], json = true) {
  const records: Record<string, unknown>[] = [];
  const texts: (string | undefined)[] = [];
  const print = (record: object, text?: string) => {
    records.push({ ...record });
    texts.push(text);
  };
  return { records, texts, ended: runServe({ ...OPTIONS, ...options }, argv, { json, print }) };
}

/** A scenario in which a message does not come as it should. */
function failingScenario(): string {
  const path = join(folder, 'failing.yaml');
  writeFileSync(
    path,
    [
      'name: failing',
      'lasts: 1s',
      'phones: [{ name: anna, number: "+393330000001" }]',
      'steps: [{ at: 0s, read: anna }]',
      'expect: [{ count: { kind: deliver }, is: 1 }]',
    ].join('\n'),
  );
  return path;
}

describe('serve', () => {
  test.each(SIGNALS)('ends at %s, and takes its folder away', async (signal) => {
    const { records, texts, ended } = serving({ codePorts: true });
    await expect.poll(() => records).toHaveLength(1);
    const [made = ''] = readdirSync(folder);
    expect(records[0]).toMatchObject({ event: 'ready', pid: process.pid, modems: [{ number: '+393330000001' }] });
    expect(texts[0]).toMatch(/^NUMBER {11}TTY .*TCP\n\+393330000001 +\/\S+modem1 tcp:\S+ codes: \/\S+modem1-codes\n/);
    expect(existsSync(join(folder, made, 'modem1'))).toBe(true);
    interrupt(signal);
    await ended;
    expect(readdirSync(folder)).toEqual([]);
    expect(process.exitCode).toBeUndefined();
  });

  test.each([
    ['that was there', true],
    ['that it makes itself', false],
  ])('takes away its links in a folder %s, and the folder only when it made it', async (_which, wasThere) => {
    const dir = join(folder, 'mine');
    if (wasThere) mkdirSync(dir);
    const { records, ended } = serving({ dir });
    await expect.poll(() => records).toHaveLength(1);
    expect(readdirSync(dir)).toEqual(['modem1']);
    interrupt('SIGTERM');
    await ended;
    expect(existsSync(dir) ? readdirSync(dir) : undefined).toEqual(wasThere ? [] : undefined);
  });

  test.each([
    ['a command that ends well', 1, ['true']],
    ['a command that fails', 3, ['sh', '-c', 'exit 3']],
    ['no command', 1, []],
  ])('with a scenario that fails and %s ends with code %d', async (_what, code, argv) => {
    const { records, ended } = serving({ scenario: failingScenario(), clock: { kind: 'fast' } }, argv);
    await ended;
    expect(process.exitCode).toBe(code);
    expect(records.at(-1)).toMatchObject({ name: 'failing', ok: false });
  });

  test('interrupted before its command began does not begin it', async () => {
    const mark = join(folder, 'mark');
    const { ended } = serving({ dir: join(folder, 'm') }, ['touch', mark]);
    interrupt('SIGTERM');
    await ended;
    expect([process.exitCode, existsSync(mark)]).toEqual([128 + 15, false]);
  });

  test.each([
    ['a command', ['true'], false, '--view goes with no command and without --json'],
    ['--json', [], true, '--view goes with no command and without --json'],
    ['no terminal', [], false, '--view needs a terminal'],
  ])('--view with %s is used wrongly', async (_what, argv, json, message) => {
    const failure = await serving({ view: true }, argv, json).ended.catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UsageError);
    expect(failure).toMatchObject({ message });
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a log that cannot be written any more is said to end, once', async () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.push(String(text));
    return true;
  });
  const { world } = quietWorld();
  const end = keepLogIn('/dev/full', world.log);
  world.addModem({ number: '+393330000001' });
  await new Promise((resolve) => setImmediate(resolve));
  end();
  expect(said).toEqual([expect.stringMatching(/^gsm-sim: The log \/dev\/full ends here: .+\n$/)]);
});

test.each([
  [0, [1, 2, 3, 4]],
  [2, [3, 4]],
  [3, [4]],
])('log --follow --after %d begins there, and asks for what is new', async (after, taken) => {
  const entries: readonly LogEntry[] = [
    { seq: 1, at: 0, kind: 'start', seed: '1', smsc: '+391', profile: 'none' },
    { seq: 2, at: 1, kind: 'power', number: '+391', on: true },
    { seq: 3, at: 2, kind: 'power', number: '+391', on: false },
    { seq: 4, at: 3, kind: 'power', number: '+391', on: true },
  ];
  const asked: string[] = [];
  const answers = [entries.slice(0, 3), [], entries.slice(3)];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(url.slice(url.indexOf('?')));
    const answer = answers.shift();
    if (answer === undefined) throw new Error('the simulation has ended');
    return new Response(answer.map((entry) => `${jsonLine(entry)}\n`).join(''));
  });
  const command = withEvidence(new Command('log'));
  command.parse(['--control', 'http://127.0.0.1:1'], { from: 'user' });
  const seen: number[] = [];
  await expect(followEvidence(command, after, ({ seq }) => seen.push(seq))).rejects.toThrow('No simulation answers');
  expect(seen).toEqual(taken);
  expect(asked).toEqual([
    '?after=0&wait=0ms',
    '?after=3&wait=60000ms',
    '?after=3&wait=60000ms',
    '?after=4&wait=60000ms',
  ]);
});

test.each([
  ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
  ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
])('the control URL %s is %s', (written, url) => {
  expect(controlUrl(written)).toBe(url);
});

test.each(['', '127.0.0.1:8080', 'https://127.0.0.1:8080', 'http://'])('"%s" is no control URL', (written) => {
  expect(() => controlUrl(written)).toThrow('the URL that gsm-sim serve printed');
});
