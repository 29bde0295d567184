import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import type { RelyingParty } from '../../../server/index.ts';
import type { World } from '../world.ts';
import { client, GRANT } from './client.ts';

export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
export const ISSUER = 'https://pay.example';

/** The key pairs of the tests, made once: an RSA key takes a while. */
export const EC = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const RSA = generateKeyPairSync('rsa', { modulusLength: 2_048 });
export const OTHER = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The public half as a JWK. */
export function jwkOf(key: KeyObject, more: Readonly<Record<string, string>> = {}) {
  return { ...key.export({ format: 'jwk' }), ...more };
}

/** What a test changes of a client assertion: claims that are `undefined` are left out. */
export interface Changed {
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly header?: JWTHeaderParameters;
  readonly key?: KeyObject | Uint8Array;
}

/** A client assertion of the client with this number. @param now ms since 1970 */
export function signAssertion(id: string, now: number, jti: string, changed: Changed = {}): Promise<string> {
  const { claims = {}, header = { alg: 'ES256' }, key = EC.privateKey } = changed;
  const iat = Math.floor(now / 1000);
  const all = { iss: id, sub: id, aud: ISSUER, jti, iat, exp: iat + 60, ...claims };
  const given: JWTPayload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(given).setProtectedHeader(header).sign(key);
}

/** The parameters that go with it. */
export function assertionForm(assertion: string) {
  return { client_assertion_type: ASSERTION_TYPE, client_assertion: assertion };
}

/** A bank that CIBA knows by its public key. */
export async function keyedClient(options: Parameters<typeof client>[1] = {}) {
  const base = await client(1, { issuer: ISSUER, ...options });
  const { world, party } = base;
  await world.service.parties.setJwks(party.id, { keys: [jwkOf(EC.publicKey)] });
  let assertions = 0;
  const sign = (changed: Changed = {}) => {
    assertions += 1;
    return signAssertion(String(party.id), world.clock.now(), `jti ${assertions}`, changed);
  };
  /** Asks for tokens of nothing: who is known hears `invalid_grant`, anybody else `invalid_client`. */
  const ask = async (assertion: string) => {
    const form = { grant_type: GRANT, auth_req_id: 'x', ...assertionForm(assertion) };
    const { status, body } = await base.post('/ciba/token', form, '');
    return { status, error: body.error, why: body.error_description };
  };
  return { ...base, sign, ask };
}

/** A party is a client by its public key, once, and by its API key again. */
export async function showKeyOnce({ service, clock }: World, { id }: RelyingParty): Promise<void> {
  const { parties } = service;
  await parties.setJwks(id, { keys: [jwkOf(EC.publicKey)] });
  const claims = { aud: parties.ciba.issuer };
  await parties.cibaClients.byAssertion(
    assertionForm(await signAssertion(String(id), clock.now(), 'once', { claims })),
  );
  await parties.setJwks(id, undefined);
}
