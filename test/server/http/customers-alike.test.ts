import { describe, expect, it } from 'vitest';
import type { Currency } from '../../../device/safe-mobile/index.ts';
import type { Merchant } from '../../../server/index.ts';
import type { Limits } from '../../../server/limits/limits.ts';
import { write } from '../database.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, type World } from '../world.ts';
import { open } from './api.ts';

const NOBODY = '+393409999999';
const WITHOUT_PHONE = '+393400000009';

/** A shop, and a person without a phone. */
async function openWithout() {
  const opened = await open();
  await opened.world.service.addPerson({ number: WITHOUT_PHONE, name: 'Carla', language: 'it' });
  return opened;
}

describe('a merchant does not learn who is a customer', () => {
  it.each<readonly [what: string, changed: object, status: number]>([
    ['an order', {}, 422],
    ['an amount above the limit', { amount: { minor: 500_001, currency: 'EUR' } }, 422],
    ['another currency', { amount: { minor: 1, currency: 'USD' } }, 400],
    ['a reference that deceives', { reference: 'a\u202eb' }, 400],
    ['a reference that is too long', { reference: 'x'.repeat(50) }, 400],
    ['the mref of another payment', { mref: 'known' }, 409],
  ])('by the answer to %s', async (_, changed, status) => {
    const { call, order, world } = await openWithout();
    expect((await call('POST', '/v1/payments', order({ mref: 'known' }))).status).toBe(201);
    const events = world.journal.length;
    const answers = [];
    for (const customer of [NOBODY, WITHOUT_PHONE, NOBODY, WITHOUT_PHONE]) {
      answers.push(await call('POST', '/v1/payments', order({ mref: 'probe', ...changed, customer })));
    }
    const [first] = answers;
    expect(first?.status).toBe(status);
    for (const answer of answers) expect(answer).toEqual(first);
    expect(world.journal.length).toBe(events);
  });

  it('by the same key with another content, by the list, or by the phone that it gets later', async () => {
    const { call, order, world } = await openWithout();
    for (const customer of [NOBODY, WITHOUT_PHONE]) {
      const probe = order({ mref: customer.slice(1), customer });
      const other = { ...probe, amount: { minor: 2, currency: 'EUR' } };
      expect((await call('POST', '/v1/payments', probe)).status).toBe(422);
      expect((await call('POST', '/v1/payments', other)).status).toBe(422);
      expect((await call('GET', `/v1/payments?mref=${probe.mref}`)).body.payments).toEqual([]);
    }
    const person = await world.service.personByNumber(WITHOUT_PHONE);
    if (person === undefined) throw new Error('Carla is gone');
    await world.enrolPhone(person);
    const mref = WITHOUT_PHONE.slice(1);
    expect((await call('POST', '/v1/payments', order({ mref, customer: WITHOUT_PHONE }))).status).toBe(201);
  });

  it('by a phone that is blocked', async () => {
    const { call, order, world, customer } = await open();
    for (const mref of ['a', 'b']) {
      await call('POST', '/v1/payments', order({ mref }));
      await world.clock.advance(2_000);
      for (let n = 0; n < 3; n += 1) {
        customer.phone.approve('00000');
        await world.clock.advance(3_000);
      }
    }
    const blocked = await call('POST', '/v1/payments', order({ mref: 'c' }));
    expect(blocked).toEqual(await call('POST', '/v1/payments', order({ mref: 'c', customer: NOBODY })));
    expect(blocked.body).toEqual({
      type: 'urn:cash-mobile:problem:customer-unreachable',
      title: 'The customer cannot be reached',
      status: 422,
      detail: 'The customer cannot be asked: it is no customer of this service, or has no active phone',
    });
  });
});

/** Numbers of nobody, of people whose phones cannot be asked, and of a customer with an active phone. */
async function everybody() {
  const opened = await open();
  const { world, order, call } = opened;
  const blocked = await world.subscriber('+393400000005');
  await world.service.addPerson({ number: WITHOUT_PHONE, name: 'Carla', language: 'it' });
  const waiting = await world.service.addPerson({ number: '+393400000010', name: 'Dora', language: 'it' });
  await world.service.activate(waiting.id);
  for (const mref of ['x', 'y']) {
    expect((await call('POST', '/v1/payments', order({ mref, customer: blocked.person.number }))).status).toBe(201);
    await world.clock.advance(2_000);
    for (let n = 0; n < 3; n += 1) {
      blocked.phone.approve('00000');
      await world.clock.advance(3_000);
    }
  }
  const unreachable = [NOBODY, WITHOUT_PHONE, waiting.number, blocked.person.number];
  return { ...opened, unreachable, all: [...unreachable, CUSTOMER_NUMBER] };
}

const DAY_MS = 86_400_000;

/** The merchant has used up its two requests a day. */
async function useUp({ world, merchant }: { readonly world: World; readonly merchant: Merchant }): Promise<void> {
  const fullAt = world.clock.now() + 2 * DAY_MS;
  await write(world.database, `UPDATE merchant SET in_vain_full_at = ${fullAt} WHERE id = ${merchant.id}`);
}

