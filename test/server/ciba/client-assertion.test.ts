import { describe, expect, it } from 'vitest';
import { readAssertion, verifyAssertion } from '../../../server/ciba/client-assertion.ts';
import { readClientJwks } from '../../../server/parties/client-jwks.ts';
import { rows } from '../database.ts';
import { basic, GRANT, NOBODY } from './client.ts';
import {
  ASSERTION_TYPE,
  assertionForm,
  type Changed,
  EC,
  ISSUER,
  jwkOf,
  keyedClient,
  OTHER,
  RSA,
  signAssertion,
} from './client-key.ts';

const NOW = 1_700_000_000_500;
const SECOND = Math.floor(NOW / 1000);
const FORM = { scope: 'openid', login_hint: NOBODY };

/** What becomes of a client assertion of client 1, who has these keys: its jti, or why it is refused. */
async function judged(jwt: string, keys: readonly object[] = [jwkOf(EC.publicKey)]): Promise<string> {
  try {
    const assertion = readAssertion(assertionForm(jwt));
    if (assertion === undefined) throw new Error('there is none');
    return await verifyAssertion(assertion, readClientJwks({ keys }), ISSUER, NOW);
  } catch (error) {
    return String(error);
  }
}

const signed = (changed?: Changed) => signAssertion('1', NOW, 'a jti', changed);

describe('a client assertion', () => {
  it.each([
    ['RS256', RSA],
    ['PS256', RSA],
    ['ES256', EC],
  ] as const)('may be signed by %s', async (alg, { publicKey, privateKey }) => {
    expect(await judged(await signed({ header: { alg }, key: privateKey }), [jwkOf(publicKey)])).toBe('a jti');
  });

  it.each([
    ['first', 'a jti'],
    ['second', 'ServiceError: client_assertion: the signature is not right'],
    ['third', 'ServiceError: client_assertion: the client has no such key'],
    [undefined, 'ServiceError: client_assertion: name the key, kid'],
  ])('of several keys names its own, %s: %s', async (kid, expected) => {
    const keys = [jwkOf(EC.publicKey, { kid: 'first' }), jwkOf(OTHER.publicKey, { kid: 'second' })];
    expect(await judged(await signed({ header: { alg: 'ES256', ...(kid && { kid }) } }), keys)).toBe(expected);
  });

  it.each<[what: string, changed: Changed, why: RegExp]>([
    ['under the key of another', { key: OTHER.privateKey }, /signature is not right$/],
    [
      'HS256 with the public key',
      hs256(EC.publicKey.export({ format: 'der', type: 'spki' })),
      /expected alg RS256, PS256, ES256$/,
    ],
    ['HS256 with the JWK', hs256(Buffer.from(JSON.stringify(jwkOf(EC.publicKey)))), /expected alg RS256/],
    ['RS256, for which the client has no key', { header: { alg: 'RS256' }, key: RSA.privateKey }, /no such key$/],
    ['for another service', { claims: { aud: 'https://other.example' } }, / aud of client_assertion/],
    ['for nobody', { claims: { aud: undefined } }, / aud of client_assertion/],
    ['for the endpoint, not the issuer', { claims: { aud: `${ISSUER}/ciba/token` } }, / aud of client_assertion/],
    ['for two', { claims: { aud: [ISSUER, 'https://other.example'] } }, /the issuer alone/],
    ['for one in a list', { claims: { aud: [ISSUER] } }, /the issuer alone/],
    ['of another issuer', { claims: { iss: '2' } }, / iss of client_assertion/],
    ['of no issuer', { claims: { iss: undefined } }, / iss of client_assertion/],
    ['without an end', { claims: { exp: undefined } }, / exp of client_assertion/],
    ['without a jti', { claims: { jti: undefined } }, / jti of client_assertion/],
    ['with an empty jti', { claims: { jti: '' } }, / jti of client_assertion/],
    ['with a jti of 257 characters', { claims: { jti: 'x'.repeat(257) } }, / jti of client_assertion/],
    ['with a number as jti', { claims: { jti: 7 } }, / jti of client_assertion/],
    ['that has expired', { claims: { exp: SECOND - 10 } }, /has expired$/],
    ['of numbers as iss and sub', { claims: { iss: 1, sub: 1 } }, / iss of client_assertion/],
    ['that is not good yet', { claims: { nbf: SECOND + 11 } }, /is not good yet: nbf is in the future/],
    ['that was made in the future', { claims: { iat: SECOND + 11 } }, /iat of client_assertion is in the future/],
    ['that lives for more than ten minutes', { claims: { exp: SECOND + 611 } }, /lives too long/],
  ])('%s is refused', async (_what, changed, why) => {
    expect(await judged(await signed(changed))).toMatch(why);
  });

  it('of alg none is refused', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { iss: '1', sub: '1', aud: ISSUER, jti: 'a', exp: SECOND + 60 };
    expect(await judged(`${part({ alg: 'none' })}.${part(claims)}.`)).toMatch(/^ServiceError: client_assertion: /);
  });

  it.each([
    ['a jti of 256 characters', { jti: 'x'.repeat(256) }],
    ['an end that has passed by 9 s', { exp: SECOND - 9 }],
    ['a begin that comes in 10 s', { nbf: SECOND + 10 }],
    ['a beginning by a clock that is 10 s ahead', { iat: SECOND + 10 }],
    ['an end in ten minutes, by a clock that is 10 s ahead', { exp: SECOND + 610 }],
    ['a beginning an hour ago', { iat: SECOND - 3_600 }],
  ])('with %s is taken', async (_what, claims) => {
    expect(await judged(await signed({ claims }))).not.toMatch(/Error/);
  });

  it.each<[what: string, form: Record<string, string>, why: RegExp]>([
    ['another type', { client_assertion_type: 'urn:x' }, /^expected client_assertion, and/],
    ['no JWT', { client_assertion: 'x' }, /no JWT$/],
    ['another client_id', { client_id: '2' }, /^client_id is another one/],
  ])('with %s is refused', async (_what, form, why) => {
    const whole = assertionForm(await signed());
    expect(() => readAssertion({ ...whole, ...form })).toThrow(why);
  });

  it('comes with its type, and may come with its client_id', async () => {
    const { client_assertion, client_assertion_type } = assertionForm(await signed());
    expect(() => readAssertion({ client_assertion })).toThrow(/^expected client_assertion, and/);
    expect(() => readAssertion({ client_assertion_type })).toThrow(/^expected client_assertion, and/);
    expect(readAssertion({ client_assertion, client_assertion_type, client_id: '1' })).toMatchObject({ clientId: '1' });
    expect(readAssertion({ client_id: '1' })).toBeUndefined();
  });
});

