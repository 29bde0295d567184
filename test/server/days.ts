import { expect } from 'vitest';
import { partyId } from '../../server/vocabulary/ids.ts';
import { ScriptedRail } from './rails/scripted-rail.ts';
import type { Body } from './run-twice.ts';
import { WIDE_LIMITS } from './wide-limits.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, type Subscriber, World } from './world.ts';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;
const eur = (minor: number) => ({ minor, currency: 'EUR' }) as const;

/** All that a service does in a day with its own ledger, and what people, merchants and the journal see of it. */
export async function day(body?: Body) {
  const world = new World('a day', { limits: WIDE_LIMITS });
  if (body !== undefined) world.body = body;
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const owner = await world.subscriber(MERCHANT_NUMBER, '71717');
  const { merchant } = await world.merchant(owner.person.id);
  let orders = 0;
  const ask = async (amount = eur(1_250)) => {
    orders += 1;
    const { txn } = await world.request(merchant, { mref: `order ${orders}`, amount });
    await world.clock.advance(2 * SECOND);
    return txn;
  };
  const type = async (...pins: string[]) => {
    for (const pin of pins) {
      customer.phone.approve(pin);
      await world.clock.advance(3 * SECOND);
    }
  };

  const paid = await ask();
  await type('00000', PIN);
  customer.phone.repeat();
  customer.phone.query(customer.phone.lastAsked().plaintext.subarray(5, 13));
  await world.clock.advance(3 * SECOND);
  await ask();
  customer.phone.refuse('not-me');
  await world.clock.advance(3 * SECOND);
  await ask();
  await world.clock.advance(200 * SECOND);
  await world.service.cancel(await ask());
  await ask(eur(400_000));
  await type(PIN);
  await world.service.refund(paid, { key: 'part', amount: eur(300) });
  await world.service.refund(paid);
  await world.service.receipt(paid);

  const { parties, authentications } = world.service;
  const { party } = await parties.add({ name: 'Banca', shortName: 'Banca', kinds: ['login'], requestsADay: 99 });
  const login = async (key: string, who = CUSTOMER_NUMBER) => {
    const order = { kind: 'login', key, who, title: 'Conto' } as const;
    const { authentication } = await authentications.request(party, order);
    await world.clock.advance(2 * SECOND);
    return authentication.id;
  };
  // The first time the person is asked whether they may be asked.
  await authentications.cancel(party, await login('cancelled, with the question for the consent'));
  await login('consent revoked before it was given');
  await parties.consents.revoke(customer.person.id, party.id);
  await parties.consents.liftRefusal(customer.person.id, party.id);
  await login('confirmed');
  await type(PIN, '00006', PIN);
  await login('not me');
  customer.phone.refuse('not-me');
  await world.clock.advance(3 * SECOND);
  await parties.keys.resume(party.id, 'looked');
  await login('no answer');
  await world.clock.advance(200 * SECOND);
  await authentications.cancel(party, await login('cancelled'));
  await login('of nobody', '+393409999999');
  await world.clock.advance(200 * SECOND);
  await authentications.cancel(party, await login('of nobody, cancelled', '+393409999999'));
  await parties.keys.rotate(party.id, HOUR);

  const mref = owner.phone.payInit({ kind: 'number', digits: CUSTOMER_NUMBER.slice(1) }, eur(700), '47');
  await world.clock.advance(3 * SECOND);
  await type(PIN);
  owner.phone.say({ type: 'PAY_CANCEL', mref, reason: 1 });
  owner.phone.payInit({ kind: 'number', digits: '393409999999' }, eur(700), '47');
  customer.phone.query(new Uint8Array(8).fill(1), 'balance');
  await world.clock.advance(3 * SECOND);

  await ask();
  await type('00001', '00002', '00003');
  await ask();
  await type('00004', '00005');
  await world.clock.advance(HOUR);
  await ask();
  await type(PIN);
  await world.clock.advance(24 * HOUR);
  const renewed = await world.enrolPhone(customer.person, '90909');
  await ask();
  await world.service.phoneOrders.give(customer.person.id, 'lock');
  renewed.phone.query(new Uint8Array(8).fill(1), 'balance');
  await world.clock.advance(60 * SECOND);
  renewed.phone.sayOctets(new Uint8Array(79).fill(0x7f));
  await world.clock.advance(3 * SECOND);
  const [order] = renewed.phone.received.filter((message) => message.type === 'ADMIN');
  renewed.phone.query(order?.ref ?? new Uint8Array(8), 'request');
  await world.clock.advance(3 * SECOND);
  await world.service.phoneOrders.give(customer.person.id, 'unlock');
  await world.clock.advance(3 * SECOND);
  const present = (await world.service.devices(customer.person.id)).at(-1)?.id;
  await world.service.phoneOrders.give(customer.person.id, 'wipe', undefined, present);
  await world.clock.advance(3 * SECOND);
  return seen(world, [customer, owner, renewed]);
}

