import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openModem, systemClock, systemRandom } from '../../../modem/index.ts';
import { APPLICATION_PORT, readKeyFile, servicePrimitives } from '../../../server/index.ts';
import { temporaryFolder } from '../database.ts';
import { TestPhone } from '../phone.ts';
import { eventually, Program } from './program.ts';

const PIN = '48213';
const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const SERVER = 'server/cli/cash-server.ts';

const Activation = z.object({ deviceId: z.int(), activationCode: z.string() });
const PaymentAnswer = z.object({ txn: z.string(), state: z.string() });
const Modems = z.array(z.object({ number: z.string(), tty: z.string(), tcp: z.string() })).length(2);

const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

function run(source: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}): Program {
  const program = new Program(source, args, environment);
  ends.push(() => program.end('SIGKILL'));
  return program;
}

/** A network with two modems, a new service on the first, and the keys to it. */
async function network() {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  const sim = run('sim/cli/gsm-sim.ts', ['serve', '--modems', '2', '--dir', join(folder, 'sim'), '--profile', 'none']);
  const { adminKey } = await run(SERVER, ['init', '--data', data]).line('initialised');
  const [first, second] = Modems.parse((await sim.line('ready'))['modems']);
  if (first === undefined || second === undefined) throw new Error('the network has no modems');
  const serve = async () => {
    const program = run(SERVER, ['serve', '--data', data, '--port', first.tty, '--listen', '127.0.0.1:0']);
    const { url } = await program.line('ready');
    return { program, url: String(url) };
  };
  const administer = async (url: string, event: string, ...args: readonly string[]) => {
    const key = { CASH_SERVER_ADMIN_KEY: String(adminKey) };
    return run(SERVER, [...args, '--server', url], key).line(event);
  };
  return {
    data,
    serviceNumber: String(first.number),
    phoneNumber: String(second.number),
    tcp: second.tcp,
    serve,
    administer,
  };
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
    await run(SERVER, ['init', '--data', data]).ended();
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
    const { data, serviceNumber, phoneNumber, tcp, serve, administer } = await network();
    const { program, url } = await serve();
    const modems = [{ state: 'ready', since: expect.stringMatching(ISO) }];
    expect(program.lines[0]).toMatchObject({ event: 'taken-over', requests: 0 });
    expect(program.lines[1]).toMatchObject({ event: 'ready', number: serviceNumber, page: `${url}/`, modems });

    const person = await administer(
      url,
      'person',
      'person',
      'add',
      '--number',
      phoneNumber,
      '--name',
      'Anna',
      '--activate',
    );
    await administer(
      url,
      'deposit',
      'deposit',
      '--person',
      String(person['id']),
      '--minor',
      '5000',
      '--reference',
      'a',
    );
    const { apiKey } = await administer(url, 'merchant', 'merchant', 'add', '--name', 'Edicola');
    const { deviceId, activationCode } = Activation.parse(person['activation']);
    const phone = await phoneOn(tcp, phoneNumber, serviceNumber, data);
    phone.enrol(deviceId, activationCode, PIN);
    await eventually('the question for the PIN', () => phone.asked.at(0));
    phone.approve(PIN);
    await eventually('the receipt of the enrolment', () => phone.receipts().at(0));

    const call = async (base: string, method: string, path: string, body?: object) => {
      const headers = { authorization: `Bearer ${String(apiKey)}`, 'content-type': 'application/json' };
      const response = await fetch(base + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return PaymentAnswer.parse(await response.json());
    };
    const order = { mref: 'a', customer: phoneNumber, amount: { minor: 1_250, currency: 'EUR' } };
    const { txn } = await call(url, 'POST', '/v1/payments', order);
    await eventually('the request', () => phone.asked.at(1));
    phone.approve(PIN);
    await eventually('the approval', () => program.lines.find((line) => JSON.stringify(line).includes('"approve"')));
    expect(await program.end('SIGKILL')).toBe('SIGKILL');

    const again = await serve();
    expect(await call(again.url, 'GET', `/v1/payments/${txn}?wait=10`)).toMatchObject({ state: 'CAPTURED' });
    await eventually('the receipt', () => phone.receipts().find(({ status }) => status === 'paid'));
    expect(await call(again.url, 'POST', '/v1/payments', order)).toMatchObject({ txn, state: 'CAPTURED' });
    expect(await again.program.end('SIGTERM')).toBe(0);
    expect(again.program.errors).toBe('');
    const closed = again.program.lines.filter(({ event }) => event === 'modem').at(-1);
    expect(closed).toMatchObject({ state: 'closed', since: expect.stringMatching(ISO) });
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
      '"there is no service in nodata: cash-server init --data nodata makes one"',
    ],
    ['without the key of the administrator', ['merchant', 'add', '--name', 'A'], 2, 'CASH_SERVER_ADMIN_KEY'],
    ['with a command that nobody knows', ['sing'], 2, 'sing'],
  ])('%s says so in one line', async (_, args, code, message) => {
    const program = run(SERVER, args, { CASH_SERVER_ADMIN_KEY: '' });
    expect(await program.ended()).toBe(code);
    expect(program.errors.trimEnd().split('\n')).toHaveLength(1);
    expect(program.errors).toContain(message);
  });

  it('says that no service answers', async () => {
    const key = { CASH_SERVER_ADMIN_KEY: 'x' };
    const program = run(SERVER, ['merchant', 'add', '--name', 'A', '--server', 'http://127.0.0.1:1'], key);
    expect(await program.ended()).toBe(1);
    expect(program.errors).toContain('no service answers at http://127.0.0.1:1');
  });
});