/** An attacker has the public key alone, and takes it for a secret of HMAC. */
function hs256(secret: Uint8Array): Changed {
  return { header: { alg: 'HS256' }, key: new Uint8Array(secret) };
}

describe('private_key_jwt', () => {
  it('is taken at both endpoints, each assertion once', async () => {
    const { world, post, sign, ask } = await keyedClient();
    const assertion = await sign();
    const authorize = () => post('/ciba/bc-authorize', { ...FORM, ...assertionForm(assertion) }, '');
    expect((await authorize()).status).toBe(200);
    expect((await authorize()).status).toBe(401);
    expect(await ask(assertion)).toEqual({
      ...{ status: 401, error: 'invalid_client', why: 'client_assertion was used before: make one a request' },
    });
    expect(await ask(await sign())).toMatchObject({ status: 400, error: 'invalid_grant' });
    const twice = await sign();
    const both = await Promise.all([ask(twice), ask(twice)]);
    expect(both.map(({ status }) => status).toSorted()).toEqual([400, 401]);
    expect(await rows(world.database, 'SELECT used_at FROM client_assertion')).toHaveLength(3);
  });

  it('leaves a digest for two days, and nothing of what it has refused', async () => {
    const { world, sign, ask } = await keyedClient();
    const { status, error } = await ask(await sign({ claims: { aud: 'https://other.example' } }));
    expect([status, error]).toEqual([401, 'invalid_client']);
    expect(await rows(world.database, 'SELECT used_at FROM client_assertion')).toEqual([]);
    await ask(await sign({ claims: { jti: 'kept as a digest' } }));
    expect(JSON.stringify(await rows(world.database, 'SELECT * FROM client_assertion'))).not.toContain('kept');
    await world.clock.advance(2 * 86_400_000);
    expect(await rows(world.database, 'SELECT used_at FROM client_assertion')).toHaveLength(1);
    await world.clock.advance(86_400_000);
    expect(await rows(world.database, 'SELECT used_at FROM client_assertion')).toEqual([]);
  });

  it('is of one client: another one has its own key, and may use the same jti', async () => {
    const { world, party: own, sign, ask } = await keyedClient();
    const { party } = await world.service.parties.add({
      ...{ name: 'Comune', shortName: 'Comune', kinds: ['login'], requestsADay: 10 },
    });
    const id = String(party.id);
    const claims = { jti: 'same', iss: id, sub: id };
    const noKeys = 'sub of client_assertion is no relying party with public keys';
    expect((await ask(await sign({ claims, key: OTHER.privateKey }))).why).toBe(noKeys);
    await world.service.parties.setJwks(party.id, { keys: [jwkOf(OTHER.publicKey)] });
    expect((await ask(await sign({ claims: { jti: 'same' } }))).status).toBe(400);
    expect((await ask(await sign({ claims, key: OTHER.privateKey }))).status).toBe(400);
    const others = { iss: String(own.id), sub: String(own.id) };
    expect((await ask(await sign({ claims: others, key: OTHER.privateKey }))).status).toBe(401);
    for (const sub of ['99', 'bank', undefined]) expect((await ask(await sign({ claims: { sub } }))).why).toBe(noKeys);
  });

  it('without an assertion is refused', async () => {
    const { post } = await keyedClient();
    const form = { grant_type: GRANT, auth_req_id: 'x', client_assertion_type: ASSERTION_TYPE };
    expect(await post('/ciba/token', form, '')).toMatchObject({ status: 401, body: { error: 'invalid_client' } });
  });
});

