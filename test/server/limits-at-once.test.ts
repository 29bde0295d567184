import { describe, expect, it } from 'vitest';
import { APPLICATION_PORT } from '../../server/index.ts';
import type { Limits } from '../../server/limits/limits.ts';
import { RequestRefused } from '../../server/payments/rejections.ts';
import { onPostgres } from './database.ts';
import { ends, tally, times } from './tally.ts';
import { CUSTOMER_NUMBER, type Subscriber, shop } from './world.ts';

// What somebody may do so often, asked for more often than that in the same moment: a limit that was looked at before all of them counts.

const HOUR = 3_600_000;
const SECOND = 1_000;
const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;

/** Transactions beside each other in one process: its connections to PostgreSQL. */
const BESIDE = onPostgres ? 2 : 1;

const reason = (error: unknown) => (error instanceof RequestRefused ? error.reason : `${error}`);

/** What came of requests of one merchant in the same moment. */
async function asked(requests: readonly Promise<{ readonly state: string; readonly reason?: string | undefined }>[]) {
  return tally(
    await Promise.all(requests.map((one) => one.then((payment) => payment.reason ?? payment.state, reason))),
  );
}

describe('a merchant that asks in one moment', { timeout: 60_000 }, () => {
  const three: Partial<Limits> = { inVain: { atOnce: 3, everyMs: HOUR } };

  it('hears of no more numbers that nobody has than its allowance is, whatever was read of it before', async () => {
    const { world, merchant } = await shop(1, { limits: three });
    const probe = (round: string) =>
      asked(times(40, (n) => world.request(merchant, { mref: `${round} ${n}`, customer: `+39340990${1000 + n}` })));
    expect(await probe('a')).toEqual({ 'customer-unreachable': 3, 'too-many-requests': 37 });
    expect(await probe('b')).toEqual({ 'too-many-requests': 40 });
    await world.clock.advance(HOUR);
    expect(await probe('c')).toEqual({ 'customer-unreachable': 1, 'too-many-requests': 39 });
  });

  it('hears of fewer while requests wait, which may end without a payment too', async () => {
    const { world, merchant } = await shop(1, { limits: three });
    await world.request(merchant);
    const customers = times(20, (n) => `+39340990${1000 + n}`);
    const heard = await asked(customers.map((customer) => world.request(merchant, { mref: customer, customer })));
    expect(heard).toEqual({ 'customer-unreachable': 2, 'too-many-requests': 18 });
  });

  it('and by its phone: no more either', async () => {
    const { world } = await shop(1, { limits: three });
    const owner = await world.subscriber('+393400000002');
    await world.merchant(owner.person.id);
    for (let n = 0; n < 8; n += 1)
      owner.phone.payInit({ kind: 'number', digits: `39340990${1000 + n}` }, eur(100), `${n}`);
    await world.clock.advance(5 * SECOND);
    const codes = owner.phone.received.flatMap((message) => (message.type === 'NAK' ? [message.code] : []));
    expect(tally(codes)).toEqual({ 'customer-unreachable': 3, limit: 5 });
  });

  it('asks no more customers than its allowance is', async () => {
    const { world, merchant } = await shop(1, { limits: { inVain: { atOnce: 1, everyMs: HOUR } } });
    const numbers = [CUSTOMER_NUMBER];
    for (const end of [5, 6, 7]) numbers.push((await world.subscriber(`+39340000000${end}`)).person.number);
    const ends = await asked(numbers.map((customer) => world.request(merchant, { mref: customer, customer })));
    expect(ends['REQUESTED']).toBeGreaterThanOrEqual(1);
    expect(ends['REQUESTED']).toBeLessThanOrEqual(BESIDE);
    expect(ends['too-many-requests']).toBe(4 - (ends['REQUESTED'] ?? 0));
  });

  it('has one request that waits for a customer, however many came', async () => {
    const { world, merchant } = await shop();
    expect(await asked(times(12, (n) => world.request(merchant, { mref: `${n}` })))).toEqual({
      REQUESTED: 1,
      'customer-busy': 11,
    });
  });

  it('asks nobody once it is suspended, also when it was known from before', async () => {
    const { world, merchant } = await shop();
    await world.service.merchantKeys.revoke(merchant.id);
    const requests = times(5, (n) => world.request(merchant, { mref: `${n}` }));
    expect(await asked(requests)).toEqual({ 'merchant-suspended': 5 });
  });

  it('whose customers say "not me" in one moment is suspended once', async () => {
    const { world, merchant } = await shop(1, { limits: { notMeCustomers: 2 } });
    const customers: Subscriber[] = [];
    for (const end of [5, 6, 7]) customers.push(await world.subscriber(`+39340000000${end}`));
    for (const { person } of customers) await world.request(merchant, { mref: person.number, customer: person.number });
    await world.clock.advance(2 * SECOND);
    for (const { phone } of customers) phone.refuse('not-me');
    await world.clock.advance(3 * SECOND);
    const alarms = world.journal.filter(({ event }) => event.kind === 'alarm' && event.alarm === 'merchant-suspended');
    expect(alarms).toHaveLength(1);
  });
});

