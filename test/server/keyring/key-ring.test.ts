import { describe, expect, it, onTestFinished } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { KEY_USES, type KeyUse } from '../../../server/keyring/generation.ts';
import { BEGINS_AFTER_MS, KeyRing } from '../../../server/keyring/key-ring.ts';
import { announceKey, prepareKey } from '../../../server/keyring/rotation.ts';
import { Vault } from '../../../server/keys/vault.ts';
import { announcementOf, DAY, rotate, signed } from '../rotate.ts';
import { World } from '../world.ts';

const primitives = servicePrimitives();

/** A second process on the database of a service, and what changes its keys; its clock can be set. */
async function beside() {
  const world = new World('key ring');
  await world.open();
  const store = await world.store();
  onTestFinished(() => store.close());
  const time = { ms: undefined as number | undefined };
  const clock = { now: () => time.ms ?? world.clock.now(), after: () => () => {} };
  const vault = new Vault(world.keys.vault, primitives, world.random);
  const { keys } = world;
  const ring = new KeyRing({ keys, vault, primitives, clock, keptSecrets: 1 });
  return { world, store, ring, time, context: { keys, ring, vault, primitives, clock } };
}

const isZero = (octets: Uint8Array) => octets.every((octet) => octet === 0);

it('a key ring that is closed has wiped what it read from the database, and not the keys of the key file', async () => {
  const { world, store, ring } = await beside();
  for (const use of KEY_USES) await rotate(world, use);
  const kid = async (use: KeyUse) => (await store.read((tx) => ring.current(tx, use))).kid;
  const later = [await kid('sealing'), await kid('signing')];
  const secretsOf = async ([sealing, signing]: readonly (number | undefined)[]) => {
    const { pair } = await store.read((tx) => ring.sealing(tx, sealing));
    return [pair.secretKey, (await store.read((tx) => ring.signing(tx, signing))).seed];
  };
  const [ofFile, ofDatabase] = [await secretsOf([undefined, undefined]), await secretsOf(later)];
  expect([...ofFile, ...ofDatabase].map(isZero)).toEqual([false, false, false, false]);
  ring.close();
  expect(ofDatabase.map(isZero)).toEqual([true, true]);
  expect(ofFile.map(isZero)).toEqual([false, false]);
  expect((await secretsOf(later)).map(isZero)).toEqual([false, false]);
});

describe('a key with an end', () => {
  /** Of the key of the key file, which another one has followed. */
  async function ended() {
    const made = await beside();
    await rotate(made.world, 'sealing', 2 * DAY);
    const [first] = await made.world.service.keys.list();
    return { ...made, end: first?.endsAt ?? 0 };
  }

  it.each<[number, string]>([
    [-1, 'counts'],
    [0, 'ended'],
  ])('%d ms after it: %s', async (after, state) => {
    const { store, ring, time, end } = await ended();
    time.ms = end + after;
    expect(await store.read((tx) => ring.standing(tx, 1))).toBe(state);
    expect(await store.read((tx) => ring.hasEnded(tx, 'sealing', undefined))).toBe(state === 'ended');
  });

  it.each<[what: string, since: number, now: number, hasEnded: boolean]>([
    ['before its end nothing has ended', -10, -1, false],
    ['from its end on what it sealed is not believed', -10, 0, true],
    ['of its last moment', -1, 5, true],
    ['what was sealed when it had ended was not sealed with it', 0, 5, false],
    ['of a time that is to come, which a clock wrote that was ahead, nobody knows', 7, 5, true],
  ])('%s', async (_, since, now, hasEnded) => {
    const { store, ring, time, end } = await ended();
    time.ms = end + now;
    expect(await store.read((tx) => ring.hasEndedSince(tx, end + since))).toBe(hasEnded);
  });

  it('ends no later because another key has followed since', async () => {
    const { world, store, context, time, end } = await ended();
    time.ms = end + DAY;
    const made = await store.transaction('next', (tx) =>
      prepareKey(tx, context, 'sealing', { secret: new Uint8Array(32).fill(5), chance: 0 }),
    );
    const announce = (announcement: Uint8Array) =>
      store.transaction('announce', (tx) => announceKey(tx, context, announcement));
    const { beginsAt } = await announce(signed(world, announcementOf(made)));
    expect(beginsAt).toBe(end + DAY + BEGINS_AFTER_MS);
    const [first] = await world.service.keys.list();
    if (first === undefined) throw new Error('there is no key');
    const sooner = Math.floor(end / 1000) - 100;
    time.ms = end + 2 * DAY;
    expect((await announce(signed(world, announcementOf(first, sooner)))).endsAt).toBe(end);
  });
});

it('the number of a key is drawn from those that are free', async () => {
  const { world, store, context } = await beside();
  const kids: number[] = [];
  for (const chance of [0, 0, 251]) {
    const made = await store.transaction('next', (tx) =>
      prepareKey(tx, context, 'signing', { secret: octetsOf('07'.repeat(32)), chance }),
    );
    await store.transaction('announce', (tx) => announceKey(tx, context, signed(world, announcementOf(made))));
    await world.clock.advance(BEGINS_AFTER_MS);
    kids.push(made.kid);
  }
  expect(kids).toEqual([2, 3, 255]);
});