async function suspend(world: World, merchant: number): Promise<void> {
  await write(world.database, `UPDATE merchant SET suspended_at = 1 WHERE id = ${merchant}`);
}

describe('a merchant that may not ask hears the same of every number, also of one whose phone is active', () => {
  const eur = (minor: number) => ({ minor, currency: 'EUR' });
  type Everybody = Awaited<ReturnType<typeof everybody>>;
  it.each<
    readonly [
      what: string,
      changed: object,
      status: number,
      before: (set: Everybody) => Promise<unknown>,
      limits: Partial<Limits>,
    ]
  >([
    ['an amount above the limit', { amount: eur(500_001) }, 422, async () => {}, {}],
    ['an amount of nothing', { amount: eur(0) }, 400, async () => {}, {}],
    ['another currency', { amount: { minor: 1, currency: 'USD' } }, 400, async () => {}, {}],
    ['a merchant that is suspended', {}, 422, ({ world, merchant }) => suspend(world, merchant.id), {}],
    ['too many requests in vain', {}, 422, useUp, { inVain: { atOnce: 2, everyMs: DAY_MS } }],
    ['the mref of another payment', { mref: 'x', reference: 'other' }, 409, async () => {}, {}],
  ])('%s', async (_, changed, status, before, limits) => {
    const set = await everybody();
    const { world, order, apiKey } = set;
    await before(set);
    await world.service.close();
    await world.open(undefined, { limits });
    const answers = [];
    for (const customer of set.all) {
      const answer = await world.service.http.inject({
        ...{ method: 'POST', url: '/v1/payments', headers: { authorization: `Bearer ${apiKey}` } },
        payload: order({ mref: 'probe', ...changed, customer }),
      });
      answers.push([answer.statusCode, answer.body, Object.keys(answer.headers)]);
    }
    expect(answers[0]?.[0]).toBe(status);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('and the phone of a merchant as well', async () => {
    const { world, all } = await everybody();
    const owner = await world.subscriber(MERCHANT_NUMBER);
    await world.merchant(owner.person.id);
    const heard = async (minor: number, currency: Currency, number: string) => {
      owner.phone.payInit({ kind: 'number', digits: number.slice(1) }, { minor, currency }, '47');
      await world.clock.advance(3_000);
      const last = owner.phone.received.at(-1);
      return last?.type === 'NAK' ? last.code : last?.type;
    };
    for (const [minor, currency] of [
      [500_001, 'EUR'],
      [100, 'USD'],
    ] as const)
      for (const number of all) expect(await heard(minor, currency, number), number).toBe('bad-amount');
  });
});

it('the service does the same, step by step, for every number that cannot be asked', async () => {
  const { world, call, order, unreachable } = await everybody();
  const steps: string[][] = [];
  for (const customer of unreachable) {
    const statements: string[] = [];
    world.beforeStatement = (sql) => statements.push(sql);
    expect((await call('POST', '/v1/payments', order({ mref: 'probe', customer }))).status).toBe(422);
    steps.push(statements);
  }
  expect(steps[0]?.length).toBeGreaterThan(3);
  for (const taken of steps) expect(taken).toEqual(steps[0]);
});

describe('an id has one spelling', () => {
  it.each(['01', '1.0', '1e0', '+1', '%2B1', '0x1', '-1', '0', ' 1', '1%20', '', '\u0661', '1,', '9'.repeat(16)])(
    'not "%s"',
    async (id) => {
      const { admin } = await open();
      for (const path of [`/v1/people/${id}`, `/v1/people/${id}/payments`]) {
        expect((await admin('GET', encodeURI(decodeURI(path)))).status, path).toBeGreaterThanOrEqual(400);
      }
      expect((await admin('POST', `/v1/people/${encodeURI(decodeURI(id))}/activations`)).status).toBeGreaterThanOrEqual(
        400,
      );
    },
  );

  it.each(['01', '1.0', '1e0', '+1', '%2B1', '-0', '00', ''])('in the query either: "%s"', async (id) => {
    const { admin } = await open();
    expect((await admin('GET', `/v1/people?after=${id}`)).status).toBe(400);
  });

  it('is this one', async () => {
    const { admin } = await open();
    expect((await admin('GET', '/v1/people/1')).status).toBe(200);
    expect((await admin('GET', '/v1/people?after=0')).body.people.length).toBeGreaterThan(0);
    expect((await admin('GET', '/v1/people?after=10')).body.people).toEqual([]);
  });

  it('of a payment in small letters', async () => {
    const { call, order } = await open();
    const { txn } = (await call('POST', '/v1/payments', order())).body;
    const large = String(txn).toUpperCase() === txn ? 'ABCDEF0123456789' : String(txn).toUpperCase();
    for (const path of [
      `/v1/payments/${large}`,
      `/v1/payments/0${txn}`,
      `/v1/payments/0x${txn}`,
      `/v1/payments?after=${large}`,
    ]) {
      expect((await call('GET', path)).status, path).toBe(400);
    }
    expect((await call('GET', `/v1/payments/${txn}`)).status).toBe(200);
  });
});
