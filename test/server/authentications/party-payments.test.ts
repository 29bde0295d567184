import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { decodeDown } from '../../../device/safe-mobile/index.ts';
import { verifyEvidence } from '../../../server/authentications/verify-evidence.ts';
import type { AuthenticationOrder, ServiceOptions } from '../../../server/index.ts';
import { rows } from '../database.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';
import { Owner } from '../pin-change/handset.ts';
import { CUSTOMER_NUMBER, PIN, shop, World } from '../world.ts';
import { consented } from './consented.ts';

const AMOUNT = { minor: 125_050, currency: 'EUR' } as const;
const PAYMENT = { payee: 'Impresa Rossi S.r.l.', amount: AMOUNT } as const;
const ORDER = { kind: 'payment', key: 'p', who: CUSTOMER_NUMBER, title: 'Fattura 12', payment: PAYMENT } as const;
const BANK = {
  name: 'Banca di Torino S.p.A.',
  shortName: 'BancaTorino',
  kinds: ['payment'],
  requestsADay: 99,
} as const;
const SECOND = 1_000;

/** A bank that makes payments itself, and asks a person to confirm them. */
async function bank(seed = 1, options: Partial<ServiceOptions> = {}) {
  const base = await shop(seed, options);
  const { world } = base;
  const { party, apiKey: partyKey } = await world.service.parties.add(BANK);
  await consented(world);
  const ask = async (order: AuthenticationOrder = ORDER) => {
    const { authentication } = await world.service.authentications.request(party, order);
    await world.clock.advance(2 * SECOND);
    return authentication;
  };
  const stateOf = async (id: string) => (await world.service.authentications.one(party, id)).state;
  return { ...base, party, partyKey, ask, stateOf };
}

type Bank = Awaited<ReturnType<typeof bank>>;

