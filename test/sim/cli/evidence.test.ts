import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { capture } from '../../../sim/evidence/capture.ts';
import { readLog } from '../../../sim/evidence/read-log.ts';
import { jsonLine } from '../../../sim/log.ts';
import { story } from '../evidence/story.ts';
import { gsmSimHere } from './in-process.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/gsm-sim.js');
const folder = mkdtempSync(join(tmpdir(), 'evidence-'));
const saved = join(folder, 'story.jsonl');
let text = '';

beforeAll(async () => {
  const { log } = await story();
  text = log
    .entries()
    .map((entry) => `${jsonLine(entry)}\n`)
    .join('');
  writeFileSync(saved, text);
});

const run = gsmSimHere;

describe('with a saved log', () => {
  it('log prints columns under the day, and the same JSON lines', async () => {
    const { out } = await run('log', '--log', saved, '--sms', '1');
    const [day, heads, , submit] = out.split('\n');
    expect(day).toBe('2010-03-01 (UTC)');
    expect(heads).toMatch(/^TIME +SMS +WHO +EVENT +WHAT$/);
    expect(submit).toMatch(/^09:00:00\.300 +1 {2}\+393330000001 +submit +→ \+393330000002 «Ciao Bob, come stai\?»/);
    expect((await run('log', '--log', saved, '--json')).out).toBe(text);
  });

  it('pcap, diagram and latency write files, and say so', async () => {
    const made = [
      ['pcap', 'run.pcapng', ''],
      ['diagram', 'run.svg', '<svg'],
      ['latency', 'latency.svg', '<svg'],
    ] as const;
    for (const [command, name, beginning] of made) {
      const path = join(folder, name);
      const { code, out } = await run(command, '--log', saved, '--output', path, '--json');
      const octets = readFileSync(path);
      expect([code, JSON.parse(out)]).toEqual([0, { event: 'written', file: path, octets: octets.length }]);
      expect(octets.toString('utf8').startsWith(beginning)).toBe(true);
    }
    expect(readFileSync(join(folder, 'run.pcapng')).equals(capture(readLog(text)))).toBe(true);
  });

  it('diagram speaks Mermaid, and latency prints figures', async () => {
    expect((await run('diagram', '--log', saved, '--format', 'mermaid')).out).toMatch(/^sequenceDiagram\n/);
    expect((await run('latency', '--log', saved)).out).toMatch(/^direct: 14 SMS, 71.4 % delivered, 7.1 % lost, /);
    expect(JSON.parse((await run('latency', '--log', saved, '--json')).out)).toMatchObject({ sms: 14, lost: 1 });
  });

  it.each([
    [['pcap'], 2, 'gsm-sim: give --control URL of a running simulation, or --log FILE with a saved log\n'],
    [['log', '--log', join(folder, 'none')], 1, /Cannot read the log .*: is the file there\?/],
    [['log', '--log', PROGRAM], 1, /Line 1 of the log: it is not JSON/],
    [['log', '--log', saved, '--follow'], 2, 'gsm-sim: --follow needs --control\n'],
    [['pcap', '--log', saved, '--output', '/proc/none/x'], 1, /Cannot write \/proc\/none\/x/],
    [['diagram', '--log', saved, '--sms', 'one'], 2, /It must be a whole number/],
  ] as const)('%j says what is wrong', async (args, code, message) => {
    const ended = await run(...args);
    expect([ended.code, ended.out]).toEqual([code, '']);
    expect(ended.err).toMatch(message);
    expect(ended.err.trimEnd()).not.toContain('\n');
  });
});

