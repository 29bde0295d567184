import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { z } from 'zod';
import { median } from './comparison.ts';
import type { PhoneLoad } from './phone-load.ts';

/** Payments between a service and a phone that are programs of their own, on a simulated network with its own times. */
export interface CycleResult {
  readonly profile: string;
  readonly machine: PhoneLoad['machine'];
  readonly payments: number;
  /** From the merchant's request to the question on the phone, ms: both programs' shares, and the air. */
  readonly shownMs: number;
  /** From the last key of the PIN to the answer of the phone's modem to the SMS (`+CMGS`), ms. */
  readonly cmgsMs: number;
  readonly cmgsP95Ms: number;
  /** From `+CMGS` to the payment that is captured, ms. */
  readonly capturedMs: number;
  /** From then to the receipt on the phone, ms. */
  readonly paidMs: number;
  /** From the merchant's request to the question on the phone, and from the last key of the PIN to the payment that is captured, ms. */
  readonly cycleMs: number;
  readonly cycleP95Ms: number;
}

const DIST = join(import.meta.dirname, '../../dist');
const FILES = {
  'gsm-sim': 'sim/cli/gsm-sim.js',
  'cash-server': 'server/cli/cash-server.js',
  'cash-handset': 'device/cli/cash-handset.js',
} as const;
const PIN = '48213';

type Line = Readonly<Record<string, unknown>>;
const aLine = z.record(z.string(), z.unknown());

/** A program that runs on, and what it says as JSON lines. */
class Program {
  readonly #child: ChildProcess;
  readonly #lines: Line[] = [];
  #heard: () => void = () => {};
  #commands = 0;

