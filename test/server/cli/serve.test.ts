import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { openModem, systemClock, systemRandom } from '../../../modem/index.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { APPLICATION_PORT, readKeyFile, servicePrimitives } from '../../../server/index.ts';
import {
  CardHost,
  createWorld,
  deliverWebhooks,
  latencyProfiles,
  listenForCards,
  listenForPayPal,
  openLines,
  PayPalHost,
} from '../../../sim/index.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { TestPhone } from '../phone.ts';
import { eventually, type Line, Program } from './program.ts';

const PIN = '48213';
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const SERVER = 'dist/server/cli/cash-server.js';

const Activation = z.object({ deviceId: z.int(), activationCode: z.string() });
const PaymentAnswer = z.object({ txn: z.string(), state: z.string() });

const DAY_MS = 24 * 3_600_000;

/** The day as the command line has it. */
const dayText = (at: number) => new Date(at).toISOString().slice(0, 10);

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
  vi.unstubAllEnvs();
});

function run(file: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Program {
  const program = new Program(file, args, environment);
  ends.push(() => program.end('SIGKILL'));
  return program;
}

/** A command that ends by itself. @param key of the administrator. @returns the line that it prints */
async function command(args: readonly string[], key: string = ''): Promise<Line> {
  vi.stubEnv('CASH_SERVER_ADMIN_KEY', key);
  const { code, out, err } = await inProcess(cashServer, ...args, '--json');
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out);
}

/** A network with two modems, a new service on the first, and the keys to it. */
async function network() {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const profile = latencyProfiles['none'] ?? expect.fail('no profile');
  const world = createWorld({ seed: 1, clock: systemClock, profile });
  for (const number of ['+393330000001', '+393330000002']) world.addModem({ number });
  const lines = await openLines(world.modems, join(folder, 'sim'));
  ends.push(async () => lines.close());
  const { adminKey } = await command(['init', '--data', data]);
  const [first, second] = lines.lines;
  if (first === undefined || second === undefined) throw new Error('the network has no modems');
  const serve = async (options: readonly string[] = [], environment: NodeJS.ProcessEnv = {}) => {
    const args = ['serve', '--data', data, '--port', first.tty, '--listen', '127.0.0.1:0', ...options];
    const program = run(SERVER, args, environment);
    const { url } = await program.line('ready');
    return { program, url: String(url) };
  };
  const administer = (url: string, ...args: readonly string[]) => command([...args, '--server', url], String(adminKey));
  const [serviceNumber, phoneNumber] = [first.number, second.number];
  /** Anna with an active phone, and a merchant's key. */
  const subscriber = async (url: string) => {
    const args = ['person', 'add', '--number', phoneNumber, '--name', 'Anna', '--activate'];
    const person = await administer(url, ...args);
    const { apiKey } = await administer(url, 'merchant', 'add', '--name', 'Edicola');
    const { deviceId, activationCode } = Activation.parse(person['activation']);
    const phone = await phoneOn(second.tcp, phoneNumber, serviceNumber, data);
    phone.enrol(deviceId, activationCode, PIN);
    await eventually('the question for the PIN', () => phone.asked.at(0));
    phone.approve(PIN);
    await eventually('the receipt of the enrolment', () => phone.receipts().at(0));
    return { person: String(person['id']), phone, apiKey: String(apiKey) };
  };
  const order = { mref: 'a', customer: phoneNumber, amount: { minor: 1_250, currency: 'EUR' } };
  return { folder, data, serviceNumber, phoneNumber, order, serve, administer, subscriber };
}

async function call(url: string, apiKey: string, method: string, path: string, body?: object) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const response = await fetch(url + path, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return PaymentAnswer.parse(await response.json());
}

/** A phone on a modem of the network. */
async function phoneOn(tcp: string, number: string, serviceNumber: string, data: string): Promise<TestPhone> {
  const modem = await openModem(tcp);
  ends.push(() => modem.close());
  const keys = readKeyFile(join(data, 'keys.json'), servicePrimitives());
  const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
  const phone = new TestPhone(number, keys, systemClock, systemRandom, (frame) => {
    void modem.send({ id: 'phone', destination: serviceNumber, content: { kind: 'data', data: frame, ports } });
  });
  modem.receive({
    async message({ content }) {
      if (content.kind === 'data') phone.receive(content.data);
    },
    report() {},
  });
  return phone;
}