describe('on a terminal', () => {
  const { isTTY, columns } = process.stdout;
  beforeEach(() => {
    Object.assign(process.stdout, { isTTY: true, columns: 80 });
  });
  afterEach(() => {
    Object.assign(process.stdout, { isTTY, columns });
  });

  it('a line of the log is cut at its width', async () => {
    const { out } = await run('log', '--log', saved);
    expect(out).toMatch(/…\n/);
    for (const line of out.split('\n')) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it('octets are not written', async () => {
    const refused = 'gsm-sim: what it makes is no text: give --output FILE, or a pipe\n';
    expect(await run('pcap', '--log', saved)).toEqual({ code: 2, out: '', err: refused });
    expect(await run('pcap', '--control', 'http://127.0.0.1:1', '--follow')).toEqual({
      code: 2,
      out: '',
      err: refused,
    });
    expect((await run('diagram', '--log', saved)).out).toMatch(/^<svg/);
  });
});

it('a log is read from standard input', () => {
  const { stdout } = spawnSync(process.execPath, [PROGRAM, 'log', '--log', '-', '--json'], {
    encoding: 'utf8',
    input: text,
  });
  expect(stdout).toBe(text);
});

test('latency of nothing is said, or drawn', async () => {
  const nothing = join(folder, 'nothing.jsonl');
  writeFileSync(nothing, '');
  expect((await run('latency', '--log', nothing)).out).toBe('No SMS was sent\n');
  expect((await run('latency', '--log', nothing, '--json')).out).toBe('');
  expect((await run('latency', '--log', nothing, '--output', '-')).out).toMatch(/^<svg[\s\S]*No SMS was sent\./);
});

test('log --schema says what each kind of line has', async () => {
  const { out } = await run('log', '--schema');
  const { oneOf }: { oneOf: readonly { properties: Record<string, object>; required: readonly string[] }[] } =
    JSON.parse(out);
  const submit = oneOf.find(({ properties }) => JSON.stringify(properties['kind']).includes('"submit"'));
  expect(submit?.required).toEqual(['seq', 'at', 'kind', 'sms', 'from', 'to', 'tpdu']);
});

const NOTHING = /^gsm-sim: none of the \d+ events is what you asked for: numbers are to be written as .*\n$/;

test.each(['pcap', 'diagram', 'latency'])(
  '%s of a selection of nothing writes nothing, and says how to choose',
  async (command) => {
    const output = join(folder, `nothing.${command}`);
    const chosen = ['--log', saved, '--number', '3330000001', '--output', output];
    expect(await run(command, ...chosen)).toEqual({ code: 1, out: '', err: expect.stringMatching(NOTHING) });
    expect(existsSync(output)).toBe(false);
  },
);

test('log of a selection of nothing says how to choose', async () => {
  const { code, err } = await run('log', '--log', saved, '--number', '3330000001');
  expect([code, err]).toEqual([0, expect.stringMatching(NOTHING)]);
});

test('a log that has lost its beginning says so', async () => {
  const late = join(folder, 'late.jsonl');
  writeFileSync(late, text.split('\n').slice(10).join('\n'));
  const { out, err } = await run('latency', '--log', late);
  expect(err).toBe(
    'gsm-sim: 10 events of the beginning are not in the log any more; serve --log FILE keeps them all\n',
  );
  expect(out).toMatch(/^unknown: /);
});

describe('with a running network', () => {
  const kept = join(folder, 'kept.jsonl');
  const server = spawn(
    process.execPath,
    [PROGRAM, 'serve', '--dir', join(folder, 'modems'), '--profile', 'none', '--log', kept, '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let control = '';

  beforeAll(async () => {
    const [line] = await once(createInterface(server.stdout), 'line');
    ({ control } = JSON.parse(line));
    await run('deliver', '--control', control, '--to', '+393330000001', '--from', 'BANK', '--text', 'Hello');
  });
  afterAll(() => {
    server.kill('SIGKILL');
  });

  it('serve --log writes down every event as it happens', async () => {
    const kinds = () => readLog(readFileSync(kept, 'utf8')).map(({ kind }) => kind);
    // The answer to a command does not wait until the phone has the SMS.
    const all = ['start', 'attach', 'attach', 'submit', 'accept', 'attempt', 'deliver'];
    await expect.poll(kinds).toEqual(all);
    expect(readFileSync(kept, 'utf8')).toBe((await run('log', '--control', control, '--json')).out);
  });

  it.each([
    ['/pcap', 'application/vnd.tcpdump.pcap'],
    ['/diagram?sms=1', 'image/svg+xml'],
    ['/diagram?format=mermaid&number=BANK&number=%2B393330000001', 'text/plain; charset=utf-8'],
    ['/latency', 'application/json; charset=utf-8'],
    ['/latency?format=svg', 'image/svg+xml'],
  ])('GET %s answers with what the command makes', async (path, type) => {
    const response = await fetch(`${control}${path}`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, type]);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(100);
  });

  it('GET with a wrong parameter says which', async () => {
    const response = await fetch(`${control}/diagram?sms=one`);
    expect([response.status, await response.json()]).toMatchObject([400, { field: 'sms' }]);
  });

  it('log --follow goes on with what happens', async () => {
    const follower = spawn(process.execPath, [PROGRAM, 'log', '--control', control, '--follow', '--json']);
    const lines = createInterface(follower.stdout);
    const texts: string[] = [];
    for await (const line of lines) {
      texts.push(line);
      if (texts.length === 7) {
        await run('deliver', '--control', control, '--to', '+393330000002', '--from', 'BANK', '--text', 'Again');
      }
      if (texts.length === 11) break;
    }
    follower.kill('SIGKILL');
    expect(readLog(texts.join('\n')).at(-1)).toMatchObject({ kind: 'deliver', to: '+393330000002' });
  });
});
