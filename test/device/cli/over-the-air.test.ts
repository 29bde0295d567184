import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import type { Executable } from '../../../modem/cli/executable.ts';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { serviceIndicationContent } from '../../../modem/index.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';

const DIST = join(import.meta.dirname, '../../../dist');
const LIMIT_MS = 240_000;
const folder = mkdtempSync(join(tmpdir(), 'over-the-air-'));
const children: ChildProcess[] = [];

afterAll(async () => {
  vi.unstubAllEnvs();
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
});

type Line = Readonly<Record<string, unknown>>;
const aLine = z.record(z.string(), z.unknown());

function fileOf(name: string): string {
  const [first = ''] = name.split('-');
  const room = { gsm: name === 'gsm-sim' ? 'sim' : 'modem', cash: name === 'cash-server' ? 'server' : 'device' }[first];
  return join(DIST, room ?? '', 'cli', `${name}.js`);
}

/** A program that runs on, whose lines of JSON are kept. */
class Program {
  readonly lines: Line[] = [];
  readonly #child: ChildProcess;
  #heard: () => void = () => {};

  constructor(name: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [fileOf(name), ...args, '--json'], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(this.#child);
    if (this.#child.stdout === null) throw new Error('expected a pipe');
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.lines.push(aLine.parse(JSON.parse(line)));
      this.#heard();
    });
  }

  /** The first line that is wanted, as soon as it is there. */
  async line(wanted: (line: Line) => boolean): Promise<Line> {
    for (;;) {
      const found = this.lines.find(wanted);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  ready(): Promise<Line> {
    return this.line(({ event }) => event === 'ready');
  }

  /** Commands for a phone; resolves when all are done. @throws Error when one fails */
  async does(...commands: readonly object[]): Promise<void> {
    const id = `after ${this.lines.length} lines`;
    for (const command of [...commands, { screen: true, id }]) this.#child.stdin?.write(`${JSON.stringify(command)}\n`);
    const failed = ({ event, ok }: Line) => event === 'done' && ok === false;
    const last = await this.line((line) => line['id'] === id || failed(line));
    if (failed(last))
      throw new Error(
        this.lines
          .slice(-8)
          .map((line) => JSON.stringify(line))
          .join('\n'),
      );
  }
}

/** Runs a command to its end in the process of the tests; its last line. */
async function ended(executable: Executable, ...args: readonly string[]): Promise<Line> {
  const { code, out, err } = await inProcess(executable, ...args, '--json');
  expect([code, err]).toEqual([0, '']);
  return aLine.parse(JSON.parse(out.trim().split('\n').at(-1) ?? ''));
}

const select = (...labels: readonly string[]) => labels.map((label) => ({ select: label }));
const waitFor = (words: string) => ({ waitFor: words, limitMs: 120_000 });
const PIN = { type: '48213' };

test('A fresh phone, by keys alone: the link in an SMS, installed, activated, paid; updated by a WAP push, paid again', {
  timeout: LIMIT_MS,
}, async () => {
  const gsm = join(folder, 'gsm');
  const data = join(folder, 'data');
  const sim = new Program('gsm-sim', 'serve', '--modems', '3', '--dir', gsm, '--profile', 'none');
  const [service = '', customer = ''] = JSON.stringify(await sim.ready()).match(/\+\d{6,15}/g) ?? [];
  const { adminKey } = await ended(cashServer, 'init', '--data', data);
  vi.stubEnv('CASH_SERVER_ADMIN_KEY', String(adminKey));
  const server = new Program(
    'cash-server',
    'serve',
    '--data',
    data,
    '--port',
    join(gsm, 'modem1'),
    '--number',
    service,
    '--listen',
    '127.0.0.1:0',
  );
  const url = String((await server.ready())['url']);
  const operator = (...args: readonly string[]) => ended(cashServer, ...args, '--server', url);
  await operator('person', 'add', '--number', customer, '--name', 'Anna');
  const person = await operator('person', 'activate', '--person', '1');
  await operator('deposit', '--person', '1', '--minor', '5000', '--reference', 'first');
  const { apiKey } = await operator('merchant', 'add', '--name', 'Edicola Duomo');
  const send = (...args: readonly string[]) =>
    ended(gsmModem, 'send', '--port', join(gsm, 'modem3'), '--to', customer, ...args);
  const flash = join(folder, 'anna.json');
  const offered = await (await fetch(String(person['descriptor']))).text();
  const [, key = ''] = /^MIDlet-Signature: (\S+)/m.exec(offered) ?? [];
  const port = join(gsm, 'modem2');
  const anna = new Program('cash-handset', '--headless', '--silent', '--trust', key, '--port', port, '--flash', flash);
  await anna.ready();

  await send('--text', `Cash-Mobile: ${person['descriptor']} is your application.`);
  await anna.does(waitFor('1 unread'), { press: 'soft-right' }, { press: 'select' }, ...select('Open', 'Open'));
  await anna.does(waitFor('Install?'), ...select('Install'), waitFor('Start Cash-Mobile now?'), ...select('Start'));
  const code = String(person['activationCode']).replace('-', '').toLowerCase();
  await anna.does(waitFor('Activation'), { type: code }, ...select('Next'), waitFor('New PIN'), PIN, ...select('Next'));
  await anna.does(waitFor('The same PIN again'), PIN, ...select('Next'), waitFor('Confirm your PIN'), PIN);
  await anna.does(...select('Confirm'), waitFor('Your phone is active'), ...select('OK'), { press: 'power' });

  const pays = async (mref: string): Promise<unknown> => {
    const ask = { method: 'POST', body: JSON.stringify({ mref, customer, amount: { minor: 1250, currency: 'EUR' } }) };
    const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
    const { txn } = aLine.parse(await (await fetch(`${url}/v1/payments`, { ...ask, headers })).json());
    await anna.does(waitFor('Approve'), ...select('Approve'), PIN, ...select('Confirm'), waitFor('Paid'));
    await anna.does(...select('OK'), { press: 'power' });
    const answer = await fetch(`${url}/v1/payments/${txn}?wait=60`, { headers });
    return aLine.parse(await answer.json())['state'];
  };
  const first = await pays('order-1');

  const push = serviceIndicationContent({ text: 'A new version', href: String(person['descriptor']) });
  if (push.kind !== 'data') throw new Error('expected octets');
  await send('--data', Buffer.from(push.data).toString('hex'), '--destination-port', '2948', '--source-port', '9200');
  await anna.does(waitFor('1 unread'), { press: 'soft-right' }, { press: 'select' }, ...select('Open', 'Open'));
  await anna.does(waitFor('Trusted'), ...select('Install'), waitFor('Start Cash-Mobile now?'), ...select('Later'));
  await anna.does({ press: 'power', long: true }, { press: 'power', long: true });
  const marks = anna.lines.filter(({ title }) => title === 'Payment').map(({ indicator }) => indicator);
  expect(marks).toContainEqual({ kind: 'trusted', text: '✓ Cash-Mobile' });
  expect([first, await pays('order-2')]).toEqual(['CAPTURED', 'CAPTURED']);
  expect(anna.lines.filter(({ event }) => event === 'installed')).toEqual([
    { event: 'installed', name: 'Cash-Mobile', version: '1.0.0', isDowngrade: false },
    { event: 'installed', name: 'Cash-Mobile', version: '1.0.0', replaced: '1.0.0', isDowngrade: false },
  ]);
});
