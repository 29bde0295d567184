import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { PIN } from '../world.ts';
import { open } from './api.ts';

const ROOT = join(import.meta.dirname, '../../..');

const Description = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ tags: z.array(z.string()) }))),
});

type Opened = Awaited<ReturnType<typeof open>>;

/** A route of the API, from its own description. */
interface Route {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly tag: string | undefined;
}

/** Every route that is there, so that a new one is looked at too. */
async function routesOf({ world }: Opened): Promise<readonly Route[]> {
  const { paths } = Description.parse((await world.service.http.inject({ url: '/openapi.json' })).json());
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { tags }]) => ({
      method: z.enum(['GET', 'POST']).parse(method.toUpperCase()),
      path,
      tag: tags[0],
    })),
  );
}

/** A path with something in each place of it. */
const filled = (path: string, txn: string) =>
  path
    .replace('{txn}', txn)
    .replace('{id}', '1')
    .replace('{name}', 'admin')
    .replace('{rail}', 'bank')
    .replace('{file}', 'x.jad');

/** A payment that waits, one that is paid and one that is given back; of the first merchant. */
async function withPayments() {
  const opened = await open();
  const { world, merchant, customer, call } = opened;
  const paid = async (mref: string) => {
    const { txn } = await world.request(merchant, { mref });
    await world.clock.advance(3_000);
    customer.phone.approve(PIN);
    await world.clock.advance(5_000);
    return txn;
  };
  const captured = await paid('paid');
  const refunded = await paid('back');
  expect((await call('POST', `/v1/payments/${refunded}/refund`)).body.state).toBe('REFUNDED');
  const { txn: requested } = await world.request(merchant, { mref: 'open' });
  return { ...opened, payments: { requested, captured, refunded } };
}

describe('API1: broken object level authorization', () => {
  it("a merchant gets to another's payment by no route, in no state, and cannot tell it from one that is not there", async () => {
    const opened = await withPayments();
    const { world, call, payments, merchant } = opened;
    const other = await world.service.addMerchant({ name: 'Bar Sport', currency: 'EUR' });
    const routes = (await routesOf(opened)).filter(({ path, tag }) => path.includes('{txn}') && tag === 'payments');
    expect(routes.map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([
        'GET /v1/payments/{txn}',
        'POST /v1/payments/{txn}/cancel',
        'POST /v1/payments/{txn}/refund',
        'GET /v1/payments/{txn}/receipt',
      ]),
    );
    const before = await world.service.payments({ merchantId: merchant.id, limit: 10 });
    const nobody = '0123456789abcdef';
    for (const { method, path } of routes) {
      for (const [state, txn] of Object.entries(payments)) {
        const answer = await call(method, filled(path, txn), undefined, other.apiKey);
        const absent = await call(method, filled(path, nobody), undefined, other.apiKey);
        const shown = JSON.stringify(answer).replaceAll(txn, nobody);
        expect([answer.status, shown], `${method} ${path}, ${state}`).toEqual([404, JSON.stringify(absent)]);
      }
    }
    expect((await call('GET', '/v1/payments', undefined, other.apiKey)).body.payments).toEqual([]);
    for (const query of ['mref=paid', 'state=CAPTURED', 'state=REQUESTED']) {
      expect((await call('GET', `/v1/payments?${query}`, undefined, other.apiKey)).body.payments, query).toEqual([]);
    }
    expect((await call('GET', `/v1/payments?after=${payments.captured}`, undefined, other.apiKey)).status).toBe(404);
    expect(await world.service.payments({ merchantId: merchant.id, limit: 10 })).toEqual(before);
  });

  it('an mref of one merchant is not that of another', async () => {
    const { world, call, order } = await withPayments();
    const { apiKey } = await world.service.addMerchant({ name: 'Bar Sport', currency: 'EUR' });
    const answer = await call('POST', '/v1/payments', order({ mref: 'paid' }), apiKey);
    expect([answer.status, answer.body.state, answer.body.payee]).toEqual([201, 'REQUESTED', 'Bar Sport']);
  });
});

