import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import type { HttpOptions } from '../../../server/gate/index.ts';
import { shop } from '../world.ts';

/** A shop whose API is asked as clients of any kind ask. */
async function open(http: HttpOptions = {}) {
  const base = await shop(1, { http });
  const ask = async (request: InjectOptions) => {
    const response = await base.world.service.http.inject(request);
    const body: { readonly type?: string } = response.payload.startsWith('{') ? response.json() : {};
    return { status: response.statusCode, type: body.type, headers: response.headers };
  };
  const bearer = (key: string) => ({ authorization: `Bearer ${key}` });
  return { ...base, ask, bearer };
}

const ORDER = { mref: 'a', customer: '+393400000001', amount: { minor: 1, currency: 'EUR' } };

describe('a web page of somebody else', () => {
  it('is not served by a name that is not ours', async () => {
    const { ask } = await open();
    const answer = await ask({ url: '/', headers: { host: 'attacker.example:8080' } });
    expect(answer).toMatchObject({ status: 421, type: 'urn:cash-mobile:problem:misdirected' });
    expect((await ask({ url: '/nothing', headers: { host: 'attacker.example' } })).status).toBe(421);
  });

  it('is served by a name that was given', async () => {
    const { ask } = await open({ hosts: ['pay.example'] });
    expect((await ask({ url: '/', headers: { host: 'pay.example' } })).status).toBe(200);
  });

  it('asks for nothing that changes anything, with a key or without', async () => {
    const { ask, apiKey, bearer, world, merchant } = await open();
    const headers = { ...bearer(apiKey), origin: 'https://attacker.example' };
    const refused = await ask({ method: 'POST', url: '/v1/payments', headers, payload: ORDER });
    expect(refused).toMatchObject({ status: 403, type: 'urn:cash-mobile:problem:other-site' });
    const notice = { method: 'POST', url: '/v1/rails/bank/notices', payload: 'x' } as const;
    expect((await ask({ ...notice, headers: { 'sec-fetch-site': 'cross-site' } })).status).toBe(403);
    expect(await world.service.payments({ merchantId: merchant.id, limit: 1 })).toEqual([]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=a',
    'text/plain; application/json',
  ])('does not pass a form or a text for JSON: %s', async (type) => {
    const { ask, apiKey, bearer } = await open();
    const headers = { ...bearer(apiKey), 'content-type': type };
    const request = { method: 'POST', url: '/v1/payments', headers, payload: JSON.stringify(ORDER) } as const;
    expect(await ask(request)).toMatchObject({ status: 415, type: 'urn:cash-mobile:problem:invalid-request' });
  });
});

describe('what browsers are told', () => {
  it.each<readonly [what: string, status: number, request: InjectOptions]>([
    ['the page', 200, { url: '/' }],
    ['its script', 200, { url: '/page.js' }],
    ['health', 200, { url: '/health' }],
    ['a descriptor that is not there', 404, { url: '/d/0123456789abcdef0123456789abcdef.jad' }],
    ['a path that is not there', 404, { url: '/nothing' }],
    ['a path that is none', 400, { url: '/v1/payments/%zz' }],
    ['a request without a key', 401, { url: '/v1/payments' }],
    [
      'a body that is not JSON',
      400,
      { method: 'POST', url: '/v1/payments', payload: '{', headers: { 'content-type': 'application/json' } },
    ],
    ['another host', 421, { url: '/', headers: { host: 'attacker.example' } }],
    ['payments', 200, { url: '/v1/payments' }],
    ['a new payment', 201, { method: 'POST', url: '/v1/payments', payload: ORDER }],
  ])('%s: keep nothing, guess nothing', async (_, status, request) => {
    const { ask, apiKey, bearer } = await open();
    const answer = await ask({ ...request, headers: { ...(status !== 401 && bearer(apiKey)), ...request.headers } });
    expect(answer).toMatchObject({
      status,
      headers: {
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
      },
    });
  });
});

describe('so many requests a minute', () => {
  const from = (remoteAddress: string) => ({ remoteAddress });
  const TOO_MANY = { status: 429, type: 'urn:cash-mobile:problem:too-many-requests' };

  it.each([
    '/',
    '/page.js',
    '/openapi.json',
    '/health',
    '/health/live',
    '/health/ready',
    '/d/0123456789abcdef0123456789abcdef.jad',
    '/nothing',
  ])('from one address, all without a key together: %s', async (url) => {
    const { ask } = await open({ limits: { public: 3 } });
    for (const before of ['/health/live', '/nothing', '/d/0123456789abcdef0123456789abcdef.jad']) {
      expect((await ask({ url: before, ...from('10.0.0.1') })).status, before).toBeLessThan(429);
    }
    const answer = await ask({ url, ...from('10.0.0.1') });
    expect(answer).toMatchObject(TOO_MANY);
    const after = Number(answer.headers['retry-after']);
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThanOrEqual(60);
    expect((await ask({ url, ...from('10.0.0.2') })).status).toBeLessThan(429);
  });

  it('of one network of IPv6', async () => {
    const { ask } = await open({ limits: { public: 1 } });
    await ask({ url: '/', ...from('2001:db8:1:2::1') });
    expect((await ask({ url: '/', ...from('2001:db8:1:2:ffff::9') })).status).toBe(429);
    expect((await ask({ url: '/', ...from('2001:db8:1:3::1') })).status).toBe(200);
  });

  it('with a wrong key or none, while good keys go on from everywhere', async () => {
    const { ask, bearer, apiKey, world } = await open({ limits: { wrongKeys: 3 } });
    const wrong = async (url: string, headers: object) =>
      (await ask({ url, headers: { ...headers }, ...from('10.0.0.1') })).status;
    expect(await wrong('/v1/payments', bearer('cm_wrong'))).toBe(401);
    expect(await wrong('/v1/people', bearer(apiKey))).toBe(401);
    expect(await wrong('/v1/reviews', {})).toBe(401);
    const answer = await ask({ url: '/v1/payments', headers: bearer('cm_wrong'), ...from('10.0.0.1') });
    expect(answer).toMatchObject(TOO_MANY);
    expect(await wrong('/v1/people', bearer('cm_wrong'))).toBe(429);
    for (const address of ['10.0.0.1', '10.0.0.2']) {
      expect((await ask({ url: '/v1/payments', headers: bearer(apiKey), ...from(address) })).status).toBe(200);
      expect((await ask({ url: '/v1/people', headers: bearer(world.adminKey), ...from(address) })).status).toBe(200);
    }
    expect((await ask({ url: '/v1/people', headers: bearer('cm_wrong'), ...from('10.0.0.2') })).status).toBe(401);
  });

  it('with one good key, however its scheme is written', async () => {
    const { ask, apiKey } = await open({ limits: { goodKey: 2 } });
    const statuses: number[] = [];
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      statuses.push((await ask({ url: '/v1/merchant', headers: { authorization: `${scheme} ${apiKey}` } })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
  });

  it('with one good key, from wherever', async () => {
    const { ask, bearer, apiKey, world } = await open({ limits: { goodKey: 2 } });
    expect((await ask({ url: '/v1/merchant', headers: bearer(apiKey), ...from('10.0.0.1') })).status).toBe(200);
    expect((await ask({ url: '/v1/merchant', headers: bearer(apiKey), ...from('10.0.0.2') })).status).toBe(200);
    const answer = await ask({ url: '/v1/payments', headers: bearer(apiKey), ...from('10.0.0.3') });
    expect(answer).toMatchObject(TOO_MANY);
    expect((await ask({ url: '/v1/people', headers: bearer(world.adminKey), ...from('10.0.0.1') })).status).toBe(200);
  });

  it('with a good key that is not for the route', async () => {
    const { ask, bearer, world } = await open({ limits: { goodKey: 1 } });
    const { apiKey } = await world.service.operators.add({ name: 'vera', role: 'viewer' });
    const person = { number: '+393400000078', name: 'B' };
    const request = { method: 'POST', url: '/v1/people', headers: bearer(apiKey), payload: person } as const;
    expect((await ask(request)).status).toBe(403);
    expect(await ask(request)).toMatchObject(TOO_MANY);
  });

  it('of the hosts of rails', async () => {
    const { ask } = await open({ limits: { notices: 1 } });
    const notice = { method: 'POST', url: '/v1/rails/bank/notices', payload: 'x', ...from('10.0.0.1') } as const;
    expect((await ask(notice)).status).toBe(404);
    expect(await ask(notice)).toMatchObject(TOO_MANY);
  });

  it('count the clients of a proxy apart, and believe nobody else', async () => {
    const forwarded = (last: string) => ({ 'x-forwarded-for': `10.9.9.9, ${last}` });
    const behind = await open({ limits: { public: 1 }, behindProxy: true });
    expect((await behind.ask({ url: '/', headers: forwarded('10.0.0.1') })).status).toBe(200);
    expect((await behind.ask({ url: '/', headers: forwarded('10.0.0.2') })).status).toBe(200);
    expect((await behind.ask({ url: '/', headers: forwarded('10.0.0.1') })).status).toBe(429);
    const alone = await open({ limits: { public: 1 } });
    expect((await alone.ask({ url: '/', headers: forwarded('10.0.0.1') })).status).toBe(200);
    expect((await alone.ask({ url: '/', headers: forwarded('10.0.0.2') })).status).toBe(429);
  });
});