/** Payments and refunds at a rail outside the service, which answers well, badly, late and never. */
export async function cardDay(body?: Body) {
  const rail = new ScriptedRail({ retryMs: [0, 5_000] });
  const world = new World('a day of cards', { rails: [rail], limits: WIDE_LIMITS });
  if (body !== undefined) world.body = body;
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant } = await world.merchant();
  const pay = async (mref: string) => {
    const { txn } = await world.request(merchant, { mref });
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(60 * SECOND);
    return txn;
  };
  rail.charges = [
    { kind: 'done', approvalCode: 7 },
    { kind: 'declined', reason: 'do-not-honour' },
  ];
  const paid = await pay('done');
  await pay('declined');
  rail.inquiries = [{ kind: 'done', approvalCode: 8 }];
  await pay('found');
  await world.service.resolve(await pay('lost'), { moved: true, reason: 'line 7' });
  rail.refunds = [
    { kind: 'pending' },
    { kind: 'declined', reason: 'do-not-honour' },
    { kind: 'done', approvalCode: 0 },
  ];
  for (const key of ['pending', 'declined', 'done']) {
    const asked = world.service.refund(paid, { key, amount: eur(100) }, 5 * SECOND);
    await world.clock.advance(6 * SECOND);
    await asked;
  }
  rail.notices = [{ key: `${paid}:refund-1`, outcome: { kind: 'done', approvalCode: 0 } }];
  await world.service.notice('card', new Uint8Array());
  await world.clock.advance(24 * HOUR);
  return { calls: rail.calls, ...(await seen(world, [customer])) };
}

/** What can be seen of a service from outside. Ids are told by their place, because each run draws others. */
async function seen(world: World, subscribers: readonly Subscriber[]) {
  const { service } = world;
  const payments = (await service.payments({ limit: 100 })).toReversed();
  const refunds = await Promise.all(payments.map((payment) => service.refunds(payment)));
  const devices = await Promise.all(subscribers.map(({ person }) => service.devices(person.id)));
  const logins = await service.authentications.list({ id: partyId(1) }, { limit: 100 });
  const ids = [
    ...payments.map(({ txn }) => txn),
    ...logins.toReversed().map(({ id }) => id),
    ...devices.flat().map(({ id }) => String(id)),
  ];
  const told = JSON.stringify({
    payments: payments.map(({ state, reason, approvalCode, refunded }) => [state, reason, approvalCode, refunded]),
    logins: logins.map(({ key, state, reason }) => [key, state, reason]),
    refunds: refunds.flat().map(({ railKey, state, amount }) => [railKey, state, amount]),
    devices: devices.flat().map(({ id, state, highestCtr, failuresInRow }) => [id, state, highestCtr, failuresInRow]),
    holdings: await Promise.all(subscribers.map(({ person }) => service.holdings(person.id))),
    receipts: subscribers.map(({ phone }) => phone.receipts().map(({ status, triesLeft }) => [status, triesLeft])),
    naks: subscribers.map(({ phone }) =>
      phone.received.flatMap((message) => (message.type === 'NAK' ? message.code : [])),
    ),
    journal: world.journal,
    frames: world.air.sent.length,
  });
  await service.close();
  expect(await world.breaches()).toEqual([]);
  return JSON.parse(ids.reduce((text, id, place) => text.replaceAll(id, `99000${place}`), told));
}
