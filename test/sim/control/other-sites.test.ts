import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type ControlServer, openControl, openSimulation, type Simulation } from '../../../sim/index.ts';

/** Debian's package `chromium`. */
const CHROMIUM = '/usr/bin/chromium';
const missing = !existsSync(CHROMIUM) && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';

const ONE = '+393330000001';
const UNPLUG = `/modems/${encodeURIComponent(ONE)}/unplug`;

let simulation: Simulation;
let control: ControlServer;
let modemPort: number;

beforeAll(async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'sites-')), 'm');
  simulation = await openSimulation({ seed: 1, folder, clock: { pace: { kind: 'fast' } }, tcpPort: 0 }, (world) => [
    world.addModem({ number: ONE }),
  ]);
  control = await openControl(simulation, 0, { headersMs: 150, idleMs: 100 });
  const modems = z.array(z.object({ tcp: z.string() }));
  const [first] = modems.parse(await (await fetch(`${control.url}/modems`)).json());
  modemPort = Number(new URL(first?.tcp ?? '').port);
});
afterAll(async () => {
  await control.close();
  simulation.close();
});

const modem = () => simulation.world.modem(ONE);
const sent = () => simulation.world.log.entries().filter(({ kind }) => kind === 'accept').length;

/** By what lets a program say of itself what fetch does not: Host, Origin, Sec-Fetch-Site. */
async function statusOf(path: string, method: string, headers: Record<string, string>, body?: string): Promise<number> {
  const asked = request(`${control.url}${path}`, { method, headers });
  asked.end(body);
  const [response] = await once(asked, 'response');
  response.resume();
  return response.statusCode;
}

it.each<readonly [method: string, path: string, headers: Record<string, string>, status: number]>([
  ['POST', UNPLUG, { Origin: 'https://attacker.example' }, 403],
  ['POST', UNPLUG, { 'Sec-Fetch-Site': 'cross-site' }, 403],
  ['POST', UNPLUG, { Origin: 'null' }, 403],
  ['POST', UNPLUG, { Host: 'attacker.example' }, 421],
  ['POST', UNPLUG, { 'Content-Type': 'text/plain' }, 415],
  ['POST', UNPLUG, { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
  ['DELETE', '/faults/fault-1', { Origin: 'https://attacker.example' }, 403],
  ['PUT', '/clock', { Origin: 'https://attacker.example' }, 403],
  ['GET', '/log', { Host: 'attacker.example:80' }, 421],
  ['GET', '/nothing', { Host: 'attacker.example:80' }, 421],
  ['GET', '/', { Origin: 'https://attacker.example' }, 200],
])('%s %s with %j: %s', async (method, path, headers, status) => {
  expect(await statusOf(path, method, headers)).toBe(status);
  expect(modem()?.plugged).toBe(true);
});

it('a program without a body goes on working, and a page of the simulation itself', async () => {
  expect(await statusOf(UNPLUG, 'POST', {})).toBe(200);
  const plug = UNPLUG.replace(/unplug$/, 'plug');
  expect(await statusOf(plug, 'POST', { Origin: control.url, 'Sec-Fetch-Site': 'same-origin' })).toBe(200);
  expect(modem()?.plugged).toBe(true);
});

it('the control API and the ports of modems are there for this machine alone', async () => {
  // Another address of the loopback network, which a server on all addresses would answer.
  for (const port of [Number(new URL(control.url).port), modemPort]) {
    const [error] = await once(connect(port, '127.0.0.2'), 'error');
    expect(error).toMatchObject({ code: 'ECONNREFUSED' });
  }
});

it('browsers are told to keep nothing and to guess nothing', async () => {
  for (const path of ['/', '/log', '/nothing', '/modems']) {
    const { headers } = await fetch(`${control.url}${path}`);
    expect(Object.fromEntries(headers), path).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'cross-origin-resource-policy': 'same-origin',
    });
  }
});

it('a client has as many connections as it is told, which is how patience reaches the server', async () => {
  const small = await openControl(simulation, 0, { connections: 1 });
  const port = Number(new URL(small.url).port);
  const first = connect(port, '127.0.0.1');
  await once(first, 'connect');
  const second = connect(port, '127.0.0.1');
  second.on('error', () => {});
  await once(second, 'close');
  expect(first.destroyed).toBe(false);
  first.destroy();
  await small.close();
});

it('an answer is waited for, however short the patience with slow clients', async () => {
  const response = await fetch(`${control.url}/log?after=999999&wait=900ms`);
  expect(response.status).toBe(200);
});

describe.skipIf(missing)("a page of another site (needs Debian's chromium)", () => {
  let browser: Browser;
  const pages = createServer((_request, response) => response.setHeader('content-type', 'text/html').end('<p>Hello'));
  beforeAll(async () => {
    pages.listen(0, '127.0.0.1');
    await once(pages, 'listening');
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--host-resolver-rules=MAP attacker.example 127.0.0.1'],
    });
  });
  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  /** What the page's requests come to, one after the other: `sent`, or the error. */
  async function attack(requests: readonly (readonly [url: string, init: RequestInit])[]): Promise<readonly string[]> {
    const address = pages.address();
    const page = await browser.newPage();
    await page.goto(`http://attacker.example:${typeof address === 'object' ? address?.port : ''}/`);
    const outcomes: string[] = [];
    for (const [url, init] of requests) {
      outcomes.push(
        await page.evaluate(
          `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(() => 'sent', (error) => String(error))`,
        ),
      );
    }
    await page.close();
    return outcomes;
  }

  it('unplugs no modem', async () => {
    const url = `${control.url}${UNPLUG}`;
    const outcomes = await attack([
      [url, { method: 'POST', mode: 'no-cors' }],
      [url, { method: 'POST', mode: 'no-cors', body: '{}' }],
      [url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
    ]);
    expect(outcomes).toHaveLength(3);
    expect(modem()?.plugged).toBe(true);
  });

  it('reads nothing under a name of its own', async () => {
    const page = await browser.newPage();
    const response = await page.goto(`${control.url.replace('127.0.0.1', 'attacker.example')}/log`);
    expect(response?.status()).toBe(421);
    await page.close();
  });
});

it('no AT command in the body of a request is carried out at the port of a modem; a program at it sends', async () => {
  const send = `AT+CMGF=1\rAT+CMGS="${ONE}"\rmoney\u001a`;
  const bodyFirst = connect(modemPort, '127.0.0.1');
  bodyFirst.on('error', () => {});
  bodyFirst.write(`POST / HTTP/1.1\r\nHost: 127.0.0.1:${modemPort}\r\nContent-Length: ${send.length}\r\n\r\n${send}`);
  await once(bodyFirst, 'close');
  const program = connect(modemPort, '127.0.0.1');
  program.on('error', () => {});
  program.write(send);
  await expect.poll(sent).toBe(1);
  program.destroy();
  await expect.poll(() => modem()?.hostPresent).toBe(false);
  expect(sent()).toBe(1);
});
