import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';

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
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running.add(this.process);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.said.push(line));
    }
  }

  /** The first line with these words that comes from now on, or the one that was there already. */
  async line(words: string): Promise<string> {
    for (;;) {
      const found = this.said.find((line) => line.includes(words));
      if (found !== undefined) return found;
      if (this.process.exitCode !== null) throw new Error(`it ended: ${this.said.join('\n')}`);
      await sleep(systemClock, 10);
    }
  }

  async end(signal: NodeJS.Signals): Promise<number | null> {
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    return (await ended)[0];
  }
}

const serve = async (folder: string) => {
  const sim = new Run('sim/cli/gsm-sim.js', 'serve', '--modems', '2', '--dir', folder, '--profile', 'none');
  const { control } = JSON.parse(await sim.line('"ready"'));
  const deliver = (text: string) =>
    fetch(`${control}/deliver`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ to: NUMBER, from: '4321', text }),
    });
  return { sim, deliver };
};

test('a program that was stopped while the modem was killed goes on when the modem is back', {
  timeout: 60_000,
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
  const before = systemClock.now();
  expect(await receive.end('SIGTERM')).toBe(130);
  expect(systemClock.now() - before).toBeLessThan(2_000);
  expect(await sim.end('SIGTERM')).toBe(0);
  expect(readdirSync(folder)).toEqual([]);
});
