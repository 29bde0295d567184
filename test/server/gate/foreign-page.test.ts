import { once } from 'node:events';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer as createWebServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openControl, openSimulation } from '../../../sim/index.ts';
import { shop } from '../world.ts';

/** Debian's package `chromium`. */
const CHROMIUM = '/usr/bin/chromium';
const missing = !existsSync(CHROMIUM) && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';

const ONE = '+393330000001';

/** What a browser asked a server over one connection, and what it heard. */
interface Exchange {
  request: string;
  response: string;
}

/** A port that passes all octets on to a server, and keeps them: what is in it has reached the server, and what came back is its answer. */
async function recorder(target: string) {
  const { hostname, port } = new URL(target);
  const exchanges: Exchange[] = [];
  const server = createServer((client) => {
    const exchange: Exchange = { request: '', response: '' };
    const upstream = connect(Number(port), hostname);
    exchanges.push(exchange);
    client.on('data', (octets) => {
      exchange.request += octets.toString('latin1');
      upstream.write(octets);
    });
    upstream.on('data', (octets) => {
      exchange.response += octets.toString('latin1');
      client.write(octets);
    });
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => {});
      one.on('close', () => other.destroy());
    }
  });
  return { server, exchanges, port: await portOf(server) };
}

async function portOf(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = Object(server.address());
  return port;
}

/** The requests in what a server got, each with its head and the status of its answer, in their order. */
function requestsIn(exchanges: readonly Exchange[]) {
  return exchanges.flatMap(({ request, response }) => {
    const heads = request.match(/^(?:GET|POST|OPTIONS|PUT|DELETE) \S+ HTTP\/1\.1\r\n(?:[^\r\n]+\r\n)*/gm) ?? [];
    const statuses = [...response.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
    return heads.map((head, place) => ({
      method: head.split(' ')[0],
      header: (name: string) => new RegExp(`^${name}: (.*)\r$`, 'im').exec(head)?.[1],
      status: statuses[place],
      allowed: /^access-control-allow/im.test(response),
    }));
  });
}

/** A server, a path by which something changes, and what shows that nothing did. */
const SERVERS: readonly (readonly [string, () => Promise<Target>])[] = [
  [
    'cash-server',
    async () => {
      const { world } = await shop('foreign page');
      const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
      const before = world.journal.length;
      return {
        url,
        path: '/v1/rails/ledger/notices',
        unchanged: () => expect(world.journal).toHaveLength(before),
        close: () => world.service.close(),
      };
    },
  ],
  [
    'gsm-sim',
    async () => {
      const folder = join(mkdtempSync(join(tmpdir(), 'foreign-page-')), 'm');
      const simulation = await openSimulation({ seed: 1, folder, clock: { pace: { kind: 'fast' } } }, (world) => [
        world.addModem({ number: ONE }),
      ]);
      const control = await openControl(simulation, 0);
      return {
        url: control.url,
        path: `/modems/${encodeURIComponent(ONE)}/unplug`,
        unchanged: () => expect(simulation.world.modem(ONE)?.plugged).toBe(true),
        close: async () => {
          await control.close();
          simulation.close();
        },
      };
    },
  ],
];

interface Target {
  readonly url: string;
  readonly path: string;
  unchanged(): void;
  close(): Promise<void>;
}

/** Ways in which a page sends a POST without asking the other site first; by the last one it is left. */
const POSTS: readonly (readonly [what: string, script: (url: string) => string])[] = [
  // The answer is kept from the page, which hears of a failure.
  [
    'fetch without a body',
    (url) => `fetch(${JSON.stringify(url)}, { method: 'POST', mode: 'no-cors' }).catch(() => {})`,
  ],
  [
    'fetch of a text',
    (url) => `fetch(${JSON.stringify(url)}, { method: 'POST', mode: 'no-cors', body: '{}' }).catch(() => {})`,
  ],
  ['a beacon', (url) => `navigator.sendBeacon(${JSON.stringify(url)}, '{}')`],
  [
    'a form',
    (url) => `(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'POST', action: ${JSON.stringify(url)}, enctype: 'text/plain' });
      document.body.append(form);
      form.submit();
    })()`,
  ],
];

describe.skipIf(missing)("a page of another site in a real browser (needs Debian's chromium)", () => {
  let browser: Browser;
  const pages = createWebServer((_, response) => response.setHeader('content-type', 'text/html').end('<body>Hello'));
  let pagePort: number;
  beforeAll(async () => {
    pagePort = await portOf(pages);
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: ['--no-sandbox', '--host-resolver-rules=MAP attacker.example 127.0.0.1'],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    pages.close();
  });

  describe.each(SERVERS)('%s', (_, open) => {
    let target: Target;
    beforeAll(async () => {
      target = await open();
    }, 60_000);
    afterAll(() => target.close());

    /** What the browser asked the server for, once so many answers are there; nothing is changed by it. */
    async function seenBy({ exchanges, server }: Awaited<ReturnType<typeof recorder>>, reached: number) {
      const answered = () => requestsIn(exchanges).filter(({ status }) => status !== undefined);
      await expect.poll(() => answered().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(reached);
      server.close();
      target.unchanged();
      return answered();
    }

    it('POST: reaches the server, which sees whose page it is and refuses it; JSON is not sent', {
      timeout: 60_000,
    }, async () => {
      const page = await browser.newPage();
      await page.goto(`http://attacker.example:${pagePort}/`);
      const json = await recorder(target.url);
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
      const url = `http://127.0.0.1:${json.port}${target.path}`;
      const asked = `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(() => 'sent', () => 'refused')`;
      expect(await page.evaluate(asked)).toBe('refused');
      const heard = await seenBy(json, 1);
      expect(heard.map(({ method, allowed }) => [method, allowed])).toEqual([['OPTIONS', false]]);
      for (const [what, script] of POSTS) {
        const recorded = await recorder(target.url);
        await page.evaluate(script(`http://127.0.0.1:${recorded.port}${target.path}`));
        const seen = await seenBy(recorded, 1);
        const [post] = seen.filter(({ method }) => method === 'POST');
        const told = { origin: post?.header('Origin'), site: post?.header('Sec-Fetch-Site') };
        const refused = { status: post?.status, allowed: post?.allowed };
        expect({ ...told, ...refused }, what).toEqual({
          ...{ origin: `http://attacker.example:${pagePort}`, site: 'cross-site' },
          ...{ status: 403, allowed: false },
        });
      }
      await page.close();
    });

    it('whose name leads here (DNS rebinding): reads nothing and changes nothing, though for the browser it is of the same origin', async () => {
      const recorded = await recorder(target.url);
      const page = await browser.newPage();
      const response = await page.goto(`http://attacker.example:${recorded.port}/`);
      expect(response?.status()).toBe(421);
      const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
      const asked = `fetch(${JSON.stringify(target.path)}, ${JSON.stringify(init)}).then(({ status }) => status)`;
      expect(await page.evaluate(asked)).toBe(421);
      expect(await page.evaluate(`fetch('/openapi.json').then(({ status }) => status)`)).toBe(421);
      const seen = await seenBy(recorded, 3);
      await page.close();
      for (const { header, status } of seen) {
        expect([header('Host')?.split(':')[0], status]).toEqual(['attacker.example', 421]);
      }
      expect(seen.filter(({ method }) => method === 'POST').length).toBeGreaterThanOrEqual(1);
    });
  });
});