describe('a payment that a relying party makes', () => {
  it('is shown and signed as the payment of a merchant is, and no rail of the service moves money', async () => {
    const { world, customer, party, ask, stateOf } = await bank();
    const money = () =>
      Promise.all(['account', 'transfer'].map((table) => rows(world.database, `SELECT * FROM ${table}`)));
    const before = await money();
    const { id, matchCode } = await ask();
    expect(decodeDown(customer.phone.lastAsked().plaintext)).toMatchObject({
      ...{ type: 'PAY_REQUEST', payee: PAYMENT.payee, amount: AMOUNT, matchCode },
      ...{ reference: 'BancaTorino: Fattura 12', merchantId: 0x8000_0000 + party.id },
    });
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect([await stateOf(id), customer.phone.receipts().at(-1)?.status]).toEqual(['confirmed', 'confirmed']);
    expect(await money()).toEqual(before);
    for (const table of ['payment', 'attempt'])
      expect(await rows(world.database, `SELECT 1 AS one FROM ${table}`), table).toEqual([]);
  });

  it.each<readonly [what: string, does: (base: Bank, id: string) => unknown, state: string]>([
    ['"no"', ({ customer }) => customer.phone.refuse('no'), 'refused'],
    ['"not me"', ({ customer }) => customer.phone.refuse('not-me'), 'not-me'],
    ['no answer', ({ world }) => world.clock.advance(125 * SECOND), 'expired'],
    ['the bank', ({ world, party }, id) => world.service.authentications.cancel(party, id), 'cancelled'],
    [
      'a lock of the phone',
      ({ world, customer }) => world.service.phoneOrders.give(customer.person.id, 'lock'),
      'cancelled',
    ],
  ])('ends by %s', async (_, does, state) => {
    const base = await bank();
    const { id } = await base.ask();
    await does(base, id);
    await base.world.clock.advance(3 * SECOND);
    expect(await base.stateOf(id)).toBe(state);
    await expect(base.world.service.authentications.evidence(base.party, id)).rejects.toThrow(state);
  });

  it('is sent again until the phone answers', async () => {
    const { world, customer, ask } = await bank();
    await ask();
    await world.clock.advance(60 * SECOND);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST').length).toBeGreaterThan(1);
  });

  it('that is cancelled before it left is not asked for any more', async () => {
    const modem = new FakeModem('one');
    const { world, customer, party, ask } = await bank(1, { modems: [modem] });
    modem.become(LOST);
    const { id } = await ask();
    expect((await world.service.authentications.cancel(party, id)).state).toBe('cancelled');
    modem.become(READY);
    await world.clock.advance(60 * SECOND);
    expect(customer.phone.asked.filter(({ message }) => message.type === 'PAY_REQUEST')).toEqual([]);
  });

  it.each<readonly [what: string, changed: Partial<typeof ORDER> | object, message: string]>([
    ['text that has no room', { title: 'x'.repeat(21) }, 'title: expected 1 to 20 octets of UTF-8, got 21'],
    ['no payee', { payment: { ...PAYMENT, payee: ' ' } }, 'payee: expected 1 to 39 octets of UTF-8, got 1'],
    ['a payee without room for a title', { payment: { ...PAYMENT, payee: 'x'.repeat(40) } }, 'payee: expected 1 to 39'],
    ['nothing to pay', { payment: { ...PAYMENT, amount: { ...AMOUNT, minor: 0 } } }, 'amount: that is nothing to pay'],
    ['a control in the payee', { payment: { ...PAYMENT, payee: 'a\u202eb' } }, 'payee: '],
  ])('is refused with %s, and takes all the room that there is', async (_, changed, message) => {
    const { ask, customer } = await bank();
    await expect(ask({ ...ORDER, ...changed })).rejects.toMatchObject({
      code: 'invalid-request',
      message: expect.stringContaining(message),
    });
    await ask({ ...ORDER, title: 'x'.repeat(20) });
    expect(customer.phone.lastAsked().message).toMatchObject({ reference: `BancaTorino: ${'x'.repeat(20)}` });
  });

  it('is the same one under its key; another payee or amount is another one', async () => {
    const { world, party, ask } = await bank();
    const { id } = await ask();
    expect((await world.service.authentications.request(party, ORDER)).authentication.id).toBe(id);
    for (const payment of [
      { ...PAYMENT, payee: 'Impresa Bianchi' },
      { ...PAYMENT, amount: { ...AMOUNT, minor: 125_051 } },
      { ...PAYMENT, amount: { ...AMOUNT, currency: 'USD' as const } },
    ])
      await expect(world.service.authentications.request(party, { ...ORDER, payment })).rejects.toMatchObject({
        code: 'conflict',
      });
  });

  it('is not asked for by who may ask for logins alone', async () => {
    const { world } = await bank();
    const { party } = await world.service.parties.add({ name: 'A', shortName: 'A', kinds: ['login'], requestsADay: 9 });
    await expect(world.service.authentications.request(party, ORDER)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('has evidence with payee and amount, which are those that the phone showed', async () => {
    const { world, customer, party, ask } = await bank();
    const { id } = await ask();
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    const { authentications, parties } = world.service;
    const jws = await authentications.evidence(party, id);
    const keySet = (await world.service.http.inject({ url: '/.well-known/jwks.json' })).json();
    expect((await verifyEvidence(jws, keySet)).claims).toMatchObject({
      ...{ kind: 'payment', payee: PAYMENT.payee, ...AMOUNT, title: 'Fattura 12', jti: id },
    });
    for (const lie of [
      { payee: 'Altri' },
      { minor: 1 },
      { currency: 'USD' },
      { title: '12' },
      { jti: '0'.repeat(16) },
    ]) {
      const lied = await parties.jwsKeys.sign('evidence+jwt', { ...decodeJwt(jws), ...lie });
      await expect(verifyEvidence(lied, keySet), JSON.stringify(lie)).rejects.toThrow('the phone showed');
    }
  });

  it('is in the API with payee and amount', async () => {
    const { world, partyKey } = await bank();
    const call = (payload: object) =>
      world.service.http.inject({
        ...{ method: 'POST', url: '/v1/authentications', payload },
        headers: { authorization: `Bearer ${partyKey}` },
      });
    const { payment, ...order } = ORDER;
    const asked = await call({ ...order, ...payment });
    expect([asked.statusCode, asked.json()]).toEqual([201, expect.objectContaining({ kind: 'payment', ...payment })]);
    expect((await call({ ...order, key: 'q', payee: 'A' })).statusCode).toBe(400);
  });
});

it('the application on a phone shows payee, amount and who asks, and says that it is confirmed', async () => {
  const world = new World('a bank');
  await world.open();
  const owner = new Owner(world);
  await owner.enrol(PIN);
  owner.leave();
  const { party } = await world.service.parties.add(BANK);
  await consented(world);
  const { authentication } = await world.service.authentications.request(party, ORDER);
  await owner.pause();
  for (const text of [PAYMENT.payee, 'EUR 1250.50', 'BancaTorino: Fattura 12'])
    expect(JSON.stringify(owner.screen)).toContain(text);
  await owner.select('Approve');
  await owner.type(PIN, 'Confirm');
  await owner.pause();
  expect(owner.screen.title).toBe('Confirmed');
  expect((await world.service.authentications.one(party, authentication.id)).state).toBe('confirmed');
});
