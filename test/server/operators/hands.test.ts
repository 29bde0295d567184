import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { HANDS } from '../../../server/store/operator-migrations.ts';
import type { Role } from '../../../server/vocabulary/roles.ts';
import { rows } from '../database.ts';
import { runTwice } from '../run-twice.ts';
import { shop } from '../world.ts';

/**
 * Two admins, `anna` and `bruno`, who are on their own, and whatever keys they make. All is asked over HTTP, as whoever has a key asks it.
 */
async function office(
  names: readonly (readonly [string, Role])[] = [['anna', 'admin'] as const, ['bruno', 'admin'] as const],
) {
  const base = await shop('hands', { limits: { fourEyesAbove: 1_000 } });
  const { world, customer } = base;
  const { service } = world;
  const keys = new Map<string, string>();
  for (const [name, role] of names) keys.set(name, (await service.operators.add({ name, role })).apiKey);
  const post = async (by: string, url: string, payload?: object) => {
    const headers = { authorization: `Bearer ${keys.get(by) ?? by}` };
    const request = { method: 'POST', url, headers, ...(payload !== undefined && { payload }) } as const;
    const response = await service.http.inject(request);
    return { status: response.statusCode, body: response.json() };
  };
  /** @returns the status; the new key is known to whoever has the keys of this office */
  const add = async (by: string, name: string, role: Role = 'treasurer') => {
    const { status, body } = await post(by, '/v1/operators', { name, role });
    if (status === 201) keys.set(name, body.apiKey);
    return status;
  };
  const rotate = async (by: string, name: string = by) => {
    const url = by === name ? '/v1/operator/rotate-key' : `/v1/operators/${name}/rotate-key`;
    const { status, body } = await post(by, url);
    if (status === 200) keys.set(name, body.apiKey);
    return status;
  };
  const fingerprint = async (name: string) =>
    (await service.operators.list()).find((operator) => operator.name === name)?.fingerprint ?? '';
  const confirm = async (by: string, name: string, told?: string) =>
    (await post(by, `/v1/operators/${name}/confirm`, { fingerprint: told ?? (await fingerprint(name)) })).status;
  let deposits = 0;
  /** A deposit that one asks for and the other one confirms. @returns the status of the confirmation */
  const deposit = async (asks: string, confirms: string) => {
    deposits += 1;
    const body = { amount: { minor: 5_000, currency: 'EUR' }, reference: `r${deposits}` };
    const asked = await post(asks, `/v1/people/${customer.person.id}/deposits`, body);
    expect(asked.status).toBe(202);
    return (await post(confirms, `/v1/deposits/${asked.body.pending}/confirm`)).status;
  };
  return { ...base, post, add, rotate, confirm, fingerprint, deposit };
}

type Office = Awaited<ReturnType<typeof office>>;

