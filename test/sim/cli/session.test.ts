import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  type ControlServer,
  latencyProfiles,
  openControl,
  openSimulation,
  type Simulation,
} from '../../../sim/index.ts';
import { jsonLine } from '../../../sim/log.ts';
import { story } from '../evidence/story.ts';
import { gsmSimHere } from './in-process.ts';

const ONE = '+393330000001';
const TWO = '+393330000002';
const THREE = '+393330000003';
const START = Date.UTC(2010, 2, 1, 9);
const folder = mkdtempSync(join(tmpdir(), 'session-'));

let simulation: Simulation;
let control: ControlServer;

/** Three modems in a network in which nothing takes time, and time stands still but for `clock step`. */
beforeAll(async () => {
  const profile = latencyProfiles['none'];
  simulation = await openSimulation(
    {
      ...{ seed: 1, folder: join(folder, 'm'), clock: { start: START, pace: { kind: 'stopped' } }, responseMs: [0, 0] },
      ...(profile && { profile }),
    },
    (world) => [ONE, TWO, THREE].map((number) => world.addModem({ number })),
  );
  control = await openControl(simulation);
  vi.stubEnv('GSM_SIM_CONTROL', control.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await control.close();
  simulation.close();
});

/** Folders and ports differ from run to run. */
function plain(text: string): string {
  return text.replaceAll(`${folder}/m/`, 'DIR/').replaceAll(/127\.0\.0\.1:\d+/g, 'HOST');
}

/** What a user types behind `$`, and what is printed: on standard output, then behind `[exit code]` on standard error. */
const SESSION = readFileSync(join(import.meta.dirname, 'session.txt'), 'utf8')
  .split(/^\$ /m)
  .slice(1)
  .map((part) => {
    const [typed = '', ...printed] = part.split('\n');
    return [typed, printed.join('\n')] as const;
  });

test.each(SESSION)('$ gsm-sim %s', async (typed, printed) => {
  const { code, out, err } = await gsmSimHere(...typed.split(' '));
  expect(plain(out + (err === '' ? '' : `[${code}] ${err}`))).toBe(printed);
});

test('the clock goes at another pace', async () => {
  for (const [typed, pace] of [
    ['speed 10', 'x10'],
    ['speed x100', 'x100'],
    ['fast', 'fast'],
    ['run', 'real'],
    ['pause', 'stopped'],
  ] as const) {
    const { out } = await gsmSimHere('clock', ...typed.split(' '));
    expect(out).toMatch(new RegExp(`^2010-03-01T\\S+Z ${pace}\\n$`));
  }
});

/** Asked wrongly (2), or not as things are (1), with what is said. */
const REFUSED: readonly (readonly [typed: readonly string[], code: number, said: RegExp])[] = [
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
  [
    ['serve', '--personality', 'standard,x', '--dir', '/tmp/x'],
    2,
    /^gsm-sim: --personality x: it is none of gsm-sim personalities/,
  ],
  [['clock', '--control', 'ftp://x'], 2, /It must be the URL that gsm-sim serve printed, http:\/\/127\.0\.0\.1:PORT/],
  [['clock', '--control', 'nowhere'], 2, /It must be the URL that gsm-sim serve printed/],
  [['deliver', '--to', ONE, '--from', '1'], 2, /give either --text or --data/],
  [['deliver', '--to', ONE, '--from', '1', '--text', 'x', '--data', '00'], 2, /give either --text or --data/],
  [
    ['deliver', '--to', ONE, '--from', '1', '--text', 'x', '--source-port', '1'],
    2,
    /--source-port needs --destination-port/,
  ],
  [['send', '--from', ONE, '--to', TWO, '--data', '0'], 2, /It must be pairs of hex digits/],
  [['send', '--from', ONE, '--to', TWO], 2, /give either --text or --data/],
  [['deliver', '--to', ONE, '--from', '1', '--text', 'x', '--class', '4'], 2, /It must be a whole number from 0 to 3/],
  [
    ['deliver', '--to', ONE, '--from', '1', '--text', 'x', '--alphabet', 'utf8'],
    2,
    /It must be one of gsm7, ucs2, 8bit/,
  ],
  [
    ['deliver', '--to', ONE, '--from', '1', '--text', 'x', '--destination-port', '65536'],
    2,
    /It must be a whole number from 0 to 65535/,
  ],
  [['subscribers', 'rate', ONE, '601'], 2, /It must be a whole number from 1 to 600/],
  [['subscribers', 'rate', ONE, '0'], 2, /It must be a whole number from 1 to 600/],
  [['subscribers', 'add', '5', '--sim-capacity', '256'], 2, /from 1 to 255/],
  [['subscribers', 'add', '5', '--phone-capacity', '10001'], 2, /from 0 to 10000/],
  [['subscribers', 'port', ONE, '00109'], 2, /It must be one of 00101, 00102, 00103, 00104/],
  [['subscribers', 'reception', ONE, 'bad'], 2, /It must be one of good, weak, moving, shadow, none/],
  [['subscribers', 'swap', '+399', ONE], 1, /There is no subscriber \+399/],
  [['subscribers', 'clone', ONE, '+399'], 1, /No phone has the number \+399/],
  [['subscribers', 'add-foreign', ONE, '00103'], 1, /The number \+393330000001 is taken/],
  [['submitted', '--from', TWO, '--count', '0'], 2, /It must be a whole number from 1 to 1000000/],
  [['fault', 'add', 'drop', '--set', '=1'], 2, /--set takes name=value, not "=1"/],
  [['fault', 'add', 'drop', '--probability', '1.1'], 2, /--probability must be from 0 to 1/],
  [['fault', 'add', 'drop', '--probability', ''], 2, /--probability must be from 0 to 1/],
  [['fault', 'add', 'drop', '--nth', '0'], 2, /from 1 to 1000000/],
  [['fault', 'add', 'drop', '--about', 'all'], 2, /It must be one of messages, reports, both/],
  [['fault', 'add', 'late', '--said', 'all'], 2, /It must be one of answer, prompt, code/],
  [['fault', 'remove', 'fault-99'], 1, /There is no fault fault-99/],
  [['messages', 'show', '0'], 2, /It must be a whole number from 1/],
  [['messages', 'explode'], 2, /unknown command 'explode': see gsm-sim messages --help/],
  [['modems', 'unplug', '+399'], 1, /No phone has the number \+399/],
  [['modems', 'unplug', ONE, '--for', 'ever'], 2, /It must be a length of time: 250ms, 10s, 5m, 2h, 7d/],
  [['serve', '--modems', '0', '--dir', '/tmp/x'], 2, /from 1 to 256/],
  [['serve', '--modems', '257', '--dir', '/tmp/x'], 2, /from 1 to 256/],
  [['serve', '--numbers', Array.from({ length: 257 }, (_, i) => String(i)).join(',')], 2, /They must be 256 at most/],
  [['serve', '--tcp-port', '0', '--dir', '/tmp/x'], 2, /from 1 to 65280/],
  [['serve', '--pin', '123', '--dir', '/tmp/x'], 2, /must be 4 to 8 digits/],
  [['serve', '--start', 'now', '--dir', '/tmp/x'], 2, /must be a moment/],
  [['serve', '--rate-per-minute', '601', '--dir', '/tmp/x'], 2, /from 1 to 600/],
  [
    ['serve', '--personality', './none.yaml', '--dir', '/tmp/x'],
    2,
    /--personality \.\/none\.yaml: there is no such file\./,
  ],
  [['scenario', 'run', 'a.yaml', 'b.yaml', '--log', 'x'], 2, /--log is for one file, without --control/],
  [
    ['scenario', 'run', 'a.yaml', '--log', 'x', '--control', 'http://127.0.0.1:1'],
    2,
    /--log is for one file, without --control/,
  ],
  [['serve', '--personality', 'none.yaml', '--dir', '/tmp/x'], 2, /--personality none\.yaml: there is no such file\./],
];

test.each(REFUSED)('gsm-sim %j ends with %i and one line', async (typed, code, said) => {
  const ended = await gsmSimHere(...typed);
  expect(ended.err).toMatch(said);
  expect(ended.err.trim().split('\n')).toHaveLength(1);
  expect([ended.code, ended.out]).toEqual([code, '']);
});

test('a command that does not know its simulation names --control and its variable, and so does the help', async () => {
  vi.stubEnv('GSM_SIM_CONTROL', undefined);
  try {
    for (const command of ['messages', 'modems', 'fault', 'clock', 'subscribers', 'profile']) {
      expect(await gsmSimHere(command)).toEqual({
        ...{ code: 2, out: '' },
        err: 'gsm-sim: give --control URL, as gsm-sim serve printed it, or set GSM_SIM_CONTROL to it\n',
      });
      expect((await gsmSimHere(command, '--help')).out).toMatch(/--control[\s\S]*GSM_SIM_CONTROL/);
    }
  } finally {
    vi.stubEnv('GSM_SIM_CONTROL', control.url);
  }
});

test.each([
  ['clock', 30_000],
  ['clock step 1s', 3_630_000],
  [`submitted --from ${THREE}`, 30_000],
  [`submitted --from ${THREE} --wait --timeout 50ms`, 30_050],
  [`deliver --to ${THREE} --from 1 --text x --wait --timeout 100ms`, 30_100],
])('%s is waited for %i ms: as long as was asked for, and half a minute', async (typed, ms) => {
  const timeout = vi.spyOn(AbortSignal, 'timeout');
  try {
    await gsmSimHere(...typed.split(' '));
    expect(timeout.mock.calls).toEqual([[ms]]);
  } finally {
    timeout.mockRestore();
  }
});

test('a scenario that runs elsewhere is asked about until it is over', async () => {
  const path = join(folder, 'there.yaml');
  writeFileSync(path, "{ name: there, phones: [{ name: a, number: '1' }], steps: [{ at: 0s, read: a }] }");
  const answers = vi.spyOn(globalThis, 'fetch');
  try {
    const result = { name: 'there', ok: true, lastedMs: 2_000, sms: 0, judgements: [] };
    for (const answer of [{ id: 7 }, { over: false, ...result, ok: false }, { over: true, ...result }])
      answers.mockResolvedValueOnce(new Response(JSON.stringify(answer)));
    expect(await gsmSimHere('scenario', 'run', path, '--control', control.url)).toEqual({
      ...{ code: 0, out: 'ok   there: 0 SMS in 2 s\n', err: '' },
    });
    const waiting = `${control.url}/scenarios/7?wait=60000ms`;
    expect(answers.mock.calls.map(([url]) => url)).toEqual([`${control.url}/scenarios`, waiting, waiting]);
  } finally {
    answers.mockRestore();
  }
});

test('a simulation that is none, or does not answer, is said to be so', async () => {
  const answers = vi.spyOn(globalThis, 'fetch');
  try {
    answers.mockResolvedValueOnce(new Response('<html>', { status: 404 }));
    expect((await gsmSimHere('clock')).err).toMatch(/^gsm-sim: What answers at http:\S+ is no simulation: use the URL/);
    answers.mockResolvedValueOnce(new Response('"x"', { status: 404 }));
    expect((await gsmSimHere('clock')).err).toMatch(/is no simulation/);
    answers.mockResolvedValueOnce(new Response('{"error":"asked wrongly"}', { status: 400 }));
    expect(await gsmSimHere('clock')).toEqual({ code: 2, out: '', err: 'gsm-sim: asked wrongly\n' });
    answers.mockResolvedValueOnce(new Response('{"error":"a fault in it"}', { status: 500 }));
    expect(await gsmSimHere('clock')).toEqual({ code: 1, out: '', err: 'gsm-sim: a fault in it\n' });
    answers.mockRejectedValueOnce(new DOMException('', 'TimeoutError'));
    expect((await gsmSimHere('clock')).err).toMatch(/does not answer: it may be stopped in a debugger, or busy\n$/);
  } finally {
    answers.mockRestore();
  }
});

describe('of a saved log', () => {
  const saved = join(folder, 'story.jsonl');
  let text = '';
  beforeAll(async () => {
    text = (await story()).log
      .entries()
      .map((entry) => `${jsonLine(entry)}\n`)
      .join('');
    writeFileSync(saved, text);
  });
  const of = (...typed: readonly string[]) => gsmSimHere(...typed, '--log', saved);
  const lines = (out: string) => out.trimEnd().split('\n');

  test('log prints what follows an event, what concerns a number or an SMS, and a span of time', async () => {
    const all = lines(text);
    expect(lines((await of('--json', 'log', '--after', '3')).out)).toEqual(all.slice(3));
    expect((await of('--json', 'log', '--after', String(all.length))).out).toBe('');
    const since = ['--since', '2010-03-01T09:00:00.300Z', '--until', '2010-03-01T09:00:00.301Z'];
    expect(lines((await of('--json', 'log', ...since)).out)).toEqual(
      all.filter((line, i) => i === 0 || line.includes('09:00:00.300Z')),
    );
    const chosen = lines((await of('--json', 'log', '--sms', '1', '3', '--number', ONE)).out);
    expect(new Set(chosen.slice(1).map((line) => JSON.parse(line).sms))).toEqual(new Set([1, 2, 3]));
  });

  test('the days of a log have each their heading', async () => {
    const two = join(folder, 'two.jsonl');
    const next = lines(text)[0]?.replace('2010-03-01T09', '2010-03-02T09').replace('"seq":1', '"seq":2');
    writeFileSync(two, `${lines(text)[0]}\n${next}\n`);
    const { out } = await gsmSimHere('log', '--log', two);
    expect(out.split('\n').map((line) => line.slice(0, 20))).toEqual([
      '2010-03-01 (UTC)',
      'TIME           SMS  ',
      '09:00:00.000        ',
      '',
      '2010-03-02 (UTC)',
      'TIME           SMS  ',
      '09:00:00.000        ',
      '',
    ]);
  });

  test('diagram takes a number of steps, and what it makes goes to a file or to standard output', async () => {
    const { out } = await of('diagram', '--sms', '1', '--steps', '1', '--format', 'mermaid', '--output', '-');
    expect(out).toMatch(/^sequenceDiagram\n[\s\S]* more steps left out/);
    expect(out.match(/->>/g)).toHaveLength(1);
    const path = join(folder, 'é.svg');
    const written = await of('diagram', '--output', path);
    expect(written.out).toBe(`${path}: ${readFileSync(path).length} octets\n`);
    expect((await of('diagram')).out).toMatch(/^<svg/);
    expect((await of('pcap')).out.slice(0, 4)).toBe('\n\r\r\n');
  });

  test('latency draws where it is told to, else it says figures', async () => {
    expect((await of('latency', '--output', '-')).out).toMatch(/^<svg/);
    expect((await of('latency', '--number', 'BANK')).out).toMatch(/^direct: 2 SMS, 100 % delivered, p50 /);
    const none = await of('latency', '--number', 'nobody');
    expect([none.code, none.out]).toEqual([0, 'No SMS was sent\n']);
    expect(none.err).toMatch(
      /^gsm-sim: none of the \d+ events is what you asked for: numbers are to be written as gsm-sim log/,
    );
    expect((await of('--json', 'latency', '--number', 'nobody')).err).toMatch(
      /^{"event":"nothing","passedOver":\d+}\n$/,
    );
    expect((await of('latency', '--output', join(folder, 'x'), '--number', 'nobody')).code).toBe(1);
  });

  test('a log that has forgotten its beginning says how much', async () => {
    const late = join(folder, 'late.jsonl');
    writeFileSync(late, lines(text).slice(10).join('\n'));
    const { err } = await gsmSimHere('--json', 'log', '--log', late);
    expect(err).toBe('{"event":"forgotten","count":10}\n');
    writeFileSync(late, text.replace('"profile":"direct"', '"profile":"direct","forgotten":7'));
    expect((await gsmSimHere('log', '--log', late)).err).toBe(
      'gsm-sim: 7 events of the beginning are not in the log any more; serve --log FILE keeps them all\n',
    );
    expect((await of('log')).err).toBe('');
  });

  test.each([
    [['pcap', '--follow', '--output', 'x'], /--follow writes to standard output: leave --output out/],
    [['log', '--follow'], /--follow needs --control/],
    [['log', '--control', 'http://127.0.0.1:1'], /give either --control or --log/],
    [['log', '--since', 'now'], /It must be a moment/],
    [['log', '--sms', '0'], /It must be a whole number from 1/],
    [['log', '--after', '-1'], /It must be a whole number from 0/],
    [['diagram', '--format', 'png'], /It must be one of svg, mermaid/],
    [['diagram', '--steps', '10001'], /from 1 to 10000/],
  ])('%j is refused', async (typed, said) => {
    const { code, err } = await of(...typed);
    expect(err).toMatch(said);
    expect(code).toBe(2);
  });

  test('the log of a running simulation is taken where no file is named', async () => {
    const { out, code } = await gsmSimHere('--json', 'log');
    expect([code, out.startsWith('{"seq":1,"at":"2010-03-01T09:00:00.000Z","kind":"start"')]).toEqual([0, true]);
  });
});

test('personalities lists each fact with who says it, once by its personality, once by the fault that shows it', async () => {
  const { out } = await gsmSimHere('personalities');
  expect(out).toMatch(/^standard: /);
  expect(out).toMatch(/^siemens-tc35: .+\n {4}- .+ \[.+\]$/m);
  expect(out).toMatch(/^gsm-sim fault add \S+.*: arranges that the modem …\n {4}- .+ \[.+\]$/m);
  const json = (await gsmSimHere('--json', 'personalities')).out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const siemens = json.find(({ id }) => id === 'siemens-tc35');
  expect(siemens.facts).toContainEqual({
    fact: 'counter-spic',
    says: 'counts the tries left with ^SPIC',
    source: 'oFono sim.c',
  });
  expect(siemens.source).toBe([...new Set(siemens.facts.map(({ source }: { source: string }) => source))].join('; '));
  expect(json.filter((record) => 'fault' in record).length).toBeGreaterThan(3);
});