describe('a phone that sends in one moment', { timeout: 60_000 }, () => {
  const naks = ({ phone }: Subscriber) =>
    tally(phone.received.flatMap((message) => (message.type === 'NAK' ? [message.code] : [])));

  it('wrong activation codes: five are tried, three times it hears that the activation is over', async () => {
    const { world, customer } = await shop();
    const { deviceId } = await world.service.activate(customer.person.id);
    const phone = world.phone(CUSTOMER_NUMBER);
    // Each ENROL has other keys, and the phone could open the answer to the last one only.
    world.air.fate = () => 'lose';
    const frames: Uint8Array[] = [];
    phone.sendWith((frame) => frames.push(frame));
    for (let n = 0; n < 12; n += 1) phone.enrol(deviceId, '0000-0000', '48213');
    const before = world.air.sent.length;
    const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
    const sentAt = world.clock.now();
    await Promise.all(
      frames.map((data) =>
        world.air.handOverAgain({ originator: CUSTOMER_NUMBER, sentAt, content: { kind: 'data', data, ports } }),
      ),
    );
    await world.clock.advance(5 * SECOND);
    expect(world.air.sent.length - before).toBe(8);
    const ended = world.journal.filter(({ event }) => event.kind === 'alarm' && event.alarm === 'activation-ended');
    expect(ended).toHaveLength(1);
  });

  it('what answers no question: as much is answered as its allowance is, and one alarm comes', async () => {
    const { world, customer } = await shop(1, { limits: { phone: { atOnce: 4, everyMs: HOUR } } });
    const [before, entries] = [world.air.sent.length, world.journal.length];
    for (let n = 0; n < 15; n += 1) customer.phone.query(new Uint8Array(8).fill(n + 1));
    await world.clock.advance(5 * SECOND);
    expect([world.air.sent.length - before, naks(customer)]).toEqual([4, { 'unknown-reference': 4 }]);
    const alarms = world.journal.slice(entries).flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []));
    expect(alarms).toEqual(['phone-asks-too-much']);
  });

  it('queries of the balance: ten are told, the others hear of the limit', async () => {
    const { world, customer } = await shop(1, { limits: { phone: { atOnce: 100, everyMs: HOUR } } });
    for (let n = 0; n < 14; n += 1) customer.phone.query(new Uint8Array(8).fill(n + 1), 'balance');
    await world.clock.advance(5 * SECOND);
    expect(customer.phone.received.filter(({ type }) => type === 'BALANCE')).toHaveLength(10);
    expect(naks(customer)).toEqual({ limit: 4 });
  });
});

