import { describe, expect, it } from 'vitest';
import { AuthenticationsClient, type ClientOptions, PaymentsClient } from '../../../server/client/index.ts';
import { seededRandom } from '../../../sim/index.ts';
import { consented } from '../authentications/consented.ts';
import { open as openApi } from '../http/api.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';

const NOBODY = '+393409999999';

/** A shop and a bank with their clients, in a virtual world. */
async function open() {
  const base = await openApi();
  const { world, apiKey, admin } = base;
  const fetch = async (url: string | URL | Request, { method, headers, body }: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(url));
    const response = await world.service.http.inject({
      method: method === 'POST' ? 'POST' : 'GET',
      url: `${pathname}${search}`,
      headers: Object.fromEntries(new Headers(headers)),
      ...(typeof body === 'string' && { payload: body }),
    });
    return new Response(response.payload, { status: response.statusCode });
  };
  const { body: party } = await admin('POST', '/v1/parties', {
    name: 'Banca',
    shortName: 'Banca',
    kinds: ['login', 'sign'],
  });
  await consented(world);
  const options: Omit<ClientOptions, 'apiKey'> = {
    ...{ url: 'http://127.0.0.1:8080', fetch, clock: world.clock, random: seededRandom(7) },
  };
  return {
    ...base,
    shop: new PaymentsClient({ ...options, apiKey }),
    bank: new AuthenticationsClient({ ...options, apiKey: party.apiKey }),
  };
}

describe('PaymentsClient', () => {
  it('asks for a payment, waits for it, gives a part and then all back, and has its receipt', async () => {
    const { shop, world, customer, merchant } = await open();
    expect(await shop.merchant()).toMatchObject({ id: merchant.id, name: merchant.name });
    const { txn, state, mref } = await shop.create({
      customer: CUSTOMER_NUMBER,
      amount: { minor: 1_250, currency: 'EUR' },
    });
    expect([state, mref]).toEqual(['REQUESTED', expect.stringMatching(/^[0-9a-f]{32}$/)]);
    const settled = shop.settled(txn);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await settled).state).toBe('CAPTURED');
    const part = { key: 'r1', amount: { minor: 250, currency: 'EUR' } } as const;
    for (let time = 0; time < 2; time += 1) {
      const refunding = shop.refund(txn, part);
      await world.clock.advance(1_000);
      expect((await refunding).refunds).toMatchObject([{ key: 'r1', amount: part.amount }]);
    }
    const refunding = shop.refund(txn);
    await world.clock.advance(1_000);
    expect((await refunding).state).toBe('REFUNDED');
    expect((await shop.get(txn)).refunds).toHaveLength(2);
    expect((await shop.receipt(txn)).txn).toBe(txn);
  });

  it('takes a request back, and lists', async () => {
    const { shop, world } = await open();
    const amount = { minor: 100, currency: 'EUR' } as const;
    const txns = [];
    for (const mref of ['a', 'b']) {
      txns.unshift((await shop.create({ mref, customer: CUSTOMER_NUMBER, amount })).txn);
      await world.clock.advance(1_000);
    }
    const [latest = '', first = ''] = txns;
    expect((await shop.cancel(latest)).state).toBe('CANCELLED');
    const listed = async (query?: Parameters<typeof shop.list>[0]) => {
      const { payments, next } = await shop.list(query);
      return [payments.map(({ txn }) => txn), next];
    };
    expect(await listed()).toEqual([txns, undefined]);
    expect(await listed({ limit: 1 })).toEqual([[latest], latest]);
    expect(await listed({ state: 'CANCELLED', mref: 'b' })).toEqual([[latest], undefined]);
    expect((await shop.create({ mref: 'a', customer: CUSTOMER_NUMBER, amount })).txn).toBe(first);
    await expect(shop.cancel('0123456789abcdef')).rejects.toMatchObject({ code: 'not-found', status: 404 });
    await expect(shop.create({ mref: 'a', customer: NOBODY, amount })).rejects.toMatchObject({ code: 'conflict' });
    await expect(shop.create({ customer: NOBODY, amount })).rejects.toMatchObject({ code: 'customer-unreachable' });
  });
});

describe('AuthenticationsClient', () => {
  it('asks for a login, and hears of its end', async () => {
    const { bank, world, customer } = await open();
    const { id, key, matchCode } = await bank.create({ kind: 'login', who: CUSTOMER_NUMBER, title: 'Conto' });
    expect([key, matchCode]).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9]{4}$/)]);
    expect((await bank.get(id)).state).toBe('asked');
    const ended = bank.ended(id);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(await ended).toMatchObject({ id, state: 'confirmed', ended: true });
    await expect(bank.cancel(id)).rejects.toMatchObject({ code: 'conflict', status: 409 });
  });

  it('waits longer than one request may, until nobody has answered', async () => {
    const { bank, world } = await open();
    const { id } = await bank.create({ kind: 'login', who: NOBODY, title: 'Conto', ttl: 200 });
    const ended = bank.ended(id);
    await world.clock.advance(300_000);
    expect(await ended).toMatchObject({ state: 'expired' });
  });

  it('asks for a signature under its own key, takes it back, and lists', async () => {
    const { bank, world } = await open();
    const sign = {
      kind: 'sign',
      key: 's1',
      who: NOBODY,
      title: 'Mutuo',
      fullTitle: 'Mutuo 17',
      documentHash: 'ab'.repeat(32),
    } as const;
    const { id } = await bank.create(sign);
    expect((await bank.create(sign)).id).toBe(id);
    await world.clock.advance(1_000);
    const { id: second } = await bank.create({ ...sign, key: 's2' });
    expect((await bank.cancel(second)).state).toBe('cancelled');
    expect(await bank.list({ limit: 1 })).toMatchObject({ authentications: [{ id: second }], next: second });
    expect(await bank.list({ after: second })).toMatchObject({ authentications: [{ id }] });
  });
});
