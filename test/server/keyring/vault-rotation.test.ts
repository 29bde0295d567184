import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../modem/index.ts';
import { type ServiceKeys, servicePrimitives } from '../../../server/index.ts';
import { isKeyOf, wrapVaultKey } from '../../../server/keyring/vault-rotation.ts';
import { Vault } from '../../../server/keys/vault.ts';
import type { Row } from '../../../server/store/row.ts';
import { backUp } from '../../../server/upkeep/backup.ts';
import { onPostgres } from '../database.ts';
import { rotate } from '../rotate.ts';
import { CUSTOMER_NUMBER, PIN, type Subscriber, shop, World } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const NEXT: Uint8Array = new Uint8Array(32).fill(0x77);
const primitives = servicePrimitives();
const vaultOf = (world: World, key: Uint8Array) => new Vault(key, primitives, world.random);
const wrapped = (world: World, key = world.keys.vault, next = NEXT) => wrapVaultKey(vaultOf(world, key), next);

/** How many values each of some vault keys opens. */
async function openedBy(world: World, ...keys: readonly Uint8Array[]): Promise<readonly number[]> {
  const values = await world.look(async (tx) => [
    ...(await tx.all(
      'SELECT id, sealed_approval_key FROM device WHERE sealed_approval_key IS NOT NULL',
      (row) => ['approval key', `device ${row.integer('id')}`, row.octets('sealed_approval_key')] as const,
    )),
    ...(await tx.all(
      'SELECT ref, sealed FROM evidence',
      (row) => ['evidence', row.text('ref'), row.octets('sealed')] as const,
    )),
    ...(await tx.all(
      'SELECT use, kid, sealed_secret FROM service_key WHERE sealed_secret IS NOT NULL',
      (row) =>
        [`${row.text('use')} key`, `${row.text('use')} ${row.integer('kid')}`, row.octets('sealed_secret')] as const,
    )),
    ...(await tx.all('SELECT * FROM pin_change', sealedOfPinChange)).flat(),
    ...(await tx.all(
      'SELECT kid, sealed_secret FROM jws_key',
      (row) => ['JWS key', row.text('kid'), row.octets('sealed_secret')] as const,
    )),
    ...(await tx.all(
      'SELECT authentication_id, ping FROM ciba_request WHERE ping IS NOT NULL',
      (row) => ['CIBA ping', row.text('authentication_id'), row.octets('ping')] as const,
    )),
    ...(await tx.all(
      'SELECT sealed FROM pairwise_key',
      (row) => ['pairwise key', 'people', row.octets('sealed')] as const,
    )),
  ]);
  return keys.map(
    (key) =>
      values.filter(
        ([purpose, subject, value]) => vaultOf(world, key).keyThatOpens(purpose, subject, value) !== undefined,
      ).length,
  );
}

function sealedOfPinChange(row: Row): (readonly [purpose: string, subject: string, value: Uint8Array])[] {
  const purposes = { new_key: 'new approval key', proof: 'PIN proof', former_key: 'former approval key' };
  return Object.entries(purposes).flatMap(([column, purpose]) => {
    const value = row.optionalOctets(column);
    return value === undefined ? [] : [[purpose, `device ${row.integer('device_id')} ${row.text('pcid')}`, value]];
  });
}

async function pay(world: World, { phone }: Subscriber, merchant: Parameters<World['request']>[0]) {
  const { txn } = await world.request(merchant);
  await world.clock.advance(2 * SECOND);
  phone.approve(PIN);
  await world.clock.advance(3 * SECOND);
  return (await world.service.payment(txn)).state;
}

async function busyShop() {
  const base = await shop(1);
  await rotate(base.world, 'sealing');
  for (let n = 0; n < 3; n += 1) await pay(base.world, base.customer, base.merchant);
  return base;
}

/** The present key, sealed under the one before. */
const nextUnderBefore = (world: World, database?: string) =>
  world.look((tx) => tx.get('SELECT key_present FROM vault', (row) => row.optionalOctets('key_present')), database);

const state = async (world: World) => (await world.service.vaultKey.standing()).state;

