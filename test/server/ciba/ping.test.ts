import { describe, expect, it } from 'vitest';
import { write } from '../database.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { client, NOBODY } from './client.ts';
import { notificationEndpoint } from './notification-endpoint.ts';

const SECOND = 1_000;
const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';

/** A client in ping mode whose endpoint gives these answers. */
async function open(...answers: readonly number[]) {
  const base = await client();
  const endpoint = await notificationEndpoint(...answers);
  await base.world.service.parties.notifyAt(base.party.id, endpoint.url);
  const authorize = (changed: Record<string, string> = {}) =>
    base.authorize({ client_notification_token: TOKEN, ...changed });
  return { ...base, endpoint, authorize };
}

describe('a client in ping mode', () => {
  it.each([
    ['confirms', (base: Awaited<ReturnType<typeof open>>) => base.customer.phone.approve(PIN), 200],
    ['refuses', (base: Awaited<ReturnType<typeof open>>) => base.customer.phone.refuse('no'), 400],
  ] as const)('is pinged once, at once, when the person %s, and then asks', async (_what, answer, status) => {
    const base = await open();
    const { world, authorize, token, endpoint } = base;
    const { body } = await authorize();
    expect(endpoint.pings).toEqual([]);
    answer(base);
    await world.clock.advance(3 * SECOND);
    expect(endpoint.pings).toEqual([
      {
        method: 'POST',
        url: '/ping',
        headers: expect.objectContaining({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }),
        body: { auth_req_id: body.auth_req_id },
      },
    ]);
    await world.clock.advance(200 * SECOND);
    expect(endpoint.pings).toHaveLength(1);
    if (status === 400) return;
    expect((await token((await authorize({ login_hint: NOBODY })).body.auth_req_id)).status).toBe(400);
  });

  it('gets its tokens after the ping', async () => {
    const { world, customer, authorize, token, endpoint } = await open();
    const { body } = await authorize();
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await token(endpoint.pings[0]?.body.auth_req_id ?? '')).status).toBe(200);
    expect(endpoint.pings[0]?.body).toEqual({ auth_req_id: body.auth_req_id });
  });

  it('is pinged at the end of the time, of a number that nobody has at the same moment', async () => {
    const { world, authorize, endpoint } = await open();
    for (const login_hint of [CUSTOMER_NUMBER, NOBODY]) {
      const before = endpoint.pings.length;
      await authorize({ login_hint });
      await world.clock.advance(122 * SECOND);
      expect(endpoint.pings).toHaveLength(before);
      await world.clock.advance(4 * SECOND);
      expect(endpoint.pings).toHaveLength(before + 1);
    }
  });

  it.each([
    [
      [500, 204],
      [3, 13],
    ],
    [
      [307, 404, 204],
      [3, 13, 33],
    ],
    [[500], [3, 13, 33, 73]],
  ])('that answers %s is pinged again after 10, 20 and 40 s, four times at most', async (answers, seconds) => {
    const { world, customer, authorize, endpoint } = await open(...answers);
    await authorize();
    customer.phone.approve(PIN);
    const begun = world.clock.now();
    const at: number[] = [];
    while (world.clock.now() < begun + 170 * SECOND) {
      await world.clock.advance(SECOND);
      while (at.length < endpoint.pings.length) at.push((world.clock.now() - begun) / SECOND);
    }
    const first = at[0] ?? 0;
    expect(at.map((second) => second - first)).toEqual(seconds.map((second) => second - 3));
    expect(new Set(endpoint.pings.map(({ url }) => url))).toEqual(new Set(['/ping']));
  });

  it('is not pinged any more when its auth_req_id has expired', async () => {
    const { world, customer, authorize, endpoint } = await open(500);
    const { body } = await authorize({ requested_expiry: '30' });
    expect(body.expires_in).toBe(90);
    await world.clock.advance(25 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(200 * SECOND);
    expect(endpoint.pings).toHaveLength(3);
  });

  it('is not pinged again once it has its tokens', async () => {
    const { world, customer, authorize, token, endpoint } = await open(500);
    const { body } = await authorize();
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await token(body.auth_req_id)).status).toBe(200);
    await world.clock.advance(170 * SECOND);
    expect(endpoint.pings).toHaveLength(1);
  });

  it('is pinged when the service dies before the ping left', async () => {
    const { world, customer, authorize, endpoint } = await open(500);
    await authorize();
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    world.kill();
    await world.open();
    await world.clock.advance(15 * SECOND);
    expect(endpoint.pings.length).toBeGreaterThan(1);
  });

  it('is not pinged before the end, though its ping is due, and the pings after it are as many as ever', async () => {
    const { world, customer, authorize, endpoint } = await open(500);
    await authorize({ requested_expiry: '600' });
    world.kill();
    await write(world.database, `UPDATE ciba_request SET due = ${world.clock.now()}`);
    await world.open();
    await world.clock.advance(60 * SECOND);
    expect(endpoint.pings).toEqual([]);
    customer.phone.approve(PIN);
    await world.clock.advance(100 * SECOND);
    expect(endpoint.pings).toHaveLength(4);
  });

  it.each([undefined, '', 'two words', 'x'.repeat(1_025)])(
    'needs a client_notification_token, not "%s"',
    async (given) => {
      const { post } = await open();
      const form = {
        scope: 'openid',
        login_hint: NOBODY,
        ...(given !== undefined && { client_notification_token: given }),
      };
      expect(await post('/ciba/bc-authorize', form)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    },
  );

  it('leaves its token and auth_req_id in the database under the vault key only', async () => {
    const { world, authorize } = await open();
    const { body } = await authorize();
    const [sealed] = await world.look((tx) =>
      tx.all('SELECT ping FROM ciba_request', (row) => Buffer.from(row.octets('ping')).toString('latin1')),
    );
    expect(sealed?.length).toBeGreaterThan(80);
    expect(sealed).not.toContain(TOKEN);
    expect(sealed).not.toContain(body.auth_req_id);
  });

  it('may poll as well', async () => {
    const { world, authorize, token } = await open();
    const { body } = await authorize();
    await world.clock.advance(5 * SECOND);
    expect((await token(body.auth_req_id)).body.error).toBe('authorization_pending');
  });
});

it('a client that polls is not pinged', async () => {
  const { world, party, customer, authorize, endpoint } = await open();
  await world.service.parties.notifyAt(party.id, undefined);
  await authorize();
  customer.phone.approve(PIN);
  await world.clock.advance(200 * SECOND);
  expect(endpoint.pings).toEqual([]);
});