describe('the method of a client', () => {
  it('is one: with public keys its API key is refused here, and works at the rest of the API', async () => {
    const { world, party, partyKey, post, sign } = await keyedClient();
    const byKey = basic(party.id, partyKey);
    const { status, body } = await post('/ciba/bc-authorize', FORM, byKey);
    expect([status, body.error_description]).toEqual([401, expect.stringMatching(/only method$/)]);
    const both = await post('/ciba/bc-authorize', { ...FORM, ...assertionForm(await sign()) }, byKey);
    expect([both.status, both.body.error_description]).toEqual([401, expect.stringMatching(/^The request says twice/)]);
    expect(await world.service.parties.byApiKey(partyKey)).toMatchObject({ id: party.id });
  });

  it('is its API key again when its public keys are taken away', async () => {
    const { world, party, partyKey, post, sign, ask } = await keyedClient();
    await world.service.parties.setJwks(party.id, undefined);
    expect((await ask(await sign())).status).toBe(401);
    expect((await post('/ciba/bc-authorize', FORM, basic(party.id, partyKey))).status).toBe(200);
  });

  it('is gone when the client is revoked, and is an API key afterwards', async () => {
    const { world, party, post, sign, ask } = await keyedClient();
    const { keys } = world.service.parties;
    await keys.revoke(party.id);
    expect((await ask(await sign())).status).toBe(401);
    const { apiKey } = await keys.rotate(party.id, 0);
    expect((await ask(await sign())).status).toBe(401);
    await keys.resume(party.id, 'asked');
    expect((await post('/ciba/bc-authorize', FORM, basic(party.id, apiKey))).status).toBe(200);
  });

  it('is counted: so many wrong assertions from one address', async () => {
    const { sign, ask } = await keyedClient({ http: { limits: { wrongKeys: 3 } } });
    const wrong = [];
    for (let time = 0; time < 4; time += 1) wrong.push((await ask('x')).status);
    expect(wrong).toEqual([401, 401, 401, 429]);
    expect((await ask(await sign())).status).toBe(400);
  });

  it('is counted: so many requests of one client, also from several addresses', async () => {
    const { world, sign } = await keyedClient({ http: { limits: { goodKey: 2 } } });
    const said = [];
    for (const remoteAddress of ['192.0.2.1', '192.0.2.2', '192.0.2.3']) {
      const response = await world.service.http.inject({
        ...{ method: 'POST', url: '/ciba/token', remoteAddress },
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(assertionForm(await sign())).toString(),
      });
      said.push(response.statusCode);
    }
    expect(said).toEqual([400, 400, 429]);
  });
});
