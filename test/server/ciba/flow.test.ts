import { createHash } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { basic, client, NOBODY } from './client.ts';

const ISSUER = 'https://pay.example';
const SECOND = 1_000;

/** A login that the person has confirmed. */
async function confirmed(...options: Parameters<typeof client>) {
  const base = await client(...options);
  const { body } = await base.authorize();
  base.customer.phone.approve(PIN);
  await base.world.clock.advance(3 * SECOND);
  return { ...base, authReqId: String(body.auth_req_id) };
}

describe('a login by CIBA, poll mode', () => {
  it('is acknowledged, and pending until the person answers', async () => {
    const { world, authorize, token } = await client();
    const { status, body, headers } = await authorize();
    expect([status, body]).toEqual([
      200,
      { auth_req_id: expect.stringMatching(/^[\w-]{43}$/), expires_in: 180, interval: 5, match_code: '4711' },
    ]);
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'content-type': expect.stringMatching(/^application\/json/),
    });
    await world.clock.advance(5 * SECOND);
    expect(await token(body.auth_req_id)).toMatchObject({ status: 400, body: { error: 'authorization_pending' } });
  });

  it('brings an access token and an ID token that anybody can check by the key set', async () => {
    const { world, customer, party, authReqId, token } = await confirmed(1, { issuer: ISSUER });
    await world.clock.advance(10 * SECOND);
    const { status, body, headers } = await token(authReqId);
    const id_token = expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    const access_token = expect.stringMatching(/^[\w-]{43}$/);
    expect([status, body]).toEqual([200, { access_token, token_type: 'Bearer', expires_in: 300, id_token }]);
    expect(headers['cache-control']).toBe('no-store');
    const keys = (await world.service.http.inject('/.well-known/jwks.json')).json();
    const now = world.clock.now();
    const { payload } = await jwtVerify(body.id_token, createLocalJWKSet(keys), {
      ...{ issuer: ISSUER, audience: String(party.id), typ: 'JWT', algorithms: ['RS256'], currentDate: new Date(now) },
    });
    const hash = createHash('sha256').update(body.access_token).digest().subarray(0, 16);
    expect(payload).toEqual({
      iss: ISSUER,
      aud: String(party.id),
      sub: await world.service.parties.pairwise.of(party.id, customer.person.id),
      iat: now / 1000,
      exp: now / 1000 + 300,
      auth_time: expect.any(Number),
      acr: 'urn:cash-mobile:acr:phone-pin',
      amr: ['pin', 'swk', 'mfa'],
      at_hash: hash.toString('base64url'),
    });
    const [authentication] = await world.service.authentications.list(party, { limit: 1 });
    expect(payload['auth_time']).toBe(Math.floor((authentication?.changedAt ?? 0) / 1000));
    expect(payload['auth_time']).toBeLessThan(now / 1000 - 9);
  });

  it('brings its tokens once', async () => {
    const { authReqId, token } = await confirmed();
    expect((await token(authReqId)).status).toBe(200);
    for (let time = 0; time < 2; time += 1)
      expect(await token(authReqId)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('is not used up while its tokens cannot be signed', async () => {
    const { world, authReqId, token } = await confirmed();
    const sign = vi.spyOn(world.service.parties.jwsKeys, 'sign').mockRejectedValueOnce(new Error('no key'));
    expect((await token(authReqId)).status).toBe(500);
    sign.mockRestore();
    expect((await token(authReqId)).status).toBe(200);
  });

  it('brings its tokens once to two who ask at the same moment', async () => {
    const { authReqId, token } = await confirmed();
    const answers = await Promise.all([token(authReqId), token(authReqId)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400]);
  });

  it('of one client is not there for another', async () => {
    const { world, authReqId, token } = await confirmed();
    const { party: other, apiKey } = await world.service.parties.add({
      ...{ name: 'Comune', shortName: 'Comune', kinds: ['login'], requestsADay: 10 },
    });
    const stolen = await token(authReqId, basic(other.id, apiKey));
    expect([stolen.status, stolen.body.error]).toEqual([400, 'invalid_grant']);
    expect(stolen.body).toEqual((await token('unknown', basic(other.id, apiKey))).body);
    expect((await token(authReqId)).status).toBe(200);
  });

  it('leaves only digests of its auth_req_id and access token', async () => {
    const { world, authReqId, token } = await confirmed();
    const { body } = await token(authReqId);
    const digest = (text: string) => createHash('sha256').update(text).digest('hex');
    const kept = await world.look((tx) =>
      tx.all('SELECT id_hash, token_hash FROM ciba_request', (row) =>
        ['id_hash', 'token_hash'].map((column) => Buffer.from(row.octets(column)).toString('hex')),
      ),
    );
    expect(kept).toEqual([[digest(authReqId), digest(body.access_token)]]);
  });

  it('is confirmed in time, and fetched until a minute after the time of the person is over', async () => {
    for (const [late, status] of [
      [-1, 200],
      [0, 400],
    ] as const) {
      const { world, authReqId, token } = await confirmed();
      await world.clock.advance(175 * SECOND + late);
      const answer = await token(authReqId);
      expect([answer.status, answer.body.error]).toEqual([status, status === 200 ? undefined : 'expired_token']);
    }
  });

  it('says slow_down to who asks too early, and wants 5 s more from then on', async () => {
    const { world, authorize, token } = await client();
    const { body } = await authorize({ requested_expiry: '600' });
    const said = [];
    for (const seconds of [0, 9.4, 14.4, 19.5, 19.5, 19.4]) {
      await world.clock.advance(seconds * SECOND);
      said.push((await token(body.auth_req_id)).body.error);
    }
    const early = 'slow_down';
    expect(said).toEqual([early, early, early, 'authorization_pending', 'authorization_pending', early]);
  });
});

it('two questions at the same moment are one, as when a transaction runs twice', async () => {
  const { world, authorize, token } = await client();
  const { body } = await authorize();
  await world.clock.advance(5 * SECOND);
  const answers = await Promise.all([token(body.auth_req_id), token(body.auth_req_id)]);
  expect(answers.map((answer) => answer.body.error)).toEqual(['authorization_pending', 'authorization_pending']);
});

describe('what the phone shows', () => {
  it('is the binding message, the code of the client, and who asks', async () => {
    const { customer, authorize } = await client();
    await authorize({ binding_message: '0042 Conto online' });
    expect(customer.phone.lastAsked().message).toMatchObject({
      ...{ type: 'AUTH_REQUEST', kind: 'login', title: 'Conto online', matchCode: 42, relyingParty: 'BancaTorino' },
    });
  });

  it.each([
    [undefined, 'Login', undefined],
    ['0815', 'Login', '0815'],
    ['0815 ', 'Login', '0815'],
    ['0815  Conto', 'Conto', '0815'],
    ['081 Conto', '081 Conto', undefined],
    ['08155 Conto', '08155 Conto', undefined],
    ['0815Conto', '0815Conto', undefined],
    [`0815 ${'x'.repeat(40)}`, 'x'.repeat(40), '0815'],
  ])('binding_message %s is shown as %s, with the code %s', async (message, title, code) => {
    const { world, party, post } = await client();
    const form = { scope: 'openid', login_hint: NOBODY, ...(message !== undefined && { binding_message: message }) };
    const { body } = await post('/ciba/bc-authorize', form);
    const [authentication] = await world.service.authentications.list(party, { limit: 2 });
    expect(authentication).toMatchObject({ title, kind: 'login' });
    expect(body.match_code).toEqual(code ?? String(authentication?.matchCode).padStart(4, '0'));
  });

  it.each([
    ['1', 30],
    ['45', 50],
    ['9999', 2_550],
    [undefined, 120],
  ])('requested_expiry %s gives the person %s s', async (expiry, ttl) => {
    const { world, party, authorize } = await client();
    const { body } = await authorize({ login_hint: NOBODY, ...(expiry !== undefined && { requested_expiry: expiry }) });
    expect(body.expires_in).toBe(ttl + 60);
    expect(await world.service.authentications.list(party, { limit: 1 })).toMatchObject([{ ttl }]);
  });
});

describe('what the person answers', () => {
  it.each([
    ['no', 'access_denied'],
    ['not-me', 'access_denied'],
    ['muted', 'access_denied'],
    ['unreadable', 'access_denied'],
    ['expired', 'expired_token'],
  ] as const)('%s: the client hears %s', async (refusal, error) => {
    const { world, customer, authorize, token } = await client();
    const { body } = await authorize();
    customer.phone.refuse(refusal);
    await world.clock.advance(3 * SECOND);
    const answer = await token(body.auth_req_id);
    expect([answer.status, answer.body.error]).toEqual([400, error]);
  });

  it('nothing: the client hears expired_token, and the same of a number that nobody has, at the same times', async () => {
    const heard = [];
    for (const who of [CUSTOMER_NUMBER, NOBODY]) {
      const { world, authorize, token } = await client();
      const { status, body } = await authorize({ login_hint: who });
      const said: unknown[] = [[status, { ...body, auth_req_id: 'x' }]];
      for (let asked = 0; asked < 26; asked += 1) {
        await world.clock.advance(5 * SECOND);
        const answer = await token(body.auth_req_id);
        said.push([answer.status, answer.body.error]);
      }
      heard.push(said);
    }
    expect(heard[1]).toEqual(heard[0]);
    expect(heard[0]?.at(3)).toEqual([400, 'authorization_pending']);
    expect(heard[0]?.at(-1)).toEqual([400, 'expired_token']);
  });
});
