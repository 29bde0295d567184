import { describe, expect, it } from 'vitest';
import { CUSTOMER_NUMBER } from '../world.ts';
import { basic, client, GRANT, NOBODY } from './client.ts';

const GOOD = { scope: 'openid', login_hint: NOBODY, binding_message: 'Conto' };

describe('the backchannel authentication endpoint refuses', () => {
  it.each<[what: string, changed: Record<string, string | undefined>, error: string, why: RegExp]>([
    ['no scope', { scope: undefined }, 'invalid_request', /^scope is missing/],
    ['a scope without openid', { scope: 'profile openid2' }, 'invalid_scope', /openid/],
    ['no hint', { login_hint: undefined }, 'invalid_request', /got none$/],
    ['two hints', { id_token_hint: 'a.b.c' }, 'invalid_request', /got login_hint and id_token_hint$/],
    ['three hints', { id_token_hint: 'a', login_hint_token: 'b' }, 'invalid_request', /expected one hint/],
    ['login_hint_token', { login_hint: undefined, login_hint_token: 'x' }, 'invalid_request', /^login_hint_token: /],
    ['id_token_hint', { login_hint: undefined, id_token_hint: 'x' }, 'invalid_request', /^id_token_hint: /],
    ['user_code', { user_code: '1234' }, 'invalid_request', /^user_code: /],
    ['request', { request: 'a.b.c' }, 'invalid_request', /^request: /],
    ['request_uri', { request_uri: 'https://a.example' }, 'invalid_request', /^request_uri: /],
    ['a name as login_hint', { login_hint: 'anna.rossi' }, 'unknown_user_id', /expected \+ and 7 to 15 digits/],
    ['41 octets', { binding_message: `4711 ${'à'.repeat(20)}x` }, 'invalid_binding_message', /^binding_message: .*41$/],
    ['a line break', { binding_message: 'a\nb' }, 'invalid_binding_message', /^binding_message: /],
    ['an empty message', { binding_message: '' }, 'invalid_binding_message', /^binding_message: /],
    ['no time', { requested_expiry: '0' }, 'invalid_request', /^requested_expiry: /],
    ['half a second', { requested_expiry: '1.5' }, 'invalid_request', /^requested_expiry: /],
    ['a time in words', { requested_expiry: '2 min' }, 'invalid_request', /^requested_expiry: /],
  ])('%s', async (_what, changed, error, why) => {
    const { world, party, post } = await client();
    const form = Object.entries({ ...GOOD, ...changed }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    const answer = await post('/ciba/bc-authorize', Object.fromEntries(form));
    expect([answer.status, answer.body]).toEqual([400, { error, error_description: expect.stringMatching(why) }]);
    expect(await world.service.authentications.list(party, { limit: 1 })).toEqual([]);
  });

  it('a parameter that is there twice', async () => {
    const { post } = await client();
    const answer = await post('/ciba/bc-authorize', `${new URLSearchParams(GOOD)}&scope=openid`);
    expect(answer).toMatchObject({
      status: 400,
      body: { error: 'invalid_request', error_description: expect.stringMatching(/^scope is there/) },
    });
  });

  it('a client that may ask for no login, or for nothing more', async () => {
    const { world, post } = await client();
    const add = (name: string, kind: 'login' | 'sign') =>
      world.service.parties.add({ name, shortName: name, kinds: [kind], requestsADay: 1 });
    const signs = await add('Notaio', 'sign');
    const asks = await add('Comune', 'login');
    const authorization = basic(signs.party.id, signs.apiKey);
    expect(await post('/ciba/bc-authorize', GOOD, authorization)).toMatchObject({
      ...{ status: 400, body: { error: 'unauthorized_client' } },
    });
    const poor = basic(asks.party.id, asks.apiKey);
    expect((await post('/ciba/bc-authorize', GOOD, poor)).status).toBe(200);
    expect(await post('/ciba/bc-authorize', GOOD, poor)).toMatchObject({
      status: 403,
      body: { error: 'access_denied' },
    });
  });

  it('nothing that it does not know: acr_values, and parameters of others', async () => {
    const { post } = await client();
    const form = {
      ...GOOD,
      scope: 'profile openid',
      acr_values: 'urn:other 1',
      client_notification_token: 'x',
      colour: 'red',
    };
    expect((await post('/ciba/bc-authorize', form)).status).toBe(200);
  });
});

describe('the token endpoint refuses', () => {
  it.each([
    ['no grant_type', { auth_req_id: 'x' }, 'invalid_request'],
    ['another grant_type', { grant_type: 'authorization_code', auth_req_id: 'x' }, 'unsupported_grant_type'],
    ['no auth_req_id', { grant_type: GRANT }, 'invalid_request'],
    ['an unknown auth_req_id', { grant_type: GRANT, auth_req_id: 'x' }, 'invalid_grant'],
  ])('%s', async (_what, form: Record<string, string>, error) => {
    const { post } = await client();
    const answer = await post('/ciba/token', form);
    expect([answer.status, answer.body]).toEqual([400, { error, error_description: expect.any(String) }]);
  });
});

describe.each(['/ciba/bc-authorize', '/ciba/token'])('%s', (path) => {
  it('wants the client to authenticate, and counts wrong keys', async () => {
    const { party, partyKey, apiKey, post } = await client();
    const wrong = [
      '',
      `Bearer ${partyKey}`,
      basic(party.id, 'cm_wrong'),
      basic(party.id + 1, partyKey),
      basic(party.id, apiKey),
    ];
    for (const authorization of [...wrong, `Basic ${partyKey}`, 'Basic !', basic('', ''), `Basic ${btoa('1')}`]) {
      const { status, headers, body } = await post(path, GOOD, authorization);
      expect([status, headers['www-authenticate'], body]).toEqual([
        ...[401, 'Basic realm="Cash-Mobile"', { error: 'invalid_client', error_description: expect.any(String) }],
      ]);
    }
    const statuses = new Set<number>();
    for (let time = 0; time < 60; time += 1) statuses.add((await post(path, GOOD, basic(party.id, `x${time}`))).status);
    expect(statuses).toEqual(new Set([401, 429]));
  });

  it('takes forms alone', async () => {
    const { world, party, partyKey } = await client();
    const headers = { authorization: basic(party.id, partyKey) };
    const json = await world.service.http.inject({ method: 'POST', url: path, headers, payload: GOOD });
    expect([json.statusCode, json.json().error]).toEqual([400, 'invalid_request']);
    const none = await world.service.http.inject({ method: 'POST', url: path, headers });
    expect([none.statusCode, none.json().error]).toEqual([400, 'invalid_request']);
  });

  it('serves no web page of another site', async () => {
    const { world, party, partyKey } = await client();
    const headers = { authorization: basic(party.id, partyKey), origin: 'https://attacker.example' };
    expect((await world.service.http.inject({ method: 'POST', url: path, headers })).statusCode).toBe(403);
  });
});

it('the description says where everything is, and what is not supported', async () => {
  const { world } = await client(1, { issuer: 'https://pay.example' });
  const { statusCode, payload } = await world.service.http.inject('/.well-known/openid-configuration');
  const metadata = JSON.parse(payload);
  expect([statusCode, metadata]).toEqual([
    200,
    expect.objectContaining({
      issuer: 'https://pay.example',
      jwks_uri: 'https://pay.example/.well-known/jwks.json',
      backchannel_authentication_endpoint: 'https://pay.example/ciba/bc-authorize',
      token_endpoint: 'https://pay.example/ciba/token',
      backchannel_user_code_parameter_supported: false,
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      grant_types_supported: [GRANT],
      response_types_supported: [],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['RS256', 'PS256', 'ES256'],
    }),
  ]);
  expect(metadata.backchannel_token_delivery_modes_supported).not.toContain('push');
  expect(metadata).not.toHaveProperty('backchannel_authentication_request_signing_alg_values_supported');
});

it('a person who is busy or said "not me" looks like nobody', async () => {
  const { world, customer, authorize, post } = await client();
  await authorize();
  customer.phone.refuse('not-me');
  await world.clock.advance(3_000);
  const asked = customer.phone.asked.length;
  const answers = [];
  for (const who of [CUSTOMER_NUMBER, NOBODY]) {
    const { status, body } = await post('/ciba/bc-authorize', { ...GOOD, binding_message: '1111 x', login_hint: who });
    answers.push([status, { ...body, auth_req_id: 'x' }]);
  }
  await world.clock.advance(3_000);
  expect(answers[0]).toEqual(answers[1]);
  expect(customer.phone.asked.length).toBe(asked);
});
