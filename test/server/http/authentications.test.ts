import { describe, expect, it } from 'vitest';
import { consented } from '../authentications/consented.ts';
import { EC, jwkOf } from '../ciba/client-key.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { open } from './api.ts';

const BANK = { name: 'Banca di Torino S.p.A.', shortName: 'BancaTorino', kinds: ['login', 'sign'], requestsADay: 50 };
const LOGIN = { kind: 'login', key: 'a', who: CUSTOMER_NUMBER, title: 'Conto online' };
const NOBODY = '+393409999999';

/** A relying party that calls the API (`ask`). */
async function openBank() {
  const opened = await open();
  const { call, admin } = opened;
  const { body: party } = await admin('POST', '/v1/parties', BANK);
  await consented(opened.world);
  const ask = (method: 'GET' | 'POST', path: string, body?: object) =>
    call(method, `/v1/authentications${path}`, body, party.apiKey);
  return { ...opened, party, ask };
}

describe('relying parties in the API', () => {
  it('are registered, listed, revoked and let ask again, each in the audit log', async () => {
    const { world, admin, party, call } = await openBank();
    const view = { ...BANK, id: party.id, suspended: false, tokenEndpointAuthMethod: 'client_secret_basic' };
    expect(party).toEqual({ ...view, apiKey: expect.stringMatching(/^cm_/) });
    expect((await admin('POST', '/v1/parties', { name: 'Comune', shortName: 'Comune' })).body).toMatchObject({
      kinds: ['login'],
      requestsADay: 1_000,
    });
    expect((await admin('GET', '/v1/parties')).body.parties[0]).toEqual(view);
    const rotated = await admin('POST', `/v1/parties/${party.id}/rotate-key`, { keepOldForSeconds: 60 });
    expect(rotated).toMatchObject({ status: 200, body: view });
    expect((await call('GET', '/v1/authentications', undefined, party.apiKey)).status).toBe(200);
    expect(await admin('POST', `/v1/parties/${party.id}/revoke`)).toMatchObject({
      status: 200,
      body: { suspended: true },
    });
    for (const key of [party.apiKey, rotated.body.apiKey])
      expect((await call('GET', '/v1/authentications', undefined, key)).status).toBe(401);
    const resumed = await admin('POST', `/v1/parties/${party.id}/resume`, { reason: 'looked' });
    expect(resumed).toMatchObject({ status: 200, body: view });
    expect((await admin('POST', '/v1/parties', BANK)).status).toBe(409);
    const audited = await world.look((tx) =>
      tx.all('SELECT route, subject, outcome FROM audit ORDER BY seq', (row) =>
        [row.text('route'), row.text('subject'), row.text('outcome')].join(' '),
      ),
    );
    expect(audited).toEqual([
      `POST /v1/parties party:${party.id} done`,
      `POST /v1/parties party:${party.id + 1} done`,
      `POST /v1/parties/:id/rotate-key party:${party.id} done`,
      `POST /v1/parties/:id/revoke party:${party.id} done`,
      `POST /v1/parties/:id/resume party:${party.id} done`,
      'POST /v1/parties /v1/parties refused 409',
    ]);
  });
});

describe('the notification endpoint of a relying party', () => {
  it.each([
    ['https://bank.example/ping?a=b', 200],
    ['http://127.0.0.1:9000/ping', 200],
    ['http://bank.example/ping', 400],
    ['http://localhost.bank.example/', 400],
    ['https://user@bank.example/', 400],
    ['https://bank.example/#part', 400],
    ['ftp://bank.example/', 400],
    ['bank', 400],
    [undefined, 400],
  ])('%s: %s', async (url, status) => {
    const { admin, party } = await openBank();
    const answer = await admin('POST', `/v1/parties/${party.id}/notification-endpoint`, { url });
    expect(answer.status).toBe(status);
    const { notificationEndpoint } = (await admin('GET', '/v1/parties')).body.parties[0];
    expect(notificationEndpoint).toBe(status === 200 ? url : undefined);
  });

  it('is taken away, and is of nobody who is not there', async () => {
    const { admin, party } = await openBank();
    await admin('POST', `/v1/parties/${party.id}/notification-endpoint`, { url: 'https://bank.example/' });
    const { status, body } = await admin('POST', `/v1/parties/${party.id}/notification-endpoint`, { url: null });
    expect([status, body.notificationEndpoint]).toEqual([200, undefined]);
    expect((await admin('POST', '/v1/parties/99/notification-endpoint', { url: null })).status).toBe(404);
  });
});

describe('the public keys of a relying party', () => {
  it('are taken by the operator, shown as a method, and taken away', async () => {
    const { world, admin, party } = await openBank();
    const path = `/v1/parties/${party.id}/jwks`;
    const methods = [];
    for (const jwks of [{ keys: [jwkOf(EC.publicKey)] }, { keys: [jwkOf(EC.privateKey)] }, { keys: 'x' }, null]) {
      const { status } = await admin('POST', path, { jwks });
      const [{ tokenEndpointAuthMethod }] = (await admin('GET', '/v1/parties')).body.parties;
      methods.push([status, tokenEndpointAuthMethod]);
    }
    const [secret, key] = ['client_secret_basic', 'private_key_jwt'];
    expect(methods).toEqual([
      [200, key],
      [400, key],
      [400, key],
      [200, secret],
    ]);
    expect((await admin('POST', path, {})).status).toBe(400);
    expect((await admin('POST', '/v1/parties/99/jwks', { jwks: null })).status).toBe(404);
    const audited = await world.look((tx) =>
      tx.all('SELECT subject FROM audit WHERE route LIKE ?', (row) => row.text('subject'), '%/jwks'),
    );
    expect(audited).toContain(`party:${party.id}`);
  });
});