describe('cash-server on a modem', () => {
  it('ends at SIGTERM while a modem that says nothing is being opened', async () => {
    const data = join(temporaryFolder(), 'data');
    await command(['init', '--data', data]);
    const asked: Promise<unknown>[] = [];
    const silent = createServer((socket) => {
      asked.push(once(socket, 'data'));
      socket.on('error', () => {});
    }).listen(0, '127.0.0.1');
    ends.push(async () => silent.close());
    await once(silent, 'listening');
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const args = ['serve', '--data', data, '--port', `tcp://127.0.0.1:${port}`, '--number', '+393400000000'];
    const program = run(SERVER, [...args, '--listen', '127.0.0.1:0']);
    await eventually('the first octets to the modem', () => asked[0]);
    const begun = systemClock.now();
    expect(await program.end('SIGTERM')).toBe(0);
    expect(systemClock.now() - begun).toBeLessThan(9_000);
    expect(program.lines.map(({ event }) => event)).toEqual(['stopped']);
  }, 60_000);

  it('serves a payment, and killed between approval and receipt goes on: one charge, one receipt', async () => {
    const { serviceNumber, order, serve, administer, subscriber } = await network();
    const { program, url } = await serve();
    const modems = [{ state: 'ready', since: expect.stringMatching(ISO) }];
    expect(program.lines[0]).toMatchObject({ event: 'taken-over', requests: 0 });
    expect(program.lines[1]).toMatchObject({ event: 'ready', number: serviceNumber, page: `${url}/`, modems });

    const { person, phone, apiKey } = await subscriber(url);
    await administer(url, 'deposit', '--person', person, '--minor', '5000', '--reference', 'a');
    const { txn } = await call(url, apiKey, 'POST', '/v1/payments', order);
    await eventually('the request', () => phone.asked.at(1));
    phone.approve(PIN);
    await eventually('the approval', () => program.lines.find((line) => JSON.stringify(line).includes('"approve"')));
    expect(await program.end('SIGKILL')).toBe('SIGKILL');

    const ecr = join(temporaryFolder(), 'ecr.json');
    const registers = [{ terminal: '12345678', merchant: 1 }];
    writeFileSync(ecr, JSON.stringify({ listen: '127.0.0.1:0', registers }));
    const again = await serve(['--ecr', ecr]);
    const metadata = await (await fetch(`${again.url}/.well-known/openid-configuration`)).json();
    expect(metadata).toMatchObject({ issuer: again.url });
    const door = again.program.lines.find(({ event }) => event === 'registers');
    expect(door).toMatchObject({ host: '127.0.0.1', terminals: ['12345678'] });
    const register = connect(Number(door?.['port']), '127.0.0.1');
    ends.push(async () => register.destroy());
    // Status of the terminal: STX, message, ETX, LRC; first its ACK comes.
    register.write('\x02123456780s\x03\x37');
    const [heard] = await once(register, 'data');
    expect(String(heard).slice(0, 3)).toBe('\x06\x03z');

    expect(await call(again.url, apiKey, 'GET', `/v1/payments/${txn}?wait=10`)).toMatchObject({ state: 'CAPTURED' });
    await eventually('the receipt', () => phone.receipts().find(({ status }) => status === 'paid'));
    expect(await call(again.url, apiKey, 'POST', '/v1/payments', order)).toMatchObject({ txn, state: 'CAPTURED' });
    expect(await again.program.end('SIGTERM')).toBe(0);
    expect(again.program.errors).toBe('');
    const closed = again.program.lines.filter(({ event }) => event === 'modem').at(-1);
    expect(closed).toMatchObject({ state: 'closed', since: expect.stringMatching(ISO) });
  }, 120_000);

  it('charges a card at the host of a file, and compares with the statements of a folder', async () => {
    const { folder, phoneNumber, order, serve, administer, subscriber } = await network();
    const macKey = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
    const speech = { variant: 'binary', lengthCountsItself: false, tpdu: true, macKey } as const;
    const host = new CardHost({ clock: systemClock, merchant: 'MERCHANT1', speech });
    const listener = await listenForCards(host);
    ends.push(() => listener.close());
    const settings = {
      host: `127.0.0.1:${listener.port}`,
      variant: 'binary',
      tpdu: '6000010002',
      acquirer: '12345',
      merchant: 'MERCHANT1',
      terminals: ['TERM0001'],
      customers: 'customers.csv',
      statements: '.',
    };
    writeFileSync(join(folder, 'card.json'), JSON.stringify(settings));
    writeFileSync(join(folder, 'customers.csv'), `${phoneNumber},9000000000000000017\n`);
    const days = { from: dayText(systemClock.now() - DAY_MS), to: dayText(systemClock.now() + DAY_MS) };

    const key = { CASH_SERVER_CARD_MAC_KEY: macKey.toString('hex') };
    const { program, url } = await serve(['--card', join(folder, 'card.json')], key);
    expect(await program.line('card')).toMatchObject({ what: 'signed on at the card host' });
    const { phone, apiKey } = await subscriber(url);
    const { txn } = await call(url, apiKey, 'POST', '/v1/payments', order);
    await eventually('the request', () => phone.asked.at(1));
    phone.approve(PIN);
    const receipt = await eventually('the receipt', () => phone.receipts().find(({ status }) => status === 'paid'));
    expect(receipt).toMatchObject({ rail: 'card' });
    expect(await call(url, apiKey, 'GET', `/v1/payments/${txn}`)).toMatchObject({ state: 'CAPTURED' });
    expect(host.moved()).toBe(1_250);

    writeFileSync(join(folder, `${days.from}.csv`), host.statement(0, systemClock.now() + 1));
    const args = ['reconcile', '--rail', 'card', '--from', days.from, '--to', days.to];
    expect(await administer(url, ...args)).toMatchObject({ rail: 'card', matched: 1 });
    expect(await program.end('SIGTERM')).toBe(0);
    expect(program.errors).toBe('');
  }, 120_000);

  it('charges a PayPal account of a file, hears by webhook what was pending, and compares with the report', async () => {
    const { folder, phoneNumber, order, serve, administer, subscriber } = await network();
    const agreed = { clientId: 'client', webhookId: '4JH86294D6297924G' };
    const paypal = await listenForPayPal((address) => {
      return new PayPalHost({ clock: systemClock, ...agreed, secret: 's', vault: ['8kk8451t'], address });
    });
    ends.push(() => paypal.close());
    const settings = { ...agreed, url: paypal.url, certificatesFrom: [paypal.url], customers: 'customers.csv' };
    writeFileSync(join(folder, 'paypal.json'), JSON.stringify(settings));
    writeFileSync(join(folder, 'customers.csv'), `${phoneNumber},8kk8451t\n`);

    const secret = { CASH_SERVER_PAYPAL_SECRET: 's' };
    const { program, url } = await serve(['--paypal', join(folder, 'paypal.json')], secret);
    deliverWebhooks(paypal.host, `${url}/v1/rails/paypal/notices`, systemClock);
    const { phone, apiKey } = await subscriber(url);
    paypal.host.misbehave('pending');
    const { txn } = await call(url, apiKey, 'POST', '/v1/payments', order);
    await eventually('the request', () => phone.asked.at(1));
    phone.approve(PIN);
    await eventually('the capture', () => paypal.host.entries.at(0));
    paypal.host.decide('moved');
    const receipt = await eventually('the receipt', () => phone.receipts().find(({ status }) => status === 'paid'));
    expect(receipt).toMatchObject({ rail: 'paypal' });
    expect(await call(url, apiKey, 'GET', `/v1/payments/${txn}`)).toMatchObject({ state: 'CAPTURED' });
    expect(paypal.host.moved()).toBe(1_250);

    const days = { from: dayText(systemClock.now() - DAY_MS), to: dayText(systemClock.now() + DAY_MS) };
    const args = ['reconcile', '--rail', 'paypal', '--from', days.from, '--to', days.to];
    expect(await administer(url, ...args)).toMatchObject({ rail: 'paypal', matched: 1 });
    expect(await program.end('SIGTERM')).toBe(0);
    expect(program.errors).toBe('');
  }, 120_000);

  it('lets one service at a time use a data folder', async () => {
    const { data, serve } = await network();
    await serve();
    const second = run(SERVER, ['serve', '--data', data, '--port', 'tcp://127.0.0.1:1']);
    expect(await second.ended()).toBe(1);
    expect(second.errors).toContain('service.lock is held by another process');
  }, 30_000);
});

