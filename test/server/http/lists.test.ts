import { describe, expect, it } from 'vitest';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, shop } from '../world.ts';
import { open } from './api.ts';

/** A shop with seven payments, the oldest first: one paid, one refused, then five cancelled. */
async function withPayments() {
  const base = await open();
  const { world, customer, call, order } = base;
  const txns: string[] = [];
  for (const mref of ['paid', 'refused', 'c-1', 'c-2', 'c-3', 'c-4', 'c-5']) {
    const { body } = await call('POST', '/v1/payments', order({ mref }));
    txns.push(body.txn);
    if (mref.startsWith('c')) await call('POST', `/v1/payments/${body.txn}/cancel`);
    else {
      await world.clock.advance(2_000);
      if (mref === 'paid') customer.phone.approve(PIN);
      else customer.phone.refuse();
      await world.clock.advance(2_000);
    }
  }
  return { ...base, txns };
}

const mrefsOf = (body: { payments: { mref: string }[] }) => body.payments.map(({ mref }) => mref);

describe('GET /v1/payments', () => {
  it.each([
    ['', ['c-5', 'c-4', 'c-3', 'c-2', 'c-1', 'refused', 'paid']],
    ['?mref=c-2', ['c-2']],
    ['?mref=nobody', []],
    ['?state=CAPTURED', ['paid']],
    ['?state=CANCELLED&limit=2', ['c-5', 'c-4']],
    ['?state=REFUSED&mref=paid', []],
  ])('%s', async (query, mrefs) => {
    const { call } = await withPayments();
    expect(mrefsOf((await call('GET', `/v1/payments${query}`)).body)).toEqual(mrefs);
  });

  it('has twenty entries unless it is told otherwise', async () => {
    const { world, call, admin, order } = await open();
    for (let n = 1; n <= 21; n += 1) {
      const { body } = await call('POST', '/v1/payments', order({ mref: `order-${n}` }));
      await call('POST', `/v1/payments/${body.txn}/cancel`);
      await world.service.addPerson({ number: `+3934011100${n}`, name: 'A', language: 'en' });
    }
    for (const { body } of [await call('GET', '/v1/payments'), await admin('GET', '/v1/people/1/payments')]) {
      expect(body.payments).toHaveLength(20);
      expect(body.next).toBe(body.payments.at(-1).txn);
    }
    expect((await admin('GET', '/v1/people')).body.people).toHaveLength(20);
  });

  it.each([
    ['', 3],
    ['&state=CANCELLED', 2],
    ['&state=CANCELLED', 5],
    ['', 7],
  ])('in parts: %s by %i, each payment once, and no next after the last', async (filter, limit) => {
    const { call } = await withPayments();
    const whole = mrefsOf((await call('GET', `/v1/payments?limit=200${filter}`)).body);
    const parts: string[] = [];
    let after = '';
    for (;;) {
      const { body } = await call('GET', `/v1/payments?limit=${limit}${filter}${after}`);
      parts.push(...mrefsOf(body));
      expect(body.payments.length).toBeGreaterThan(0);
      if (body.next === undefined) break;
      after = `&after=${body.next}`;
    }
    expect(parts).toEqual(whole);
  });

  it.each([
    ['state=PAID', 400],
    ['after=1', 400],
    ['after=0123456789abcdef', 404],
    ['limit=0', 400],
    ['limit=201', 400],
    ['mrefs=a', 400],
  ])('?%s is refused with %i', async (query, status) => {
    const { call } = await open();
    const answer = await call('GET', `/v1/payments?${query}`);
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
  });

  it("does not show another merchant's, nor go on after them", async () => {
    const { world, call, txns } = await withPayments();
    const other = await world.service.addMerchant({ name: 'Bar Sport', currency: 'EUR' });
    expect((await call('GET', '/v1/payments?mref=paid', undefined, other.apiKey)).body.payments).toEqual([]);
    expect((await call('GET', `/v1/payments?after=${txns[3]}`, undefined, other.apiKey)).status).toBe(404);
  });
});

