import { createPrivateKey, createPublicKey } from 'node:crypto';
import { calculateJwkThumbprint, createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { describe, expect, it } from 'vitest';
import { servicePrimitives } from '../../../server/index.ts';
import { JwsKeys } from '../../../server/jws-keys/jws-keys.ts';
import { newRsaKey } from '../../../server/jws-keys/rsa-key.ts';
import { wrapVaultKey } from '../../../server/keyring/vault-rotation.ts';
import { Vault } from '../../../server/keys/vault.ts';
import { partyId, personId } from '../../../server/vocabulary/ids.ts';
import { allRows, onPostgres, rows } from '../database.ts';
import { runTwice } from '../run-twice.ts';
import { World } from '../world.ts';
import { madeKeys } from './rsa-keys.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

async function open(): Promise<World> {
  const world = new World();
  await world.open();
  return world;
}

const keySet = ({ service }: World) => service.http.inject({ url: '/.well-known/jwks.json' });
const sign = ({ service, clock }: World) =>
  service.parties.jwsKeys.sign('test+jwt', { iat: Math.floor(clock.now() / SECOND) });
const kidOf = (jws: string) => decodeProtectedHeader(jws).kid;

/** What anybody finds who has the key set and nothing else. */
async function verify(world: World, jws: string) {
  const set = createLocalJWKSet((await keySet(world)).json<JSONWebKeySet>());
  return jwtVerify(jws, set, { typ: 'test+jwt', algorithms: ['RS256'] });
}

describe('the keys of what relying parties get signed', () => {
  it('are none before the first signature, and nobody keeps that answer', async () => {
    const world = await open();
    const { statusCode, headers, body } = await keySet(world);
    expect([statusCode, headers['cache-control'], body]).toEqual([200, 'no-store', '{"keys":[]}']);
  });

  it('are RSA of 3072 bits, named by their thumbprint (RFC 7638), and anybody may keep them for five minutes', async () => {
    const world = await open();
    const jws = await sign(world);
    const { headers, ...response } = await keySet(world);
    expect(headers['content-type']).toBe('application/jwk-set+json; charset=utf-8');
    expect(headers['cache-control']).toBe('public, max-age=300');
    const { keys } = response.json();
    expect(keys).toEqual([
      { kty: 'RSA', use: 'sig', alg: 'RS256', kid: await calculateJwkThumbprint(keys[0]), n: keys[0].n, e: 'AQAB' },
    ]);
    expect(Buffer.from(keys[0].n, 'base64url')).toHaveLength(3_072 / 8);
    expect(decodeProtectedHeader(jws)).toEqual({ alg: 'RS256', typ: 'test+jwt', kid: keys[0].kid });
    expect((await verify(world, jws)).payload).toEqual({ iat: Math.floor(world.clock.now() / SECOND) });
  });

  it('are made by Node, of that size', async () => {
    const key = createPrivateKey({ key: Buffer.from(await newRsaKey()), format: 'der', type: 'pkcs8' });
    expect(createPublicKey(key).asymmetricKeyDetails).toEqual({ modulusLength: 3_072, publicExponent: 65_537n });
  });

  it('are one key, of a service that starts again and of many that sign first at the same time', async () => {
    const secrets: Uint8Array[] = [];
    const make = madeKeys();
    const newJwsKey = async () => {
      const secret = await make();
      secrets.push(secret);
      return secret;
    };
    const world = new World(1, { newJwsKey });
    await world.open();
    const signed = await Promise.all([sign(world), sign(world), sign(world)]);
    expect(new Set(signed.map(kidOf)).size).toBe(1);
    expect(secrets, 'made once, and wiped').toEqual([new Uint8Array(secrets[0]?.length ?? 0)]);
    expect(secrets[0]?.length).toBeGreaterThan(1_000);
    expect(await rows(world.database, 'SELECT count(*) AS n FROM jws_key')).toEqual([{ n: 1 }]);
    world.kill();
    await world.open();
    expect(kidOf(await sign(world))).toBe(kidOf(signed[0] ?? ''));
  });

  it('are one key of two processes: who is late with the first one takes that of the other', async () => {
    const world = await open();
    const store = await world.store();
    const vault = new Vault(world.keys.vault, servicePrimitives(), world.random);
    const early: { kid?: string | undefined } = {};
    const newKey = async () => {
      early.kid = kidOf(await sign(world));
      return newRsaKey();
    };
    const late = new JwsKeys({ store, vault, clock: world.clock, newKey });
    expect(kidOf(await late.sign('test+jwt', {}))).toBe(early.kid);
    expect(await rows(world.database, 'SELECT kid FROM jws_key')).toEqual([{ kid: early.kid }]);
    await store.close();
  });

  it.runIf(onPostgres)('are one key of two processes that make it at the same moment', async () => {
    const world = await open();
    const store = await world.store();
    const vault = new Vault(world.keys.vault, servicePrimitives(), world.random);
    const newKey = madeKeys();
    await newKey();
    const other = new JwsKeys({ store, vault, clock: world.clock, newKey });
    const [here, there] = await Promise.all([sign(world), other.sign('test+jwt', {})]);
    expect(kidOf(there)).toBe(kidOf(here));
    await store.close();
  });

  it('follow one another: the new one signs when nobody has a key set without it, the one before stays with its end', async () => {
    const world = await open();
    const { jwsKeys } = world.service.parties;
    const before = await sign(world);
    const asked = world.clock.now();
    const next = await jwsKeys.rotate();
    expect(next.beginsAt).toBe(asked + 6 * MINUTE);
    const { keys } = (await keySet(world)).json();
    const exp = (next.beginsAt + MINUTE) / SECOND;
    expect(keys).toMatchObject([{ kid: next.kid }, { kid: kidOf(before), exp }]);
    expect(keys[0]).not.toHaveProperty('exp');
    await world.clock.advance(6 * MINUTE - 1);
    expect(kidOf(await sign(world))).toBe(kidOf(before));
    await world.clock.advance(1);
    const after = await sign(world);
    expect(kidOf(after)).toBe(next.kid);
    await world.clock.advance(400 * DAY);
    world.kill();
    await world.open();
    expect((await keySet(world)).json().keys).toEqual(keys);
    for (const jws of [before, after]) expect((await verify(world, jws)).protectedHeader.kid).toBe(kidOf(jws));
  });

  it('follow one another also when the next is made before the last has begun, or while the clock is ahead', async () => {
    const world = await open();
    const { jwsKeys } = world.service.parties;
    const first = kidOf(await sign(world));
    await jwsKeys.rotate();
    await world.clock.advance(MINUTE);
    const third = await jwsKeys.rotate();
    await world.clock.advance(5 * MINUTE);
    expect(kidOf(await sign(world)), 'the second').not.toBe(first);
    await world.clock.advance(MINUTE);
    expect(kidOf(await sign(world))).toBe(third.kid);
    // One that a clock made which was a year ahead never begins: a later one has ended it.
    await rows(world.database, 'UPDATE jws_key SET begins_at = begins_at + ? WHERE kid = ?', 365 * DAY, third.kid);
    await rows(
      world.database,
      'UPDATE jws_key SET ends_at = ends_at + ? WHERE ends_at > ?',
      365 * DAY,
      world.clock.now(),
    );
    const last = await jwsKeys.rotate();
    const ends = (await jwsKeys.list()).filter(({ kid }) => kid !== last.kid).map(({ endsAt }) => endsAt);
    expect(Math.max(...ends.map((end) => end ?? Number.POSITIVE_INFINITY))).toBe(last.beginsAt + MINUTE);
    await world.clock.advance(7 * MINUTE);
    const fourth = kidOf(await sign(world));
    await world.clock.advance(366 * DAY);
    expect(kidOf(await sign(world))).toBe(fourth);
  });

  it('are under the vault key: no private number of them is in the database', async () => {
    const world = await open();
    const secret = await madeKeys()();
    await sign(world);
    const blobs = (await allRows(world.database)).flatMap((row) => Object.values(row)).map(octetsOf);
    const jwk = createPrivateKey({ key: Buffer.from(secret), format: 'der', type: 'pkcs8' }).export({ format: 'jwk' });
    const has = (number: string | undefined) => {
      const octets = Buffer.from(number ?? '', 'base64url');
      return blobs.some((blob) => blob.includes(octets) || blob.includes(octets.toString('hex')));
    };
    expect(has(jwk.n), 'the public one is').toBe(true);
    for (const number of [jwk.d, jwk.p, jwk.q, jwk.dp, jwk.dq, jwk.qi]) expect(has(number)).toBe(false);
  });

  it('are sealed anew with everything else when the vault key changes, and sign on', async () => {
    const world = await open();
    const before = await sign(world);
    const name = await world.service.parties.pairwise.of(...PAIR);
    const next = new Uint8Array(32).fill(0x77);
    const vault = new Vault(world.keys.vault, servicePrimitives(), world.random);
    await world.service.vaultKey.begin(wrapVaultKey(vault, next));
    await world.clock.advance(MINUTE);
    expect(await world.service.vaultKey.standing()).toMatchObject({ state: 'settled', moved: 2 });
    world.kill();
    await world.open(undefined, { keys: { ...world.keys, vault: next } });
    expect(kidOf(await sign(world))).toBe(kidOf(before));
    expect(await world.service.parties.pairwise.of(...PAIR)).toBe(name);
  });

  it('are one more, not two, when a transaction runs again whose commit nobody heard of', async () => {
    const world = await open();
    await sign(world);
    world.body = runTwice(() => 'kept');
    await world.service.parties.jwsKeys.rotate();
    expect(await world.service.parties.jwsKeys.list()).toHaveLength(2);
  });

  it('are made by an admin, once a request, and the audit log says which', async () => {
    const world = await open();
    const headers = { authorization: `Bearer ${world.adminKey}` };
    const rotate = () => world.service.http.inject({ method: 'POST', url: '/v1/jws-keys', headers });
    const first = await rotate();
    expect([first.statusCode, Object.keys(first.json())]).toEqual([201, ['kid']]);
    const second = (await rotate()).json();
    expect(Date.parse(second.beginsAt)).toBe(Math.floor((world.clock.now() + 6 * MINUTE) / SECOND) * SECOND);
    expect((await keySet(world)).json().keys).toHaveLength(2);
    expect(await rows(world.database, 'SELECT subject FROM audit ORDER BY seq')).toEqual(
      [first.json(), second].map(({ kid }) => ({ subject: `key:jws:${kid}` })),
    );
  });
});

const PAIR = [partyId(1), personId(2)] as const;

function octetsOf(value: unknown): Buffer {
  return Buffer.from(value instanceof Uint8Array ? value : String(value));
}