/** Routes for everybody. A new one is added here on purpose, or needs a key. */
const WITHOUT_KEY = [
  '/.well-known/jwks.json',
  '/.well-known/openid-configuration',
  '/d/{file}',
  '/health',
  '/health/live',
  '/health/ready',
  '/v1/rails/{rail}/notices',
];

describe('API2: broken authentication; API5: broken function level authorization', () => {
  it('every route but those for everybody needs a key, and the key of its own kind', async () => {
    const opened = await open();
    const { world, apiKey } = opened;
    const txn = (await world.request(opened.merchant)).txn;
    const routes = await routesOf(opened);
    expect(
      routes
        .filter(({ path }) => WITHOUT_KEY.includes(path))
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(WITHOUT_KEY);
    let asked = 0;
    for (const { method, path, tag } of routes.filter((route) => !WITHOUT_KEY.includes(route.path))) {
      const other = tag === 'payments' ? world.adminKey : apiKey;
      for (const key of [undefined, 'cm_0000', other, `${other}0`]) {
        const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
        // Each from elsewhere, because wrong keys are counted by address.
        const remoteAddress = `10.0.0.${asked++}`;
        const answer = await world.service.http.inject({ method, url: filled(path, txn), headers, remoteAddress });
        expect(answer.statusCode, `${method} ${path} with ${key ?? 'no key'}`).toBe(401);
        expect(answer.headers['www-authenticate']).toBe(tag === 'openid' ? 'Basic realm="Cash-Mobile"' : 'Bearer');
      }
    }
  });

  it('no key is taken from a query, a cookie or a body', async () => {
    const { world, apiKey } = await open();
    for (const request of [
      { url: `/v1/payments?key=${apiKey}` },
      { url: `/v1/payments?access_token=${apiKey}` },
      { url: '/v1/payments', headers: { cookie: `key=${apiKey}` } },
      { url: '/v1/payments', headers: { 'x-api-key': apiKey } },
    ]) {
      expect((await world.service.http.inject(request)).statusCode, JSON.stringify(request)).toBe(401);
    }
  });
});

/** What a request may not set, because it is the service's own. */
const OWN_FIELDS: readonly (readonly [string, unknown])[] = [
  ...[
    ['state', 'CAPTURED'],
    ['settled', true],
    ['txn', '0123456789abcdef'],
    ['merchantId', 2],
    ['payee', 'Bar Sport'],
  ],
  ...[
    ['approvalCode', 1],
    ['matchCode', 1],
    ['rail', 'ledger'],
    ['refunded', 1],
    ['personId', 2],
    ['deviceId', 1],
  ],
  ...[
    ['id', 1],
    ['apiKey', 'cm_1'],
    ['balances', []],
    ['devices', []],
    ['createdAt', '2026-01-01T00:00:00.000Z'],
  ],
  ...[
    ['__proto__x', {}],
    ['constructor', 1],
  ],
].map(([name, value]) => [String(name), value]);

describe('API3: broken object property level authorization', () => {
  it("what is the service's own cannot be set by a request (mass assignment)", async () => {
    const opened = await withPayments();
    const { world, call, admin, order, payments } = opened;
    const events = world.journal.length;
    const merchantBody = { name: 'Bar', currency: 'EUR' };
    const requests: readonly (readonly [who: typeof call, path: string, body: object])[] = [
      [call, '/v1/payments', order({ mref: 'mass' })],
      [call, `/v1/payments/${payments.requested}/cancel`, {}],
      [call, `/v1/payments/${payments.captured}/refund`, { key: 'r1', amount: { minor: 1, currency: 'EUR' } }],
      [admin, '/v1/people', { number: '+393400000078', name: 'B' }],
      [admin, '/v1/people/1/activations', {}],
      [admin, '/v1/people/1/deposits', { amount: { minor: 1, currency: 'EUR' }, reference: 'mass' }],
      [admin, '/v1/merchants', merchantBody],
      [admin, '/v1/merchants/1/payouts', { reference: 'mass', amount: { minor: 1, currency: 'EUR' } }],
      [admin, '/v1/parties', { name: 'Banca', shortName: 'Banca' }],
      [admin, `/v1/payments/${payments.captured}/resolve`, { moved: true, reason: 'x' }],
    ];
    for (const [who, path, body] of requests) {
      for (const [name, value] of OWN_FIELDS) {
        // The person of a merchant is the operator's to say.
        if (path === '/v1/merchants' && name === 'personId') continue;
        expect((await who('POST', path, { ...body, [name]: value })).status, `${path} with ${name}`).toBe(400);
      }
      if (!('amount' in body)) continue;
      const deep = { ...body, amount: { minor: 1, currency: 'EUR', exponent: 4 } };
      expect((await who('POST', path, deep)).status, `${path} with another field in amount`).toBe(400);
    }
    expect(world.journal.length).toBe(events);
  });

  it('a merchant reads of a customer the number that it gave, and nothing else', async () => {
    const { call, payments } = await withPayments();
    const { body } = await call('GET', `/v1/payments/${payments.captured}`);
    expect(Object.keys(body).toSorted()).toEqual([
      ...['amount', 'approvalCode', 'changedAt', 'createdAt', 'customer', 'expiresAt', 'matchCode', 'mref', 'payee'],
      ...['rail', 'reference', 'refunds', 'settled', 'state', 'ttl', 'txn'],
    ]);
    expect(Object.keys((await call('GET', '/v1/merchant')).body).toSorted()).toEqual([
      'currency',
      'id',
      'name',
      'registers',
      'suspended',
    ]);
  });
});

describe('API4: unrestricted resource consumption', () => {
  it.each([
    ['a body', 413, { method: 'POST', url: '/v1/payments', payload: { mref: 'x'.repeat(17_000) } }],
    ['a list', 400, { url: '/v1/payments?limit=201' }],
    ['a wait', 400, { url: '/v1/payments/0123456789abcdef?wait=61' }],
    ['a path', 414, { url: `/v1/payments/${'0'.repeat(200)}` }],
  ] as const)('%s has its limit', async (_, status, request) => {
    const { world, apiKey } = await open();
    const headers = { authorization: `Bearer ${apiKey}` };
    expect((await world.service.http.inject({ ...request, headers })).statusCode).toBe(status);
  });
});

describe('API7: server side request forgery', () => {
  it('beside its commands and clients only rails ask others, and only the hosts of their options, and CIBA where an operator said; what a webhook of PayPal may name: webhook.test.ts', () => {
    const asking = globSync('server/**/*.ts', { cwd: ROOT })
      .filter((file) => !/^server\/(?:cli|client|pages)\//.test(file))
      .filter((file) =>
        /\bfetch\(|\b(?:http|https|net|tls)\.(?:request|get|connect)\(|(?<!^import { createServer } )from 'node:(?:net|tls|dgram)'/m.test(
          readFileSync(join(ROOT, file), 'utf8'),
        ),
      );
    expect(asking.toSorted()).toEqual([
      'server/ciba/ping.ts',
      'server/rails/card/line.ts',
      'server/rails/paypal/http.ts',
    ]);
  });
});

describe('API8: security misconfiguration', () => {
  it.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH'] as const)('%s is answered by no route', async (method) => {
    const opened = await open();
    for (const { path } of await routesOf(opened)) {
      const { statusCode, headers } = await opened.world.service.http.inject({
        method,
        url: filled(path, '0123456789abcdef'),
      });
      expect(statusCode, path).toBe(404);
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('a fault is told without its reason', async () => {
    const { world, call } = await open();
    world.beforeStatement = () => {
      throw new Error('disk at /secret/path');
    };
    const answer = await call('GET', '/v1/payments');
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer)).not.toMatch(/secret|Error|\.ts/);
  });
});