describe('cash-server used wrongly', () => {
  it.each([
    ['without a data folder', ['init'], 2, '--data'],
    [
      'with a number that is none',
      ['serve', '--data', 'd', '--port', 'p', '--number', '0340'],
      2,
      '+ and 7 to 15 digits',
    ],
    ['with an address that is none', ['serve', '--data', 'd', '--port', 'p', '--listen', '8080'], 2, '127.0.0.1:8080'],
    [
      'on a data folder without a service',
      ['serve', '--data', 'nodata', '--port', 'p'],
      1,
      'there is no service in nodata: cash-server init --data nodata makes one',
    ],
    ['without the key of the administrator', ['merchant', 'add', '--name', 'A'], 2, 'CASH_SERVER_ADMIN_KEY'],
    ['with a command that nobody knows', ['sing'], 2, 'sing'],
  ])('%s says so in one line', async (_, args, code, message) => {
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', '');
    const ended = await inProcess(cashServer, ...args);
    expect(ended).toMatchObject({ code, out: '' });
    expect(ended.err.trimEnd().split('\n')).toHaveLength(1);
    expect(ended.err).toContain(message);
  });

  it('says that no service answers', async () => {
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', 'x');
    const args = ['merchant', 'add', '--name', 'A', '--server', 'http://127.0.0.1:1'];
    const { code, err } = await inProcess(cashServer, ...args);
    expect(code).toBe(1);
    expect(err).toContain('no service answers at http://127.0.0.1:1');
  });
});
