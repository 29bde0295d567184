import { describe, expect, it } from 'vitest';
import type { ServiceKeys } from '../../../server/index.ts';
import { rows } from '../database.ts';
import { runTwice } from '../run-twice.ts';
import { World } from '../world.ts';

async function office() {
  const world = new World('operators');
  await world.open();
  return { world, operators: world.service.operators };
}

describe('operators', () => {
  it('have a key of 256 random bits, of which the database has the digest alone', async () => {
    const { world, operators } = await office();
    const { operator, apiKey } = await operators.add({ name: 'anna', role: 'clerk' });
    expect(apiKey).toMatch(/^cm_operator_[0-9a-f]{64}$/);
    expect(operator).toMatchObject({ name: 'anna', role: 'clerk', createdAt: world.clock.now(), revokedAt: undefined });
    expect(await operators.byKey(apiKey)).toEqual(operator);
    expect(await operators.byKey(`${apiKey}0`)).toBeUndefined();
    expect(JSON.stringify(await rows(world.database, 'SELECT * FROM operator'))).not.toContain(apiKey.slice(12));
  });

  it('are found after a restart, and in the order of their registration', async () => {
    const { world, operators } = await office();
    const { apiKey } = await operators.add({ name: 'zoe', role: 'viewer' });
    await operators.add({ name: 'anna', role: 'admin' });
    world.kill();
    await world.open();
    expect((await world.service.operators.list()).map(({ name }) => name)).toEqual(['zoe', 'anna']);
    expect(await world.service.operators.byKey(apiKey)).toMatchObject({ name: 'zoe' });
  });

  it('are revoked for good: neither the key nor the name comes again', async () => {
    const { world, operators } = await office();
    const { apiKey } = await operators.add({ name: 'anna', role: 'clerk' });
    await world.clock.advance(1_000);
    const revoked = await operators.revoke('anna');
    expect(revoked.revokedAt).toBe(world.clock.now());
    expect(await operators.byKey(apiKey)).toBeUndefined();
    await world.clock.advance(1_000);
    expect(await operators.revoke('anna')).toEqual(revoked);
    expect(await operators.list()).toEqual([revoked]);
    await expect(operators.rotate('anna')).rejects.toMatchObject({ code: 'conflict' });
    await expect(operators.add({ name: 'anna', role: 'clerk' })).rejects.toMatchObject({ code: 'conflict' });
    expect(await operators.byKey(apiKey)).toBeUndefined();
  });

  it('have another key when it is rotated, and the one before opens nothing', async () => {
    const { operators } = await office();
    const before = await operators.add({ name: 'anna', role: 'clerk' });
    const other = await operators.add({ name: 'bruno', role: 'clerk' });
    const after = await operators.rotate('anna');
    expect(after.operator).toEqual({ ...before.operator, fingerprint: after.operator.fingerprint });
    expect(after.operator.fingerprint).not.toBe(before.operator.fingerprint);
    expect(await operators.byKey(before.apiKey)).toBeUndefined();
    expect(await operators.byKey(after.apiKey)).toMatchObject({ name: 'anna' });
    expect(await operators.byKey(other.apiKey)).toMatchObject({ name: 'bruno' });
  });

  it('always have one admin among them', async () => {
    const { operators } = await office();
    await operators.add({ name: 'anna', role: 'admin' });
    await operators.add({ name: 'carla', role: 'treasurer' });
    await expect(operators.revoke('anna')).rejects.toThrow('anna is the last operator with the role admin');
    await operators.revoke('carla');
    await operators.add({ name: 'bruno', role: 'admin' });
    const both = await Promise.allSettled([operators.revoke('anna'), operators.revoke('bruno')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it.each(['', 'Anna', '1anna', 'an na', 'a/b', 'a'.repeat(33), 'città'])('cannot be called %j', async (name) => {
    const { operators } = await office();
    await expect(operators.add({ name, role: 'viewer' })).rejects.toMatchObject({ code: 'invalid-request' });
  });

  it('who are not there are said to be missing', async () => {
    const { operators } = await office();
    await expect(operators.revoke('nobody')).rejects.toMatchObject({ code: 'not-found' });
    await expect(operators.rotate('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('are the same when each transaction is run twice', async () => {
    const { world, operators } = await office();
    world.body = runTwice(() => 'kept');
    const { apiKey } = await operators.add({ name: 'anna', role: 'admin' });
    await operators.add({ name: 'bruno', role: 'admin' });
    const { apiKey: another } = await operators.rotate('anna');
    await operators.revoke('bruno');
    expect(await operators.byKey(apiKey)).toBeUndefined();
    expect(await operators.byKey(another)).toMatchObject({ name: 'anna' });
  });

  it('of a key file made before they had names: its key is the operator "admin", as long as the file has it', async () => {
    const { world, operators } = await office();
    expect(await operators.byKey(world.adminKey)).toEqual({ name: 'admin', role: 'admin' });
    await world.service.close();
    const { adminKeyHash: _, ...keys }: ServiceKeys = world.keys;
    await world.open(world.database, { keys });
    expect(await world.service.operators.byKey(world.adminKey)).toBeUndefined();
  });
});
