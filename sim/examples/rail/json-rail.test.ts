import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ref } from 'cash-mobile/server';
import { railLaws, VirtualClock } from 'cash-mobile/sim';
import { describe, expect, it, onTestFinished } from 'vitest';
import make from './json-bank.ts';
import { type Ask, askOver, jsonRail } from './json-rail.ts';

describe('the rail', () => {
  it.each(railLaws(make))('keeps the law: $name', ({ run }) => run());

  it('does not know what became of an order when the answer is an error, whatever is in it', async () => {
    const ask: Ask = async () => ({ status: 500, body: { state: 'done', code: 4711 } });
    const rail = jsonRail({ ask, clock: new VirtualClock(), secret: 's' });
    const txn = ref('0123456789abcdef');
    const amount = { minor: 1, currency: 'EUR' } as const;
    const accounts = { payer: 'clearing:bank', merchant: 'merchant:1' } as const;
    const order = { key: `${txn}:charge`, txn, kind: 'charge', amount, ...accounts, note: '{"from":0}' } as const;
    expect(await rail.send(order)).toEqual({ kind: 'unknown', reason: 'the bank answered 500' });
  });
});

describe('requests over HTTP', () => {
  async function bank(answer: RequestListener) {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address: Partial<AddressInfo> = Object(server.address());
    return `http://127.0.0.1:${address.port}`;
  }

  it('carry the key and the order, and bring status and JSON back', async () => {
    const url = await bank(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      const { method, url: path, headers } = request;
      const heard = { method, path, key: headers.authorization, type: headers['content-type'], body };
      response.writeHead(404, { 'content-type': 'application/json' }).end(JSON.stringify(heard));
    });
    const heard = { method: 'POST', path: '/orders', key: 'Bearer k', type: 'application/json', body: '{"minor":1}' };
    expect(await askOver(url, 'k')('POST', '/orders', { minor: 1 })).toEqual({ status: 404, body: heard });
    expect(await askOver(url, 'k')('GET', '/orders/1')).toMatchObject({ body: { method: 'GET', body: '' } });
  });

  it.each<readonly [string, RequestListener]>([
    ['that are not answered', () => {}],
    [
      'whose answer is cut',
      (_, response) => void response.writeHead(200, { 'content-length': 9 }).write('{"st', () => response.destroy()),
    ],
    ['whose answer is no JSON', (_, response) => void response.end('<html>')],
    [
      'that are sent elsewhere',
      ({ url }, response) =>
        void (url === '/orders/1' ? response.writeHead(302, { location: '/elsewhere' }).end() : response.end('{}')),
    ],
  ])('%s fail', async (_, answer) => {
    await expect(askOver(await bank(answer), 'k', 100)('GET', '/orders/1')).rejects.toThrow();
  });
});
