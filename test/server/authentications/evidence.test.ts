import { createHash, createHmac, hash } from 'node:crypto';
import fc from 'fast-check';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { signedHash } from '../../../server/authentications/document.ts';
import { EvidenceClaims, keepEvidence } from '../../../server/authentications/evidence.ts';
import { EvidenceError, type KeySet, verifyEvidence } from '../../../server/authentications/verify-evidence.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { runTwice } from '../run-twice.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { bank } from './bank.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DOCUMENT = { fullTitle: 'Contratto di mutuo n. 2010/47, versione 3', hash: new Uint8Array(32).fill(0xd0) };

type Bank = Awaited<ReturnType<typeof bank>>;

const keySet = async ({ world }: Bank): Promise<KeySet> =>
  (await world.service.http.inject({ url: '/.well-known/jwks.json' })).json();

async function approve({ world, customer }: Bank): Promise<void> {
  customer.phone.approve(PIN);
  await world.clock.advance(3 * SECOND);
}

/** A bank, and evidence of a login that the person confirmed. */
async function confirmed() {
  const base = await bank();
  const { world, party, ask } = base;
  const { id } = await ask();
  await approve(base);
  const evidence = () => world.service.authentications.evidence(party, id);
  return { ...base, id, evidence };
}

async function signed(base: Bank): Promise<string> {
  const { world, party } = base;
  const order = { kind: 'sign', key: 's', who: CUSTOMER_NUMBER, title: 'Mutuo 2010/47', document: DOCUMENT } as const;
  const { authentication } = await world.service.authentications.request(party, order);
  await world.clock.advance(2 * SECOND);
  await approve(base);
  return authentication.id;
}

describe('the evidence of an authentication', () => {
  it('says who confirmed what for whom, and when, in the octets that the phone showed', async () => {
    const base = await confirmed();
    const { world, customer, party, id, evidence } = base;
    const { changedAt } = await world.service.authentications.one(party, id);
    await world.clock.advance(10 * MINUTE);
    const jws = await evidence();
    expect(decodeProtectedHeader(jws)).toMatchObject({ alg: 'RS256', typ: 'evidence+jwt' });
    expect(decodeJwt(jws)).toEqual({
      iss: 'http://127.0.0.1:8080',
      aud: String(party.id),
      sub: await world.service.parties.pairwise.of(party.id, customer.person.id),
      iat: Math.floor(world.clock.now() / SECOND),
      auth_time: Math.floor(changedAt / SECOND),
      jti: id,
      amr: ['pin', 'swk', 'mfa'],
      kind: 'login',
      name: 'Banca di Torino S.p.A.',
      title: 'Conto online',
      shown: Buffer.from(customer.phone.lastAsked().plaintext).toString('base64url'),
    });
    expect(customer.phone.lastAsked().plaintext).toHaveLength(83);
  });

  it('of a signature names the document, whose hash the phone signed', async () => {
    const base = await bank();
    const id = await signed(base);
    const jws = await base.world.service.authentications.evidence(base.party, id);
    const { claims, shown } = await verifyEvidence(jws, await keySet(base));
    expect(claims).toMatchObject({
      ...{ kind: 'sign', title: 'Mutuo 2010/47', full_title: DOCUMENT.fullTitle },
      document_hash: hexOf(DOCUMENT.hash),
    });
    expect(shown).toMatchObject({ documentHash: signedHash('Banca di Torino S.p.A.', DOCUMENT) });
  });

  it('has the name of the service that --issuer says', async () => {
    const base = await bank(1, { issuer: 'https://pay.example.org' });
    const { id } = await base.ask();
    await approve(base);
    expect(decodeJwt(await base.world.service.authentications.evidence(base.party, id)).iss).toBe(
      'https://pay.example.org',
    );
  });

  it('is the same octets however often it is asked for, at once, by another process and after another key', async () => {
    const base = await confirmed();
    const { world, party, id, evidence } = base;
    const [first, ...others] = await Promise.all([evidence(), evidence(), evidence()]);
    await world.service.parties.jwsKeys.rotate();
    await world.clock.advance(10 * MINUTE);
    world.kill();
    await world.open();
    others.push(await world.service.authentications.evidence(party, id));
    expect(new Set(others)).toEqual(new Set([first]));
    // Signed by a key that has ended by now, which is still in the set.
    expect((await verifyEvidence(first ?? '', await keySet(base))).claims.jti).toBe(id);
    const later = await signed(base);
    const next = await world.service.authentications.evidence(party, later);
    expect(decodeProtectedHeader(next).kid).not.toBe(decodeProtectedHeader(first ?? '').kid);
    expect((await verifyEvidence(next, await keySet(base))).claims.jti).toBe(later);
  });

  it('is the same octets also when a transaction runs again whose commit nobody heard of', async () => {
    const { world, party, id, evidence } = await confirmed();
    world.body = runTwice(() => 'kept');
    const jws = await evidence();
    expect(await world.service.authentications.one(party, id)).toMatchObject({ evidence: jws });
  });

  it('that was kept first stays, whatever comes later', async () => {
    const { world, id } = await confirmed();
    const store = await world.store();
    const keep = (jws: string) => store.transaction('keep', (tx) => keepEvidence(tx, ref(id), jws));
    expect([await keep('first'), await keep('second')]).toEqual(['first', 'first']);
    await store.close();
  });

  it.each<readonly [end: string, does: (base: Bank) => unknown, state: string]>([
    ['asked', () => {}, 'asked'],
    ['refused', ({ customer }) => customer.phone.refuse('no'), 'refused'],
    ['not me', ({ customer }) => customer.phone.refuse('not-me'), 'not-me'],
    ['expired', ({ world }) => world.clock.advance(10 * MINUTE), 'expired'],
  ])('is there of what was confirmed alone: %s', async (_, does, state) => {
    const base = await bank();
    const { id } = await base.ask();
    await does(base);
    await base.world.clock.advance(3 * SECOND);
    await expect(base.world.service.authentications.evidence(base.party, id)).rejects.toMatchObject({
      code: 'not-possible-now',
      message: `authentication ${id} is ${state}: there is evidence of confirmed ones`,
    });
  });

  it('is in the API: with the authentication, and alone; for its own party, and not in lists', async () => {
    const { world, id, party, partyKey, evidence } = await confirmed();
    const other = await world.service.parties.add({
      name: 'Altra',
      shortName: 'Altra',
      kinds: ['login'],
      requestsADay: 9,
    });
    const get = (path: string, key = partyKey) =>
      world.service.http.inject({ url: `/v1/authentications${path}`, headers: { authorization: `Bearer ${key}` } });
    const alone = await get(`/${id}/evidence`);
    expect([alone.statusCode, alone.headers['content-type'], alone.body]).toEqual([
      200,
      'application/jose',
      await evidence(),
    ]);
    expect((await get(`/${id}`)).json()).toMatchObject({ state: 'confirmed', evidence: alone.body });
    expect((await get('')).json().authentications[0]).not.toHaveProperty('evidence');
    for (const path of [`/${id}`, `/${id}/evidence`]) expect((await get(path, other.apiKey)).statusCode).toBe(404);
    const { authentication } = await world.service.authentications.request(party, {
      ...{ kind: 'login', key: 'nobody', who: '+393409999999', title: 'Conto' },
    });
    expect((await get(`/${authentication.id}/evidence`)).statusCode).toBe(409);
    expect((await get(`/${authentication.id}`)).json()).not.toHaveProperty('evidence');
  });

  it('names the same person by another name to another party', async () => {
    const base = await confirmed();
    const { world, ask, evidence } = base;
    const { party } = await world.service.parties.add({
      ...{ name: 'Comune di Torino', shortName: 'Comune', kinds: ['login'], requestsADay: 9 },
    });
    const { id } = await ask({}, party);
    await approve(base);
    const subs = [await evidence(), await world.service.authentications.evidence(party, id)].map(
      (jws) => decodeJwt(jws).sub,
    );
    expect(new Set(subs).size).toBe(2);
  });
});