describe('an admin is not two pairs of eyes', () => {
  it.each<readonly [what: string, takesOver: (office: Office) => Promise<unknown>, second: string]>([
    ['by another operator that they made', ({ add }) => add('anna', 'carla'), 'carla'],
    ['by another admin that they made', ({ add }) => add('anna', 'carla', 'admin'), 'carla'],
    [
      'also when they change the key in its name',
      async ({ add, rotate }) => [await add('anna', 'carla'), await rotate('carla')],
      'carla',
    ],
    ['by the key of another operator that they changed', ({ rotate }) => rotate('anna', 'bruno'), 'bruno'],
    [
      'also when they change it once more in that name',
      async ({ rotate }) => [await rotate('anna', 'bruno'), await rotate('bruno')],
      'bruno',
    ],
    [
      'also when they revoke the others first',
      async ({ post, add, rotate }) => [
        await post('anna', '/v1/operators/bruno/revoke'),
        await add('anna', 'carla'),
        await rotate('carla'),
      ],
      'carla',
    ],
    [
      'also when they confirm it by a third one that they made',
      async ({ add, rotate, confirm }) => {
        for (const name of ['carla', 'dora']) await add('anna', name, 'admin');
        for (const name of ['carla', 'dora']) await rotate(name);
        expect([
          await confirm('dora', 'carla'),
          await confirm('anna', 'carla'),
          await confirm('carla', 'carla'),
        ]).toEqual([403, 403, 403]);
      },
      'carla',
    ],
  ])('%s', async (_, takesOver, second) => {
    const made = await office();
    await takesOver(made);
    expect(await made.deposit('anna', second)).toBe(403);
    expect(await made.deposit(second, 'anna')).toBe(403);
    expect(await made.world.service.holdings(made.customer.person.id)).toMatchObject([{ minor: 100_000 }]);
  });

  it('nor by two names, of which neither is their own', async () => {
    const { add, rotate, deposit } = await office();
    for (const name of ['carla', 'dora']) expect([await add('anna', name), await rotate(name)]).toEqual([201, 200]);
    expect(await deposit('carla', 'dora')).toBe(403);
    expect(await deposit('carla', 'bruno')).toBe(200);
  });

  it('nor by an operator that they made, when somebody changes their own key afterwards, who then counts as one with both', async () => {
    const { add, rotate, deposit } = await office();
    expect([await add('anna', 'carla'), await rotate('carla'), await rotate('bruno', 'anna')]).toEqual([201, 200, 200]);
    expect(await deposit('carla', 'anna')).toBe(403);
    expect(await deposit('anna', 'carla')).toBe(403);
    expect(await deposit('carla', 'bruno')).toBe(403);
    expect(await deposit('bruno', 'carla')).toBe(403);
  });

  it('nor by an operator that they made, of an order that they gave while somebody else could have given it', async () => {
    const { post, add, rotate, confirm, customer } = await office([
      ['anna', 'admin'],
      ['bruno', 'admin'],
      ['dora', 'admin'],
    ]);
    expect([await add('anna', 'carla'), await rotate('bruno', 'anna')]).toEqual([201, 200]);
    const body = { amount: { minor: 5_000, currency: 'EUR' }, reference: 'between' };
    expect((await post('anna', `/v1/people/${customer.person.id}/deposits`, body)).status).toBe(202);
    expect([await rotate('anna'), await confirm('dora', 'anna')]).toEqual([200, 200]);
    expect((await post('carla', '/v1/deposits/1/confirm')).status).toBe(403);
    expect((await post('dora', '/v1/deposits/1/confirm')).status).toBe(200);
  });

  it('nor by an order that they gave in the name of somebody who is confirmed afterwards', async () => {
    const { post, add, rotate, confirm, customer } = await office();
    await add('anna', 'carla');
    const body = { amount: { minor: 5_000, currency: 'EUR' }, reference: 'early' };
    expect((await post('carla', `/v1/people/${customer.person.id}/deposits`, body)).status).toBe(202);
    await rotate('carla');
    expect(await confirm('bruno', 'carla')).toBe(200);
    expect((await post('anna', '/v1/deposits/1/confirm')).status).toBe(403);
    expect((await post('carla', '/v1/deposits/1/confirm')).status).toBe(403);
    expect((await post('bruno', '/v1/deposits/1/confirm')).status).toBe(200);
  });
});