describe('GET /v1/reviews', () => {
  it('has the payments that wait for an operator, and those of which a refund does; not those that ended', async () => {
    const done = { kind: 'done', approvalCode: 1 } as const;
    const rail = new ScriptedRail({ onUnknown: 'reverse', retryMs: [] });
    const { world, customer, merchant } = await shop('reviews', { rails: [rail], limits: WIDE_LIMITS });
    const pay = async (mref: string) => {
      const { txn } = await world.request(merchant, { mref });
      await world.clock.advance(2_000);
      customer.phone.approve(PIN);
      await world.clock.advance(60_000);
      return txn;
    };
    rail.reversals = [{ kind: 'declined', reason: 'unknown order' }, done];
    const [inReview, reversed] = [await pay('in review'), await pay('reversed')];
    rail.charges = [done, done, done];
    rail.refunds = [done];
    const [refunded, refundInReview, captured] = [await pay('refunded'), await pay('refund'), await pay('captured')];
    for (const txn of [refunded, refundInReview]) await world.service.refund(txn);
    await world.clock.advance(60_000);
    const states = [inReview, reversed, refunded, refundInReview, captured].map((txn) => world.service.payment(txn));
    expect((await Promise.all(states)).map(({ state }) => state)).toEqual([
      ...['REVIEW', 'REVERSED', 'REFUNDED', 'REFUNDING', 'CAPTURED'],
    ]);
    const headers = { authorization: `Bearer ${world.adminKey}` };
    const { payments } = (await world.service.http.inject({ url: '/v1/reviews', headers })).json();
    expect(payments.map(({ txn }: { txn: string }) => txn)).toEqual([refundInReview, inReview]);
  });
});

describe('GET /v1/people', () => {
  it('finds a person by number, the + as it is or as %2B', async () => {
    const { admin, customer } = await open();
    for (const plus of ['+', '%2B', '%20']) {
      const { body } = await admin('GET', `/v1/people?number=${plus}${CUSTOMER_NUMBER.slice(1)}`);
      expect(body).toMatchObject({ people: [{ id: customer.person.id, number: CUSTOMER_NUMBER }] });
    }
    expect((await admin('GET', `/v1/people?number=${MERCHANT_NUMBER}`)).body).toEqual({ people: [] });
    expect((await admin('GET', '/v1/people?number=0340')).status).toBe(400);
  });

  it('lists them in parts', async () => {
    const { world, admin } = await open();
    for (const last of [5, 6, 7]) {
      await world.service.addPerson({ number: `+39340000000${last}`, name: 'P', language: 'en' });
    }
    const first = (await admin('GET', '/v1/people?limit=2')).body;
    const second = (await admin('GET', `/v1/people?limit=2&after=${first.next}`)).body;
    expect([first, second].map(({ people }) => people.map(({ id }: { id: number }) => id))).toEqual([
      [1, 2],
      [3, 4],
    ]);
    expect([first.next, second.next]).toEqual([2, undefined]);
  });

  it('shows the payments of one', async () => {
    const { world, admin, customer } = await withPayments();
    const url = `/v1/people/${customer.person.id}/payments`;
    expect(mrefsOf((await admin('GET', `${url}?state=CAPTURED`)).body)).toEqual(['paid']);
    const { id } = await world.service.addPerson({ number: MERCHANT_NUMBER, name: 'P', language: 'en' });
    expect((await admin('GET', `/v1/people/${id}/payments`)).body).toEqual({ payments: [] });
    expect((await admin('GET', '/v1/people/999/payments')).status).toBe(404);
  });

  it('shows to each person and merchant what is theirs, whoever came first', async () => {
    const { world, call, admin, order, apiKey } = await open();
    const second = await world.service.addMerchant({ name: 'Bar Sport', currency: 'EUR' });
    const { person } = await world.subscriber(MERCHANT_NUMBER);
    const mine = (await call('POST', '/v1/payments', order({ mref: 'mine' }))).body.txn;
    const theirs = order({ mref: 'theirs', customer: person.number });
    const other = (await call('POST', '/v1/payments', theirs, second.apiKey)).body.txn;
    for (const [key, own, foreign, mref] of [
      [apiKey, mine, other, 'mine'],
      [second.apiKey, other, mine, 'theirs'],
    ]) {
      expect((await call('GET', `/v1/payments/${own}`, undefined, key)).status).toBe(200);
      expect(mrefsOf((await call('GET', '/v1/payments', undefined, key)).body)).toEqual([mref]);
      for (const [method, path] of [
        ['GET', ''],
        ['GET', '/receipt'],
        ['POST', '/cancel'],
        ['POST', '/refund'],
      ] as const) {
        expect((await call(method, `/v1/payments/${foreign}${path}`, undefined, key)).status, path).toBe(404);
      }
    }
    for (const [id, mref] of [
      [1, 'mine'],
      [person.id, 'theirs'],
    ]) {
      expect(mrefsOf((await admin('GET', `/v1/people/${id}/payments`)).body)).toEqual([mref]);
    }
  });

  it('is for the administrator', async () => {
    const { call } = await open();
    expect((await call('GET', '/v1/people')).status).toBe(401);
    expect((await call('GET', '/v1/people/1/payments')).status).toBe(401);
  });
});