  constructor(name: keyof typeof FILES, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [join(DIST, FILES[name]), ...args, '--json'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    if (this.#child.stdout === null) throw new Error('expected a pipe');
    const lines = createInterface({ input: this.#child.stdout });
    lines.on('line', (line) => {
      this.#lines.push(aLine.parse(JSON.parse(line)));
      this.#heard();
    });
    lines.on('close', () => {
      this.#lines.push({ event: 'closed' });
      this.#heard();
    });
  }

  /** How many lines there are so far. */
  get said(): number {
    return this.#lines.length;
  }

  /** The first line that is wanted, after so many others. @throws Error when the program ends before */
  async line(wanted: (line: Line) => boolean, after = 0): Promise<Line> {
    for (;;) {
      const found = this.#lines.slice(after).find(wanted);
      if (found !== undefined) return found;
      if (this.#lines.at(-1)?.['event'] === 'closed') {
        throw new Error(`A program has ended: ${JSON.stringify(this.#lines.slice(-4))}`);
      }
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  /** Gives a phone commands. @returns the number of the last one */
  tell(...commands: readonly object[]): number {
    for (const command of commands) {
      this.#commands += 1;
      this.#child.stdin?.write(`${JSON.stringify({ ...command, id: this.#commands })}\n`);
    }
    return this.#commands;
  }

  /** Gives a phone commands, and waits until each is done. @throws Error when it cannot */
  async does(...commands: readonly object[]): Promise<void> {
    for (const command of commands) {
      const id = this.tell(command);
      const { ok } = await this.line((line) => line['event'] === 'done' && line['id'] === id);
      if (ok !== true) throw new Error(`The phone cannot: ${JSON.stringify(this.#lines.slice(-4))}`);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await ended;
  }
}

const isReady = ({ event }: Line) => event === 'ready';
const isSent = ({ event, outcome }: Line) => event === 'sent' && outcome === 'sent';
/** A command that only takes a turn: hands are slow, and what the phone does meanwhile is not waited for. */
const pause = { screen: true };
const waitFor = (words: string) => ({ waitFor: words, limitMs: 120_000 });
const select = (label: string) => ({ select: label });

/** One that says its result as its last line, and ends. */
async function ended(args: readonly string[], adminKey = ''): Promise<Line> {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(DIST, FILES['cash-server']), ...args, '--json'],
    { env: { ...process.env, CASH_SERVER_ADMIN_KEY: adminKey } },
  );
  return aLine.parse(JSON.parse(stdout.trim().split('\n').at(-1) ?? ''));
}

/** The middle, and what 95 of a hundred do not exceed. */
function figures(values: readonly number[]): readonly [p50: number, p95: number] {
  return [median(values), values.toSorted((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN];
}

function msSince(begun: bigint): number {
  return Number(process.hrtime.bigint() - begun) / 1e6;
}

/** Enrols a phone, and lets it pay. @param profile of the network, as `gsm-sim serve --profile` has it */
export async function measureCycles(
  profile: string,
  machine: PhoneLoad['machine'],
  payments: number,
): Promise<CycleResult> {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-bench-'));
  const programs: Program[] = [];
  const start = (...[name, ...args]: ConstructorParameters<typeof Program>) => {
    const program = new Program(name, ...args);
    programs.push(program);
    return program;
  };
  try {
    const [gsm, data] = [join(folder, 'gsm'), join(folder, 'data')];
    const sim = start('gsm-sim', 'serve', '--modems', '2', '--dir', gsm, '--profile', profile);
    const [service = '', customer = ''] = JSON.stringify(await sim.line(isReady)).match(/\+\d{6,15}/g) ?? [];
    const adminKey = String((await ended(['init', '--data', data]))['adminKey']);
    const port = ['--port', join(gsm, 'modem1'), '--number', service, '--listen', '127.0.0.1:0'];
    const server = start('cash-server', 'serve', '--data', data, ...port);
    const url = String((await server.line(isReady))['url']);
    const operator = (...args: readonly string[]) => ended([...args, '--server', url], adminKey);
    await operator('person', 'add', '--number', customer, '--name', 'Anna');
    const person = await operator('person', 'activate', '--person', '1');
    await operator('deposit', '--person', '1', '--minor', '100000', '--reference', 'first');
    const { apiKey } = await operator('merchant', 'add', '--name', 'Edicola Duomo');
    const jad = join(folder, 'cash-mobile.jad');
    writeFileSync(jad, await (await fetch(String(person['descriptor']))).text());
    const files = ['--port', join(gsm, 'modem2'), '--flash', join(folder, 'anna.json'), '--install', jad];
    const phone = start('cash-handset', '--headless', '--silent', '--machine', machine, ...files);
    await phone.line(isReady);
    await enrol(phone, String(person['activationCode']));
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const steps: { shown: number; cmgs: number; captured: number; paid: number }[] = [];
    for (let number = 0; number < payments; number += 1) {
      const body = JSON.stringify({ mref: `m${number}`, customer, amount: { minor: 100, currency: 'EUR' } });
      const asked = process.hrtime.bigint();
      const answer = await fetch(`${url}/v1/payments`, { method: 'POST', body, headers });
      const { txn } = aLine.parse(await answer.json());
      const captured = fetch(`${url}/v1/payments/${txn}?wait=60`, { headers }).then(async (response) => {
        const { state } = aLine.parse(await response.json());
        if (state !== 'CAPTURED') throw new Error(`The payment is ${state}`);
        return process.hrtime.bigint();
      });
      await phone.does(waitFor('Approve'));
      const shown = msSince(asked);
      await phone.does(select('Approve'), { type: PIN.slice(0, -1) }, pause);
      const before = phone.said;
      const last = process.hrtime.bigint();
      phone.tell({ type: PIN.slice(-1) }, select('Confirm'));
      await phone.line(isSent, before);
      const cmgs = msSince(last);
      const end = await captured;
      await phone.does(waitFor('Paid'));
      steps.push({ shown, cmgs, captured: Number(end - last) / 1e6 - cmgs, paid: msSince(end) });
      await phone.does(select('OK'), { press: 'power' });
    }
    const [cmgsMs, cmgsP95Ms] = figures(steps.map(({ cmgs }) => cmgs));
    const [cycleMs, cycleP95Ms] = figures(steps.map(({ shown, cmgs, captured }) => shown + cmgs + captured));
    const shownMs = median(steps.map(({ shown }) => shown));
    const capturedMs = median(steps.map(({ captured }) => captured));
    const paidMs = median(steps.map(({ paid }) => paid));
    return { profile, machine, payments, shownMs, cmgsMs, cmgsP95Ms, capturedMs, paidMs, cycleMs, cycleP95Ms };
  } finally {
    for (const program of programs.toReversed()) await program.stop();
    rmSync(folder, { recursive: true });
  }
}

async function enrol(phone: Program, code: string): Promise<void> {
  for (const label of ['Menu', 'Applications', 'Cash-Mobile']) await phone.does(waitFor(label), select(label));
  await phone.does(waitFor('Activation'), { type: code.replace('-', '').toLowerCase() }, select('Next'));
  await phone.does(waitFor('New PIN'), { type: PIN }, select('Next'), waitFor('The same PIN again'), { type: PIN });
  await phone.does(select('Next'), waitFor('Confirm your PIN'), { type: PIN }, select('Confirm'));
  await phone.does(waitFor('Your phone is active'), select('OK'), { press: 'power' });
}
