import { describe, expect, it } from 'vitest';
import { runTwice } from '../run-twice.ts';
import { CUSTOMER_NUMBER, shop } from '../world.ts';

async function office() {
  const base = await shop('merchant keys');
  const { world, merchant, apiKey } = base;
  const keys = world.service.merchantKeys;
  const opens = async (key: string) => (await world.service.merchantByApiKey(key))?.id === merchant.id;
  return { ...base, keys, first: apiKey, opens };
}

describe('the API key of a merchant', () => {
  it('is changed at once, or the one before goes on until its time', async () => {
    const { world, merchant, keys, first, opens } = await office();
    const other = await world.merchant();
    const { apiKey: second } = await keys.rotate(merchant.id, 0);
    expect(second).toMatch(/^cm_[0-9a-f]{32}$/);
    expect([await opens(first), await opens(second)]).toEqual([false, true]);
    const { apiKey: third, client: same } = await keys.rotate(merchant.id, 60_000);
    expect(same.id).toBe(merchant.id);
    expect([await opens(first), await opens(second), await opens(third)]).toEqual([false, true, true]);
    await world.clock.advance(59_999);
    expect([await opens(second), await opens(third)]).toEqual([true, true]);
    await world.clock.advance(1);
    expect([await opens(second), await opens(third)]).toEqual([false, true]);
    expect((await world.service.merchantByApiKey(other.apiKey))?.id).toBe(other.merchant.id);
  });

  it('is one of two at most: a third one ends the first', async () => {
    const { merchant, keys, first, opens } = await office();
    const { apiKey: second } = await keys.rotate(merchant.id, 60_000);
    const { apiKey: third } = await keys.rotate(merchant.id, 60_000);
    expect([await opens(first), await opens(second), await opens(third)]).toEqual([false, true, true]);
  });

  it('opens nothing when it is revoked, nor does the one before; and the merchant may ask nobody', async () => {
    const { world, merchant, keys, first, opens } = await office();
    const { apiKey: second } = await keys.rotate(merchant.id, 60_000);
    const revoked = await keys.revoke(merchant.id);
    expect(revoked.suspendedAt).toBe(world.clock.now());
    expect([await opens(first), await opens(second)]).toEqual([false, false]);
    await world.clock.advance(1_000);
    expect(await keys.revoke(merchant.id)).toEqual(revoked);
    const amount = { minor: 100, currency: 'EUR' } as const;
    const order = { mref: 'x', customer: CUSTOMER_NUMBER, amount };
    await expect(world.service.requestPayment(revoked, order)).rejects.toMatchObject({ reason: 'merchant-suspended' });

    const { apiKey: third, client: back } = await keys.rotate(merchant.id, 60_000);
    expect([await opens(first), await opens(second), await opens(third)]).toEqual([false, false, true]);
    expect(back.suspendedAt).toBe(revoked.suspendedAt);
    expect((await world.service.merchantKeys.resume(merchant.id, 'asked')).suspendedAt).toBeUndefined();
  });

  it('is the same when the transaction runs twice', async () => {
    const { world, merchant, keys, first, opens } = await office();
    world.body = runTwice(() => 'kept');
    const { apiKey: second } = await keys.rotate(merchant.id, 60_000);
    expect([await opens(first), await opens(second)]).toEqual([true, true]);
    await keys.revoke(merchant.id);
    expect([await opens(first), await opens(second)]).toEqual([false, false]);
  });

  it.each(['rotate', 'revoke'] as const)(
    'comes again for its Idempotency-Key only as long as it works: %s',
    async (what) => {
      const { world, keys } = await office();
      const bar = { name: 'Bar', currency: 'EUR' } as const;
      const { merchant, apiKey } = await world.service.addMerchant(bar, 'key-1');
      expect(await world.service.addMerchant(bar, 'key-1')).toMatchObject({ apiKey, repeated: true });
      if (what === 'revoke') await keys.revoke(merchant.id);
      else await keys.rotate(merchant.id, 1_000);
      const again = () => world.service.addMerchant(bar, 'key-1');
      if (what === 'rotate') expect(await again()).toMatchObject({ apiKey, repeated: true });
      await world.clock.advance(1_000);
      await expect(again()).rejects.toThrow(`the API key of merchant ${merchant.id} was changed or revoked since`);
    },
  );

  it('of nobody is said to be missing', async () => {
    const { keys } = await office();
    await expect(keys.rotate(99, 0)).rejects.toMatchObject({ code: 'not-found' });
    await expect(keys.revoke(99)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps the one before for a week at most', async () => {
    const { merchant, keys, first, opens } = await office();
    await expect(keys.rotate(merchant.id, 604_800_001)).rejects.toMatchObject({ code: 'invalid-request' });
    const { apiKey } = await keys.rotate(merchant.id, 604_800_000);
    expect([await opens(first), await opens(apiKey)]).toEqual([true, true]);
  });

  it('is changed and revoked by the API, at most a week beside the one before', async () => {
    const { world, merchant, first, opens } = await office();
    const post = async (path: string, payload?: object) => {
      const headers = { authorization: `Bearer ${world.adminKey}` };
      const request = { method: 'POST', url: `/v1/merchants/${merchant.id}/${path}`, headers } as const;
      const response = await world.service.http.inject({ ...request, ...(payload !== undefined && { payload }) });
      return { status: response.statusCode, body: response.json() };
    };
    for (const seconds of [-1, 0.5, 604_801]) {
      expect((await post('rotate-key', { keepOldForSeconds: seconds })).status).toBe(400);
    }
    const { status, body } = await post('rotate-key', { keepOldForSeconds: 604_800 });
    expect({ status, body }).toEqual({
      status: 200,
      body: { id: merchant.id, name: merchant.name, currency: 'EUR', suspended: false, apiKey: body.apiKey },
    });
    await world.clock.advance(604_799_000);
    expect([await opens(first), await opens(body.apiKey)]).toEqual([true, true]);
    expect(await post('revoke')).toMatchObject({ status: 200, body: { id: merchant.id, suspended: true } });
    expect([await opens(first), await opens(body.apiKey)]).toEqual([false, false]);
  });
});

describe('an Idempotency-Key of a registration', () => {
  async function clerks() {
    const base = await shop('idempotency');
    const { service } = base.world;
    const keys = new Map<string, string>();
    for (const name of ['carla', 'dora']) keys.set(name, (await service.operators.add({ name, role: 'clerk' })).apiKey);
    const register = async (by: string, idempotencyKey: string, name = 'Bar') => {
      const headers = { authorization: `Bearer ${keys.get(by)}`, 'idempotency-key': idempotencyKey };
      const payload = { name, currency: 'EUR' };
      const response = await service.http.inject({ method: 'POST', url: '/v1/merchants', headers, payload });
      return { status: response.statusCode, ...response.json() };
    };
    const rotate = async (name: string) => keys.set(name, (await service.operators.rotate(name)).apiKey);
    return { ...base, register, rotate };
  }

  it('belongs to the operator who used it: another one gets a merchant of their own, and never the key of the first', async () => {
    const { register, rotate } = await clerks();
    const first = await register('carla', 'key-1');
    const again = await register('carla', 'key-1');
    expect([first.status, again.status, again.apiKey]).toEqual([201, 200, first.apiKey]);
    const other = await register('dora', 'key-1');
    expect([other.status, other.id === first.id, other.apiKey === first.apiKey]).toEqual([201, false, false]);
    expect(await register('dora', 'key-1')).toMatchObject({ status: 200, id: other.id, apiKey: other.apiKey });
    await rotate('carla');
    expect(await register('carla', 'key-1')).toMatchObject({ status: 200, id: first.id, apiKey: first.apiKey });
  });

  it('is no key of a program, nor the other way round', async () => {
    const { world, register } = await clerks();
    const program = await world.service.addMerchant({ name: 'Bar', currency: 'EUR' }, 'key-1');
    const clerk = await register('carla', 'key-1');
    expect([clerk.status, clerk.id === program.merchant.id, clerk.apiKey === program.apiKey]).toEqual([
      201,
      false,
      false,
    ]);
    expect(await world.service.addMerchant({ name: 'Bar', currency: 'EUR' }, 'key-1')).toMatchObject({
      repeated: true,
    });
  });

  it('with another content: 409, which names the key as it was given', async () => {
    const { register } = await clerks();
    await register('carla', 'key-1');
    expect(await register('carla', 'key-1', 'Other')).toMatchObject({
      status: 409,
      detail: 'key key-1 was used for another merchant: use a new one',
    });
  });
});