describe('an operator whose key somebody else made', () => {
  it('counts as another one when a third one confirms the key that they made themselves', async () => {
    const { world, add, rotate, confirm, fingerprint, deposit } = await office();
    await add('anna', 'carla');
    expect(await confirm('bruno', 'carla')).toBe(409);
    const early = await fingerprint('carla');
    await rotate('carla');
    expect(await confirm('bruno', 'carla', early)).toBe(409);
    expect(await confirm('bruno', 'nobody', early)).toBe(404);
    expect(await confirm('bruno', 'carla')).toBe(200);
    expect(await confirm('bruno', 'carla')).toBe(200);
    expect([await deposit('anna', 'carla'), await deposit('carla', 'anna')]).toEqual([200, 200]);
    // Until somebody makes them another one.
    await rotate('anna', 'carla');
    expect([await deposit('carla', 'anna'), await deposit('carla', 'bruno')]).toEqual([403, 200]);
    expect((await world.service.operators.list()).map(({ name, hand }) => [name, hand])).toEqual([
      ['anna', undefined],
      ['bruno', undefined],
      ['carla', 'anna'],
    ]);
  });

  it('makes and changes no keys of others, and confirms nobody, until then', async () => {
    const { add, rotate, confirm, post } = await office();
    expect(await add('anna', 'carla', 'admin')).toBe(201);
    await rotate('carla');
    await add('bruno', 'dora');
    await rotate('dora');
    expect([await add('carla', 'elsa'), await rotate('carla', 'bruno'), await confirm('carla', 'dora')]).toEqual([
      403, 403, 403,
    ]);
    const { body } = await post('carla', '/v1/operators', { name: 'elsa', role: 'viewer' });
    expect(body.detail).toBe('anna made the key of carla: first another operator has to confirm carla');
    expect(await confirm('bruno', 'carla')).toBe(200);
    expect([await confirm('carla', 'dora'), await add('carla', 'elsa')]).toEqual([200, 201]);
  });

  it('is on their own by changing it when nobody could confirm them: the first one that the first admin makes', async () => {
    const { add, rotate, confirm, deposit } = await office([['anna', 'admin']]);
    for (const name of ['carla', 'dora']) await add('anna', name);
    expect(await deposit('carla', 'anna')).toBe(403);
    await rotate('carla');
    expect(await deposit('carla', 'anna')).toBe(200);
    await rotate('dora');
    expect(await deposit('dora', 'anna')).toBe(403);
    expect([await confirm('anna', 'dora'), await confirm('carla', 'dora')]).toEqual([403, 200]);
    expect(await deposit('dora', 'anna')).toBe(200);
  });

  it.each<readonly [role: Role, isOnTheirOwn: boolean]>([
    ['viewer', true],
    ['clerk', true],
    ['treasurer', false],
    ['admin', false],
  ])('beside a %s of their own: on their own by changing it: %s', async (role, isOnTheirOwn) => {
    const { world, add, rotate } = await office([
      ['anna', 'admin'],
      ['bruno', role],
    ]);
    expect([await add('anna', 'carla'), await rotate('carla')]).toEqual([201, 200]);
    const carla = (await world.service.operators.list()).find(({ name }) => name === 'carla');
    expect(carla?.hand).toBe(isOnTheirOwn ? undefined : 'anna');
  });

  it('is not confirmed when they are revoked', async () => {
    const { post, add, rotate, confirm } = await office();
    await add('anna', 'carla');
    await rotate('carla');
    await post('bruno', '/v1/operators/carla/revoke');
    expect(await confirm('bruno', 'carla')).toBe(409);
  });

  it('comes into the hand of one, and not of each other, when two change each other in one moment', async () => {
    const { world, rotate } = await office();
    const [done, refused] = (await Promise.all([rotate('anna', 'bruno'), rotate('bruno', 'anna')])).toSorted();
    // 401 when the other one's key was looked up after it had changed.
    expect([done, [401, 403].includes(refused ?? 0)]).toEqual([200, true]);
    expect((await world.service.operators.list()).filter(({ hand }) => hand !== undefined)).toHaveLength(1);
  });

  it('is confirmed once when the transactions run twice', async () => {
    const { world, add, rotate, confirm, deposit } = await office();
    world.body = runTwice(() => 'kept');
    expect([await add('anna', 'carla'), await rotate('carla'), await confirm('bruno', 'carla')]).toEqual([
      201, 200, 200,
    ]);
    expect(await deposit('anna', 'carla')).toBe(200);
    expect(await rows(world.database, "SELECT hand, own_key FROM operator WHERE name = 'carla'")).toEqual([
      { hand: null, own_key: 1 },
    ]);
  });
});

it('a database of before: operators are on their own, and an idempotency key belongs to whoever used it', () => {
  const file = new DatabaseSync(':memory:');
  for (const migration of MIGRATIONS.slice(0, MIGRATIONS.indexOf(HANDS))) file.exec(migration);
  file.exec(`INSERT INTO operator (name, role, key_hash, created_at) VALUES ('anna', 'admin', x'01', 7)`);
  for (const [id, key] of [
    [1, "'by anna'"],
    [2, "'by a program'"],
    [3, 'NULL'],
  ] as const)
    file.exec(`INSERT INTO merchant (id, name, currency, api_key_hash, created_at, idempotency_key)
      VALUES (${id}, 'Bar', 'EUR', x'0${id}', 1, ${key})`);
  const act = (seq: number, subject: string, operator: string, route = 'POST /v1/merchants') =>
    file.exec(`INSERT INTO audit (seq, at, request, operator, role, route, subject, outcome, hash)
      VALUES (${seq}, 1, '${seq}', '${operator}', 'clerk', '${route}', '${subject}', 'done', x'00')`);
  act(1, 'merchant:1', 'anna');
  act(2, 'merchant:1', 'bruno');
  act(3, 'merchant:2', 'bruno', 'POST /v1/merchants/:id/resume');
  act(4, 'merchant:3', 'bruno');
  file.exec(HANDS);
  expect(file.prepare('SELECT hand, own_key, own_at FROM operator').all()).toMatchObject([
    { hand: null, own_key: 1, own_at: 7 },
  ]);
  const keys = file.prepare('SELECT idempotency_key FROM merchant ORDER BY id').all();
  expect(keys.map(({ idempotency_key: key }) => key)).toEqual(['anna\nby anna', 'by a program', null]);
});