/** What a thief of the phone could try PINs with: the person's key, each signature, and what is commonly computed from them. */
function oracles(secrets: readonly Uint8Array[]): readonly Uint8Array[] {
  const halves = secrets
    .flatMap((one) => [one, one.subarray(0, 32), one.subarray(32)])
    .filter(({ length }) => length > 0);
  const digests = ['md5', 'sha1', 'sha256', 'sha384', 'sha512', 'sha3-256', 'blake2b512'];
  return halves.flatMap((one) => [
    one,
    ...digests.map((name) => new Uint8Array(createHash(name).update(one).digest())),
    new Uint8Array(createHmac('sha256', new Uint8Array(32)).update(one).digest()),
    new Uint8Array(hash('sha256', hexOf(one), 'buffer')),
  ]);
}

/** All octets that somebody who has the evidence can read: as it is, each part decoded, each text in it decoded. */
function readings(jws: string): Buffer {
  const parts = jws.split('.').map((part) => Buffer.from(part, 'base64url'));
  const texts = [
    ...parts
      .slice(0, 2)
      .join(' ')
      .matchAll(/"([^"]+)"/g),
  ].map(([, found = '']) => found);
  const decoded = texts.flatMap((found) => [Buffer.from(found, 'base64url'), Buffer.from(found, 'hex')]);
  return Buffer.concat([Buffer.from(jws), ...parts, ...decoded]);
}

/** Whether eight octets in a row of one of them are there, in octets, hexadecimal or base64url. */
function tells(evidence: string, secrets: readonly Uint8Array[]): boolean {
  const read = readings(evidence);
  return oracles(secrets).some((one) =>
    [0, 8, 16].some((from) => {
      const some = Buffer.from(one.subarray(from, from + 8));
      if (some.length < 8) return false;
      return [some, some.toString('hex'), Buffer.from(one).toString('base64url').slice(0, 12)].some((form) =>
        read.includes(form),
      );
    }),
  );
}

