import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';
import { seededRandom } from '../../../sim/random.ts';
import { inFull } from '../../in-full.ts';

const PROGRAMS = join(import.meta.dirname, '../../../dist');
const NUMBER = '+393330000001';
const running = new Set<ChildProcess>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** A program of the project, with what it has said so far. */
class Run {
  readonly process: ChildProcess;
  readonly said: string[] = [];

  constructor(program: string, ...args: readonly string[]) {
    this.process = spawn(process.execPath, [join(PROGRAMS, program), ...args, '--json'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    running.add(this.process);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.said.push(line));
    }
  }

  /** The first line with these words that comes from now on, or the one that was there already. @throws Error after `limitMs` */
  async line(words: string, limitMs = 120_000): Promise<string> {
    const end = systemClock.now() + limitMs;
    for (;;) {
      const found = this.said.find((line) => line.includes(words));
      if (found !== undefined) return found;
      if (systemClock.now() > end) throw new Error(`no "${words}" in ${limitMs} ms: ${this.said.slice(-5).join('\n')}`);
      if (this.process.exitCode !== null) throw new Error(`it ended: ${this.said.slice(-5).join('\n')}`);
      await sleep(systemClock, 10);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    return (await ended)[0];
  }
}

const serve = async (folder: string, modems = 2) => {
  const sim = new Run('sim/cli/gsm-sim.js', 'serve', '--modems', String(modems), '--dir', folder, '--profile', 'none');
  const { control } = JSON.parse(await sim.line('"ready"'));
  const deliver = (text: string, to = NUMBER) =>
    fetch(`${control}/deliver`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to, from: '4321', text }),
    });
  return { sim, deliver };
};

/** Three programs are started in turn: on a busy machine each takes up to a minute until its first line. */
const STARTS_MS = 300_000;

test('a program that was stopped while the modem was killed goes on when the modem is back', {
  timeout: STARTS_MS,
}, async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'killed-')), 'modems');
  let { sim, deliver } = await serve(folder);
  const receive = new Run('modem/cli/gsm-modem.js', 'receive', '--port', join(folder, 'modem1'));
  await deliver('first');
  await receive.line('"first"');
  // It wakes with a message to read, on a line that is gone: what it types then cannot be written.
  receive.process.kill('SIGSTOP');
  await deliver('perhaps lost');
  await sim.end('SIGKILL');
  receive.process.kill('SIGCONT');
  ({ sim, deliver } = await serve(folder));
  await deliver('second');
  await receive.line('"second"');
  expect(receive.said.filter((line) => line.includes('"event":"lost"'))).toHaveLength(1);
  expect(receive.said.filter((line) => line.includes('"event":"found"'))).toHaveLength(1);
  expect(await receive.end('SIGTERM')).toBe(130);
  expect(await sim.end('SIGTERM')).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});

/** How often a program is killed: `CASH_MOBILE_KILLS=200 npx vitest run test/sim/cli/killed.test.ts`. */
const KILLS = Number(process.env['CASH_MOBILE_KILLS'] ?? inFull(20, 5));
/** A program answers at once, also while its modem is away; so long on a busy machine. A program that hangs never answers. */
const ANSWER_MS = 60_000;
const NUMBERS = [NUMBER, '+393330000002', '+393330000003'];

/** What happens at a moment: which program is killed, and whether the others are stopped meanwhile. */
const WAYS = ['network', 'network, the others stopped', 'service', 'handset', 'receive'] as const;

test(`network, service, handset and receive, one of them killed ${KILLS} times: none hangs, and all go on`, {
  timeout: 120_000 + KILLS * 60_000,
}, async () => {
  const root = mkdtempSync(join(tmpdir(), 'killed-'));
  const folder = join(root, 'modems');
  const data = join(root, 'data');
  const port = (i: number) => ['--port', join(folder, `modem${i}`)];
  await new Run('server/cli/cash-server.js', 'init', '--data', data).line('adminKey');
  const start = {
    service: () =>
      new Run(
        'server/cli/cash-server.js',
        'serve',
        '--data',
        data,
        ...port(1),
        '--number',
        NUMBER,
        '--listen',
        '127.0.0.1:0',
      ),
    handset: () =>
      new Run(
        'device/cli/cash-handset.js',
        '--headless',
        '--keep-going',
        '--silent',
        ...port(2),
        '--flash',
        join(root, 'flash'),
      ),
    receive: () => new Run('modem/cli/gsm-modem.js', 'receive', ...port(3)),
  };
  let network = await serve(folder, 3);
  const others = { service: start.service(), handset: start.handset(), receive: start.receive() };
  const random = seededRandom(1);

  const allAnswer = async (round: string) => {
    const { url } = JSON.parse(await others.service.line('"ready"'));
    await fetch(`${url}/health`, { signal: AbortSignal.timeout(ANSWER_MS) });
    await others.handset.line('"ready"');
    others.handset.process.stdin?.write(`${JSON.stringify({ screen: true, id: round })}\n`);
    await others.handset.line(`"done","id":"${round}"`, ANSWER_MS);
    // That the handset is on the air again is not asked: its modem is the same as that of `receive`.
    await network.deliver(round, NUMBERS[2]);
    await others.receive.line(`"${round}"`, 2 * ANSWER_MS);
  };

  await allAnswer('the first');
  for (let i = 0; i < KILLS; i += 1) {
    const way = WAYS[i % WAYS.length] ?? 'network';
    const ms = Math.floor(random.fraction() * 1_500);
    const round = `kill ${i + 1}, ${way}, after ${ms} ms`;
    try {
      for (const number of NUMBERS) await network.deliver(`before ${round}`, number);
      await sleep(systemClock, ms);
      if (way === 'service' || way === 'handset' || way === 'receive') {
        await others[way].end('SIGKILL');
        others[way] = start[way]();
      } else {
        const stopped = way === 'network' ? [] : Object.values(others);
        for (const { process } of stopped) process.kill('SIGSTOP');
        await network.sim.end('SIGKILL');
        for (const { process } of stopped) process.kill('SIGCONT');
        network = await serve(folder, 3);
      }
      await allAnswer(round);
    } catch (error) {
      throw new Error(`${round}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }
  for (const one of Object.values(others)) {
    one.process.kill('SIGTERM');
    await once(one.process, 'exit');
  }
  expect(await network.sim.end('SIGTERM')).toBe(0);
});
