import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sleep, systemClock } from '../../../modem/index.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** One JSON line that an executable printed. */
export interface Line {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** An executable of the project, with what it has printed so far. */
export class Program {
  readonly lines: Line[] = [];
  errors = '';
  readonly #process: ChildProcess;

  /** @param file as `dist/server/cli/cash-server.js` */
  constructor(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.#process = spawn(process.execPath, [join(ROOT, file), ...args, '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
    });
    const { stdout, stderr } = this.#process;
    if (stdout === null || stderr === null) throw new Error('the program has no output');
    createInterface({ input: stdout }).on('line', (line) => this.lines.push(JSON.parse(line)));
    stderr.setEncoding('utf8').on('data', (text: string) => {
      this.errors += text;
    });
  }

  /** The first line of this event, as soon as it is there. @throws Error after `limitMs` */
  async line(event: string, limitMs: number = 30_000): Promise<Line> {
    return eventually(
      `a line "${event}" from ${this.#process.spawnargs.join(' ')}`,
      () => this.lines.find((line) => line.event === event),
      limitMs,
    );
  }

  /** Sends a signal that does not end it. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(signal);
  }

  /** Sends a signal. @returns the exit code, or the signal that ended it */
  async end(signal: NodeJS.Signals): Promise<number | string> {
    this.#process.kill(signal);
    return this.ended();
  }

  async ended(): Promise<number | string> {
    const { exitCode, signalCode } = this.#process;
    if (exitCode !== null || signalCode !== null) return exitCode ?? signalCode ?? 0;
    const [code, by] = await once(this.#process, 'exit');
    return code ?? by;
  }
}

/** What `look` finds as soon as it finds something. @throws Error after `limitMs` */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
  limitMs: number = 30_000,
): Promise<T> {
  for (let waited = 0; waited < limitMs; waited += 50) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(systemClock, 50);
  }
  throw new Error(`waited ${limitMs / 1000} s for ${what}`);
}