describe('what evidence does not have', () => {
  it('is the person’s key, a signature of the phone, or a function of them', async () => {
    const base = await confirmed();
    const { customer, evidence } = base;
    const secrets = [customer.approvalKey, ...customer.phone.signatures];
    expect(secrets).toHaveLength(3);
    const jws = await evidence();
    expect(tells(jws, secrets)).toBe(false);
    const [header = '', payload = ''] = jws.split('.');
    // The search finds what is planted: in octets, in hexadecimal, by its hash.
    for (const planted of [
      Buffer.from(customer.approvalKey).toString('base64url'),
      hexOf(hash('sha256', customer.approvalKey, 'buffer')),
      Buffer.from(hash('sha512', customer.phone.signatures.at(-1) ?? new Uint8Array(), 'buffer')).toString('base64url'),
    ]) {
      const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), planted };
      const spoilt = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`;
      expect(tells(spoilt, secrets)).toBe(true);
    }
  });
});

describe('evidence that was changed', () => {
  it('is refused: one bit, anywhere in the three parts', async () => {
    const base = await confirmed();
    const [jws, keys] = [await base.evidence(), await keySet(base)];
    await verifyEvidence(jws, keys);
    const octets = Buffer.from(jws);
    await fc.assert(
      fc.asyncProperty(fc.nat(octets.length - 1), fc.nat(7), async (at, bit) => {
        const changed = Buffer.from(octets);
        changed.writeUInt8(changed.readUInt8(at) ^ (1 << bit), at);
        await expect(verifyEvidence(changed.toString('latin1'), keys)).rejects.toThrow(EvidenceError);
      }),
      { numRuns: 1_000 },
    );
  });

  it.each<readonly [what: string, why: string, spoil: (jws: string, keys: KeySet, base: Bank) => unknown]>([
    ['by another service', 'the key set does not have its key', (jws) => verifyEvidence(jws, { keys: [] })],
    [
      'for another use',
      'it is no evidence: unexpected "typ" JWT header value',
      async (_, keys, { world }) => verifyEvidence(await world.service.parties.jwsKeys.sign('other+jwt', {}), keys),
    ],
    [
      'with other members',
      'it is signed, but not as evidence is written',
      async (_, keys, { world }) => verifyEvidence(await world.service.parties.jwsKeys.sign('evidence+jwt', {}), keys),
    ],
    [
      'after the end of its key',
      'it says that it was made after the end of the key',
      (jws, { keys }) =>
        verifyEvidence(jws, { keys: keys.map((key) => ({ ...key, exp: (decodeJwt(jws).iat ?? 0) - 1 })) }),
    ],
    [
      'with a key of the same name',
      'the signature is not right',
      (jws, { keys }) =>
        verifyEvidence(jws, {
          keys: keys.map((key) => ({ ...key, n: (key.n ?? '').replace(/.$/, 'x').replace(/^./, '8') })),
        }),
    ],
    ['at all', 'it is no evidence: Invalid Compact JWS', (_, keys) => verifyEvidence('nothing', keys)],
  ])('is refused when it was not signed %s: %s', async (_, why, spoil) => {
    const base = await confirmed();
    const jws = await base.evidence();
    await expect(spoil(jws, await keySet(base), base)).rejects.toThrow(why);
  });

  it.each<readonly [member: string, value: string]>([
    ['title', 'Altro'],
    ['jti', '0123456789abcdef'],
    ['full_title', 'Altro'],
    ['name', 'Altra'],
    ['document_hash', '00'.repeat(32)],
    ['document_hash', 'nothing'],
    ['shown', ''],
  ])('is refused when the service says something else than the phone showed: %s %s', async (member, value) => {
    const base = await bank();
    const id = await signed(base);
    const jws = await base.world.service.authentications.evidence(base.party, id);
    const claims = { ...EvidenceClaims.parse(decodeJwt(jws)), [member]: value };
    const lie = await base.world.service.parties.jwsKeys.sign('evidence+jwt', claims);
    await expect(verifyEvidence(lie, await keySet(base))).rejects.toThrow(/the phone showed/);
  });

  it('is refused when the phone showed a signature, and the service calls it a login', async () => {
    const base = await bank();
    const { authentications, parties } = base.world.service;
    const claims = decodeJwt(await authentications.evidence(base.party, await signed(base)));
    const { full_title: _, document_hash: __, ...rest } = claims;
    const lie = await parties.jwsKeys.sign('evidence+jwt', { ...rest, kind: 'login' });
    await expect(verifyEvidence(lie, await keySet(base))).rejects.toThrow(
      'it says something else than the phone showed',
    );
  });
});
