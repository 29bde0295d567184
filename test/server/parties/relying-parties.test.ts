import { describe, expect, it } from 'vitest';
import type { NewRelyingParty } from '../../../server/index.ts';
import { rows } from '../database.ts';
import { runTwice } from '../run-twice.ts';
import { World } from '../world.ts';

const BANK: NewRelyingParty = {
  name: 'Banca di Torino S.p.A.',
  shortName: 'BancaTorino',
  kinds: ['login'],
  requestsADay: 100,
};

async function open() {
  const world = new World('parties');
  await world.open();
  const { parties } = world.service;
  const opens = async (key: string) => (await parties.byApiKey(key))?.id;
  return { world, parties, opens };
}

describe('a relying party', () => {
  it('has an id, two names, an API key that is stored as a digest, and a place in the list', async () => {
    const { world, parties, opens } = await open();
    const { party, apiKey } = await parties.add(BANK);
    expect(party).toEqual({ ...BANK, id: party.id, createdAt: world.clock.now(), suspendedAt: undefined });
    expect(apiKey).toMatch(/^cm_[0-9a-f]{32}$/);
    const { party: other } = await parties.add({
      ...BANK,
      name: 'Comune',
      shortName: 'Comune',
      kinds: ['sign', 'login'],
    });
    expect(other.kinds).toEqual(['login', 'sign']);
    expect(await parties.list()).toEqual([party, other]);
    expect(await opens(apiKey)).toBe(party.id);
    expect(await world.service.merchantByApiKey(apiKey)).toBeUndefined();
    expect(JSON.stringify(await rows(world.database, 'SELECT * FROM relying_party'))).not.toContain(apiKey);
  });

  it.each<readonly [what: string, changed: Partial<NewRelyingParty>, code: string]>([
    ['an empty name', { name: ' ' }, 'invalid-request'],
    ['a name of 65 octets', { name: 'x'.repeat(65) }, 'invalid-request'],
    ['a short name of 25 octets', { shortName: 'x'.repeat(25) }, 'invalid-request'],
    [
      'a short name of 15 octets and signatures',
      { shortName: 'x'.repeat(15), kinds: ['login', 'sign'] },
      'invalid-request',
    ],
    ['a short name with strange letters', { shortName: 'ꓚꓮꓢꓧ' }, 'invalid-request'],
    ['the name of the application', { shortName: 'Cash Mobile' }, 'invalid-request'],
    ['the full name of another one', { shortName: 'Other' }, 'conflict'],
    ['the short name of another one', { name: 'Other' }, 'conflict'],
  ])('is not registered with %s', async (_, changed, code) => {
    const { parties } = await open();
    const { party } = await parties.add(BANK);
    const other = { ...BANK, name: 'Other', shortName: 'Other', ...(code === 'conflict' && BANK), ...changed };
    await expect(parties.add(other)).rejects.toMatchObject({ code });
    expect(await parties.list()).toEqual([party]);
  });

  it.each(['x'.repeat(24), 'è'.repeat(12)])('may have 24 octets on phones: %s', async (shortName) => {
    const { parties } = await open();
    expect((await parties.add({ ...BANK, shortName })).party.shortName).toBe(shortName);
  });

  it('gets another key as a merchant does, and none opens when it is revoked', async () => {
    const { world, parties, opens } = await open();
    const { party, apiKey: first } = await parties.add(BANK);
    const { apiKey: second } = await parties.keys.rotate(party.id, 60_000);
    expect([await opens(first), await opens(second)]).toEqual([party.id, party.id]);
    await world.clock.advance(60_000);
    expect([await opens(first), await opens(second)]).toEqual([undefined, party.id]);
    const revoked = await parties.keys.revoke(party.id);
    expect([await opens(second), revoked.suspendedAt]).toEqual([undefined, world.clock.now()]);
    const { apiKey: third, client } = await parties.keys.rotate(party.id, 0);
    expect([await opens(third), client.suspendedAt]).toEqual([party.id, revoked.suspendedAt]);
    expect((await parties.keys.resume(party.id, 'asked')).suspendedAt).toBeUndefined();
    for (const act of [parties.keys.rotate(99, 0), parties.keys.revoke(99), parties.keys.resume(99, 'x')])
      await expect(act).rejects.toMatchObject({ code: 'not-found', message: 'there is no relying party 99' });
  });

  it('is one when the transaction runs twice', async () => {
    const { world, parties, opens } = await open();
    world.body = runTwice(() => 'kept');
    const { party, apiKey } = await parties.add(BANK);
    expect(await opens(apiKey)).toBe(party.id);
    expect(await parties.list()).toEqual([party]);
  });
});