describe('POST /v1/merchants with Idempotency-Key', () => {
  const merchant = { name: 'Bar Sport', currency: 'EUR' };

  async function register(base: Awaited<ReturnType<typeof open>>, key: string, body: object) {
    const { world } = base;
    const headers = { authorization: `Bearer ${world.adminKey}`, 'idempotency-key': key };
    const answer = await world.service.http.inject({ method: 'POST', url: '/v1/merchants', headers, payload: body });
    return { status: answer.statusCode, body: answer.json() };
  }

  it('answers the same again to the same key and content, and its API key works', async () => {
    const base = await open();
    const first = await register(base, 'm-1', merchant);
    const second = await register(base, 'm-1', merchant);
    const quoted = await register(base, '"m-1"', merchant);
    expect([first.status, second.status, quoted.status]).toEqual([201, 200, 200]);
    expect(second.body).toEqual(first.body);
    expect(quoted.body).toEqual(first.body);
    const own = await base.call('GET', '/v1/merchant', undefined, second.body.apiKey);
    expect(own.body).toMatchObject({ id: first.body.id, name: 'Bar Sport' });
  });

  it.each([
    ['name', { ...merchant, name: 'Bar Due' }],
    ['currency', { ...merchant, currency: 'CHF' }],
    ['person', { ...merchant, personId: 1 }],
  ])('answers 409 to the same key with another %s', async (_, other) => {
    const base = await open();
    await register(base, 'm-1', merchant);
    const answer = await register(base, 'm-1', other);
    expect(answer.status).toBe(409);
    expect(answer.body.detail).toContain('m-1 was used for another merchant');
  });

  it('makes two merchants of two keys, and of none', async () => {
    const base = await open();
    const made = [await register(base, 'm-1', merchant), await register(base, 'm-2', merchant)];
    for (let n = 0; n < 2; n += 1) made.push(await base.admin('POST', '/v1/merchants', merchant));
    expect(made.map(({ status }) => status)).toEqual([201, 201, 201, 201]);
    expect(new Set(made.map(({ body }) => body.apiKey)).size).toBe(4);
    expect(new Set(made.map(({ body }) => body.id)).size).toBe(4);
  });

  it('repeats that of a person who has a merchant by it already', async () => {
    const base = await open();
    const own = { ...merchant, personId: base.customer.person.id };
    expect((await register(base, 'm-1', own)).status).toBe(201);
    expect((await register(base, 'm-1', own)).status).toBe(200);
    expect((await register(base, 'm-2', own)).status).toBe(409);
  });

  it('refuses a key that is none', async () => {
    const base = await open();
    expect((await register(base, 'm 1', merchant)).status).toBe(400);
    expect((await register(base, 'm'.repeat(65), merchant)).status).toBe(400);
  });
});