describe('another vault key', () => {
  it('seals everything anew while payments go on, and then the one before opens nothing', async () => {
    const { world, customer, merchant } = await busyShop();
    const before = await openedBy(world, world.keys.vault, NEXT);
    expect(before).toEqual([6, 0]);
    expect(await world.service.vaultKey.begin(wrapped(world))).toMatchObject({ state: 'changing', moved: 0 });
    for (let n = 0; n < 6; n += 1) expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(await openedBy(world, world.keys.vault, NEXT)).toEqual([0, 12]);
    const standing = await world.service.vaultKey.standing();
    expect(standing.state).toBe('settled');
    expect(standing.moved).toBeGreaterThanOrEqual(6);
    expect([
      isKeyOf(vaultOf(world, NEXT), standing.proof),
      isKeyOf(vaultOf(world, world.keys.vault), standing.proof),
    ]).toEqual([true, false]);
    world.kill();
    await expect(world.open()).rejects.toThrow('the vault key is not that of the database');
    await world.open(undefined, { keys: { ...world.keys, vault: NEXT } });
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
  });

  it('waits for activation codes of before, and they work meanwhile', async () => {
    const { world, customer, merchant } = await busyShop();
    const { deviceId, activationCode } = await world.service.activate(customer.person.id);
    await world.service.vaultKey.begin(wrapped(world));
    await world.clock.advance(60 * SECOND);
    expect(await state(world)).toBe('waiting');
    // Whoever has the key before gets nothing by it any more.
    expect(await nextUnderBefore(world)).toBe(undefined);
    world.kill();
    await expect(world.open()).rejects.toThrow('the vault key is not that of the database');
    await world.open(undefined, { keys: { ...world.keys, vault: NEXT } });
    expect(await openedBy(world, world.keys.vault)).toEqual([0]);
    const phone = world.phone(CUSTOMER_NUMBER);
    phone.trust({
      sealing: (await world.service.keys.list()).findLast(({ use }) => use === 'sealing') ?? world.keys.sealing,
    });
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect(await pay(world, { ...customer, phone }, merchant)).toBe('CAPTURED');
    await world.clock.advance(24 * 3_600 * SECOND);
    expect(await state(world)).toBe('settled');
    expect(await openedBy(world, world.keys.vault)).toEqual([0]);
  });

  it('waits for them also when the clock was put back before it came; not for those of the time since', async () => {
    const ahead = { ms: HOUR };
    const made: { world?: World } = {};
    const clock: Clock = {
      now: () => (made.world?.clock.now() ?? 0) + ahead.ms,
      after: (delay, task) => made.world?.clock.after(delay, task) ?? (() => {}),
    };
    const world = new World(1, { clock });
    made.world = world;
    await world.open();
    const person = await world.service.addPerson({ number: CUSTOMER_NUMBER, name: 'Anna', language: 'it' });
    const { deviceId, activationCode } = await world.service.activate(person.id);
    ahead.ms = 0;
    await world.service.vaultKey.begin(wrapped(world));
    await world.clock.advance(2 * MINUTE);
    expect(await state(world)).toBe('waiting');
    const later = await world.service.addPerson({ number: '+393400000009', name: 'Berta', language: 'en' });
    await world.clock.advance(24 * HOUR);
    await world.service.activate(later.id);
    expect(await state(world)).toBe('waiting');
    const phone = world.phone(CUSTOMER_NUMBER);
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    expect(phone.received.map(({ type }) => type)).toEqual(['AUTH_REQUEST']);
    await world.clock.advance(HOUR);
    expect(await state(world)).toBe('settled');
  });

  it('is in no backup under the one before, also while it is being changed: the backup opens with the next one', async () => {
    const { world, customer, merchant } = await busyShop();
    await world.service.vaultKey.begin(wrapped(world));
    const next = await nextUnderBefore(world);
    expect(next).toHaveLength(72);
    const copy = join(mkdtempSync(join(tmpdir(), 'vault-')), 'copy.db');
    await backUp(world.database, copy);
    expect(readFileSync(copy).includes(Buffer.from(next ?? []))).toBe(false);
    world.kill();
    if (onPostgres) return;
    await expect(world.open(copy)).rejects.toThrow('the vault key is not that of the database');
    await world.open(copy, { keys: { ...world.keys, vault: NEXT } });
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
  });

  it('is refused when it is not sealed under the present one, and while the change before is not over; the same again changes nothing', async () => {
    const { world } = await busyShop();
    const begin = (octets: Uint8Array) => world.service.vaultKey.begin(octets);
    await expect(begin(wrapped(world, new Uint8Array(32).fill(5)))).rejects.toMatchObject({ code: 'invalid-request' });
    await expect(begin(spoilt(wrapped(world)))).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await state(world)).toBe('settled');
    const { changedAt } = await begin(wrapped(world));
    await world.clock.advance(SECOND);
    expect(await begin(wrapped(world))).toMatchObject({ state: 'changing', changedAt });
    await expect(begin(wrapped(world, world.keys.vault, new Uint8Array(32).fill(6)))).rejects.toMatchObject({
      code: 'conflict',
    });
    await world.clock.advance(60 * SECOND);
    expect(await state(world)).toBe('settled');
    await begin(wrapped(world, NEXT, Uint8Array.from(world.keys.vault)));
    await world.clock.advance(60 * SECOND);
    expect(await openedBy(world, world.keys.vault, NEXT)).toEqual([6, 0]);
  });

  it('seals changes of a PIN anew, of which one message or both have come', async () => {
    const { world, customer, merchant } = await shop(1);
    const other = await world.subscriber('+393400000009');
    const third = await world.subscriber('+393400000010');
    customer.phone.provePin(PIN, customer.phone.newPin('70815'));
    const announced = other.phone.newPin('70815');
    third.phone.provePin(PIN, { pcid: new Uint8Array(8).fill(3), approvalKey: new Uint8Array(32).fill(3) });
    await world.clock.advance(3 * SECOND);
    expect(await openedBy(world, world.keys.vault, NEXT)).toEqual([9, 0]);
    await world.service.vaultKey.begin(wrapped(world));
    await world.clock.advance(60 * SECOND);
    expect(await openedBy(world, world.keys.vault, NEXT)).toEqual([0, 9]);
    other.phone.provePin(PIN, announced);
    await world.clock.advance(3 * SECOND);
    expect(other.phone.receipts().at(-1)?.status).toBe('confirmed');
    customer.phone.takeNewPin();
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve('70815');
    await world.clock.advance(3 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
  });

  it('leaves evidence otherwise as it was: nothing else of it may be changed, also meanwhile', async () => {
    const { world } = await busyShop();
    await world.service.vaultKey.begin(wrapped(world));
    const store = await world.store();
    for (const sql of [
      'UPDATE evidence SET at = at + 1',
      'UPDATE evidence SET ctr = 1',
      "UPDATE evidence SET ref = '00'",
    ])
      await expect(store.transaction('spoil', (tx) => tx.run(sql))).rejects.toThrow();
    await store.close();
  });

  const kills: readonly (readonly [when: string, commits: number])[] = [1, 2, 3, 4, 5, 6, 8, 10].map((n) => [
    `commit ${n}`,
    n,
  ]);
  it.runIf(!onPostgres).each(kills)(
    'is gone on with after a kill at %s of the walk, with either key in the key file',
    async (_, commits) => {
      for (const left of ['before', 'next', 'both'] as const) {
        const { world, customer, merchant } = await busyShop();
        await world.service.vaultKey.begin(wrapped(world));
        await world.clock.advance(19 * SECOND);
        let seen = 0;
        let dead = false;
        world.afterCommit = () => {
          seen += 1;
          if (seen !== commits || dead) return;
          dead = true;
          world.kill();
        };
        await world.clock.advance(3 * SECOND);
        world.afterCommit = () => {};
        if (!dead) world.kill();
        const { keys } = world;
        const given: Record<typeof left, ServiceKeys> = {
          before: keys,
          next: { ...keys, vault: NEXT },
          both: { ...keys, nextVault: NEXT },
        };
        const settled = await world.look((tx) =>
          tx.get('SELECT key_before FROM vault', (row) => row.optionalOctets('key_before') === undefined),
        );
        await world.open(undefined, { keys: settled && left === 'before' ? given.next : given[left] });
        expect(await pay(world, customer, merchant)).toBe('CAPTURED');
        await world.clock.advance(60 * SECOND);
        expect(await state(world)).toBe('settled');
        expect(await openedBy(world, world.keys.vault, NEXT)).toEqual([0, 7]);
        await world.service.close();
      }
    },
  );
});

function spoilt(octets: Uint8Array): Uint8Array {
  const copy = octets.slice();
  copy[30] = (copy[30] ?? 0) ^ 1;
  return copy;
}
