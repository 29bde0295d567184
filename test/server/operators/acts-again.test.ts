import { describe, expect, it } from 'vitest';
import { systemRandom } from '../../../modem/index.ts';
import { movedTables } from '../../../server/store/moved-tables.ts';
import { openStore } from '../../../server/store/open-store.ts';
import type { Tx } from '../../../server/store/store.ts';
import { rows } from '../database.ts';
import { CUSTOMER_NUMBER, shop } from '../world.ts';

// A COMMIT whose answer was lost: the store runs the body again, also when another operator has acted since.

/** Admins who ask the API; of `anna` each act can be run again. */
async function office() {
  const base = await shop('acts again', { limits: { fourEyesAbove: 1_000 } });
  const { world } = base;
  const keys = new Map<string, string>();
  for (const name of ['anna', 'bruno', 'carla'])
    keys.set(name, (await world.service.operators.add({ name, role: 'admin' })).apiKey);
  let body: ((tx: Tx) => Promise<unknown>) | undefined;
  const post = async (by: string, url: string, payload?: object) => {
    if (by === 'anna') {
      body = undefined;
      // The first one: a frame that leaves has transactions of its own.
      world.body = (_, work) => {
        body ??= work;
        return work;
      };
    }
    const headers = { authorization: `Bearer ${keys.get(by) ?? by}` };
    const request = { method: 'POST', url, headers, ...(payload !== undefined && { payload }) } as const;
    const response = await world.service.http.inject(request);
    world.body = (_, work) => work;
    if (response.statusCode >= 300) throw new Error(`${url}: ${response.body}`);
    return response.json();
  };
  /** Runs the act of `anna` once more. @returns what it made this time */
  const again = async () => {
    const hold = (work: Promise<unknown>) => void world.clock.hold(work);
    const options = { clock: world.clock, random: systemRandom, alone: true, hold };
    const { store } = await openStore({ ...options, database: world.database });
    try {
      return await store.transaction('again', async (tx) => body?.(tx));
    } finally {
      await store.close();
    }
  };
  const everything = async () => {
    const found: Record<string, unknown> = {};
    for (const { name } of movedTables()) found[name] = await rows(world.database, `SELECT * FROM ${name}`);
    return found;
  };
  return { ...base, post, again, everything };
}

type Post = Awaited<ReturnType<typeof office>>['post'];

const LARGE = { amount: { minor: 5_000, currency: 'EUR' }, reference: 'large' };
const NEW = { number: '+393400000077', name: 'Carla', language: 'en' };

/** What another operator does before, what anna does, and what another one does after her COMMIT. */
const ACTS: readonly (readonly [
  what: string,
  before: readonly string[],
  act: readonly [string, object?],
  after: readonly (readonly [string, object?])[],
])[] = [
  ['lock, unlocked', [], ['/v1/people/1/lock'], [['/v1/people/1/unlock']]],
  ['unlock, locked', ['/v1/people/1/lock'], ['/v1/people/1/unlock'], [['/v1/people/1/lock']]],
  ['lock, wiped', [], ['/v1/people/1/lock'], [['/v1/people/1/wipe', {}]]],
  ['wipe, activated', [], ['/v1/people/1/wipe'], [['/v1/people/1/activations']]],
  ['activation, another one', [], ['/v1/people/1/activations'], [['/v1/people/1/activations']]],
  ['person, activated', [], ['/v1/people', NEW], [['/v1/people/2/activations']]],
  ['deposit asked for, rejected', [], ['/v1/people/1/deposits', LARGE], [['/v1/deposits/1/reject']]],
  ['merchant', [], ['/v1/merchants', { name: 'Bar', currency: 'EUR' }], [['/v1/merchants/2/rotate-key', {}]]],
  ['merchant key, another one', [], ['/v1/merchants/1/rotate-key', {}], [['/v1/merchants/1/rotate-key', {}]]],
  ['merchant key, revoked', [], ['/v1/merchants/1/rotate-key', {}], [['/v1/merchants/1/revoke']]],
  [
    'merchant revoked, back again',
    [],
    ['/v1/merchants/1/revoke'],
    [
      ['/v1/merchants/1/rotate-key', {}],
      ['/v1/merchants/1/resume', { reason: 'r' }],
    ],
  ],
  ['merchant resumed, revoked', [], ['/v1/merchants/1/resume', { reason: 'r' }], [['/v1/merchants/1/revoke']]],
  ['operator, another key', [], ['/v1/operators', { name: 'dora', role: 'clerk' }], [['/v1/operators/dora/revoke']]],
  ['key of another, another one', [], ['/v1/operators/carla/rotate-key'], [['/v1/operators/carla/rotate-key']]],
  ['own key, changed by another', [], ['/v1/operator/rotate-key'], [['/v1/operators/anna/rotate-key']]],
  ['operator revoked', [], ['/v1/operators/carla/revoke'], []],
  ['next key of the service', [], ['/v1/keys', { key: 'sealing' }], []],
];

describe('an act of an operator whose COMMIT was lost is not done once more', () => {
  it.each(ACTS)('%s', async (_, before, [url, payload], after) => {
    const { world, post, again, everything } = await office();
    const ask: Post = (by, path, body) => post(by, path, body);
    for (const path of before) await ask('bruno', path);
    await ask('anna', url, payload);
    for (const [path, body] of after) {
      // Frames and orders are of a later moment.
      await world.clock.advance(120_000);
      await ask('bruno', path, body);
    }
    await world.clock.advance(120_000);
    const was = await everything();
    const made = await again();
    expect(await everything()).toEqual(was);
    expect(await again()).toBe(made);
  });

  it('and the answer is that of the run before: the code of an activation opens', async () => {
    const { world, post, again } = await office();
    const { deviceId, activationCode } = await post('anna', '/v1/people/1/activations');
    expect(await again()).toMatchObject({ deviceId, activationCode });
    world.phone(CUSTOMER_NUMBER).enrol(deviceId, activationCode, '48213');
    await world.clock.advance(3_000);
    expect((await world.service.devices((await world.service.person(1)).id)).at(-1)?.state).toBe('enrolling');
  });
});