describe('POST /v1/authentications', () => {
  it('asks for a login, tells how it stands, and who waits hears of the end', async () => {
    const { world, customer, ask } = await openBank();
    const { status, body } = await ask('POST', '', LOGIN);
    expect([status, body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^[0-9a-f]{16}$/),
        key: 'a',
        kind: 'login',
        title: 'Conto online',
        state: 'asked',
        ended: false,
        matchCode: expect.stringMatching(/^[0-9]{4}$/),
        ttl: 120,
        createdAt: new Date(world.clock.now()).toISOString(),
        expiresAt: new Date(world.clock.now() + 120_000).toISOString(),
        changedAt: new Date(world.clock.now()).toISOString(),
      },
    ]);
    expect(await ask('POST', '', LOGIN)).toMatchObject({ status: 200, body });
    expect((await ask('POST', '', { ...LOGIN, title: 'Altro' })).status).toBe(409);
    await world.clock.advance(2_000);
    const waited = ask('GET', `/${body.id}?wait=30`);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await waited).body).toMatchObject({ state: 'confirmed', ended: true });
    expect((await ask('POST', `/${body.id}/cancel`)).status).toBe(409);
  });

  it('asks for a signature, and takes a request back', async () => {
    const { world, ask } = await openBank();
    const document = { fullTitle: 'Contratto di mutuo n. 17', documentHash: 'ab'.repeat(32) };
    const sign = { ...LOGIN, kind: 'sign', title: 'Mutuo 17', ...document };
    const { status, body } = await ask('POST', '', sign);
    expect([status, body]).toEqual([201, expect.objectContaining({ ...document, kind: 'sign', state: 'asked' })]);
    await world.clock.advance(2_000);
    expect((await ask('POST', `/${body.id}/cancel`)).body).toMatchObject({ state: 'cancelled', ended: true });
    for (const changed of [{ documentHash: 'ab' }, { documentHash: undefined }, { kind: 'login' }, { kind: 'payment' }])
      expect((await ask('POST', '', { ...sign, key: 'b', ...changed })).status, JSON.stringify(changed)).toBe(400);
  });

  it('has the same answers for a number that nobody has, at the same times', async () => {
    const { world, ask } = await openBank();
    const answers = [];
    for (const who of [CUSTOMER_NUMBER, NOBODY]) {
      const begun = world.clock.now();
      const { status, body } = await ask('POST', '', { ...LOGIN, key: who.slice(1), who });
      const waiting = ask('GET', `/${body.id}?wait=60`);
      await world.clock.advance(60_000);
      const later = [(await waiting).body];
      await world.clock.advance(300_000);
      later.push((await ask('GET', `/${body.id}`)).body);
      const relative = (view: Record<string, unknown>) => ({
        ...view,
        ...{ id: 'id', key: 'key', matchCode: 'code' },
        ...Object.fromEntries(
          ['createdAt', 'expiresAt', 'changedAt'].map((name) => [name, Date.parse(String(view[name])) - begun]),
        ),
      });
      answers.push([status, relative(body), ...later.map(relative)]);
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[0]?.at(-1)).toMatchObject({ state: 'expired', ended: true });
  });

  it('of another relying party is not there, in no state', async () => {
    const { admin, call, ask, world, customer } = await openBank();
    const { body: other } = await admin('POST', '/v1/parties', { name: 'Comune', shortName: 'Comune' });
    const { body: open } = await ask('POST', '', LOGIN);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    const { body: second } = await ask('POST', '', { ...LOGIN, key: 'b' });
    for (const id of [open.id, second.id, '0123456789abcdef']) {
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/cancel'],
        ['GET', '?wait=5'],
      ] as const) {
        const answer = await call(method, `/v1/authentications/${id}${path}`, undefined, other.apiKey);
        expect([answer.status, answer.body.detail]).toEqual([404, `there is no authentication ${id}`]);
      }
      expect((await call('GET', `/v1/authentications?after=${id}`, undefined, other.apiKey)).status).toBe(404);
    }
    expect((await call('GET', '/v1/authentications', undefined, other.apiKey)).body.authentications).toEqual([]);
  });

  it('lists them, latest first, in parts', async () => {
    const { ask, world } = await openBank();
    const ids = [];
    for (const key of ['a', 'b', 'c']) {
      ids.unshift((await ask('POST', '', { ...LOGIN, key, who: NOBODY })).body.id);
      await world.clock.advance(1_000);
    }
    const listed = async (query: string) => {
      const { body } = await ask('GET', query);
      return [body.authentications.map(({ id }: { id: string }) => id), body.next];
    };
    expect(await listed('')).toEqual([ids, undefined]);
    expect(await listed('?limit=2')).toEqual([ids.slice(0, 2), ids[1]]);
    expect(await listed(`?limit=2&after=${ids[1]}`)).toEqual([ids.slice(2), undefined]);
  });

  it('says 422 when the relying party may ask nobody, and 403 for what it may not ask', async () => {
    const { admin, call, world } = await openBank();
    const { body: comune } = await admin('POST', '/v1/parties', {
      name: 'Comune',
      shortName: 'Comune',
      requestsADay: 1,
    });
    const ask = (body: object) => call('POST', '/v1/authentications', body, comune.apiKey);
    const sign = { ...LOGIN, kind: 'sign', fullTitle: 'Atto', documentHash: 'ab'.repeat(32) };
    expect((await ask(sign)).status).toBe(403);
    expect((await ask(LOGIN)).status).toBe(201);
    expect(await ask({ ...LOGIN, key: 'b' })).toMatchObject({
      status: 422,
      body: { type: 'urn:cash-mobile:problem:limit-exceeded' },
    });
    expect((await ask(LOGIN)).status).toBe(200);
    await world.clock.advance(1_000);
  });
});