describe('operators that ask in one moment', { timeout: 60_000 }, () => {
  /** Treasurers who may deposit EUR 10.00 alone. */
  async function office() {
    const base = await shop('at once', { limits: { fourEyesAbove: 1_000 } });
    const { service } = base.world;
    const { apiKey: anna } = await service.operators.add({ name: 'anna', role: 'treasurer' });
    const { apiKey: bruno } = await service.operators.add({ name: 'bruno', role: 'treasurer' });
    const post = async (key: string, url: string, payload?: object) => {
      const headers = { authorization: `Bearer ${key}` };
      const request = { method: 'POST', url, headers, ...(payload !== undefined && { payload }) } as const;
      return (await service.http.inject(request)).statusCode;
    };
    const url = `/v1/people/${base.customer.person.id}/deposits`;
    const deposit = (key: string, minor: number, reference: string) =>
      post(key, url, { amount: eur(minor), reference });
    const [before] = await service.holdings(base.customer.person.id);
    const booked = async () =>
      ((await service.holdings(base.customer.person.id))[0]?.minor ?? 0) - (before?.minor ?? 0);
    return { ...base, anna, bruno, post, deposit, booked };
  }

  it('deposits for one person: what is booked without a second operator stays within the limit of the day', async () => {
    const { anna, bruno, deposit, booked } = await office();
    const statuses = await Promise.all(times(10, (n) => deposit(n % 2 === 0 ? anna : bruno, 300, `r${n}`)));
    expect(statuses.filter((status) => status === 201)).toHaveLength(3);
    expect(await booked()).toBe(900);
  });

  it.each([
    ['a named operator', 'anna'],
    ['the operator of the key file, of whom the database has nothing', 'admin'],
  ])('deposits for many people by %s: within ten times the limit of one person', async (_, by) => {
    const { world, anna, post } = await office();
    const people: number[] = [];
    for (let n = 0; n < 14; n += 1) {
      const number = `+3934001000${10 + n}`;
      people.push((await world.service.addPerson({ number, name: 'X', language: 'it' })).id);
    }
    const key = by === 'anna' ? anna : world.adminKey;
    const statuses = await Promise.all(
      people.map((id) => post(key, `/v1/people/${id}/deposits`, { amount: eur(1_000), reference: 'split' })),
    );
    expect(statuses.filter((status) => status === 201)).toHaveLength(10);
    expect(statuses.filter((status) => status === 409 || status === 202)).toHaveLength(4);
  });

  it('confirmations: whoever asked is refused each time, and the deposit is booked once', async () => {
    const { anna, bruno, post, deposit, booked } = await office();
    expect(await deposit(anna, 1_001, 'large')).toBe(202);
    const keys = times(8, (n) => (n % 2 === 0 ? anna : bruno));
    const statuses = await Promise.all(keys.map((key) => post(key, '/v1/deposits/1/confirm')));
    expect(tally(statuses)).toEqual({ 200: 4, 403: 4 });
    expect(await booked()).toBe(1_001);
  });

  it('with one key: so many requests a minute, and no more', async () => {
    const { world, apiKey } = await shop(1, { http: { limits: { goodKey: 4, wrongKeys: 3, public: 5 } } });
    const get = (url: string, key?: string) =>
      world.service.http
        .inject({ url, ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }) })
        .then(({ statusCode }) => statusCode);
    expect(
      tally(
        await ends(
          times(12, () => get('/v1/merchant', apiKey)),
          String,
        ),
      ),
    ).toEqual({ 200: 4, 429: 8 });
    expect(
      tally(
        await ends(
          times(12, () => get('/v1/merchant', 'cm_wrong')),
          String,
        ),
      ),
    ).toEqual({ 401: 3, 429: 9 });
    expect(
      tally(
        await ends(
          times(12, () => get('/health/live')),
          String,
        ),
      ),
    ).toEqual({ 200: 5, 429: 7 });
    await world.clock.advance(59 * SECOND);
    expect(await get('/v1/merchant', apiKey)).toBe(429);
    await world.clock.advance(SECOND);
    expect(await get('/v1/merchant', apiKey)).toBe(200);
  });
});
