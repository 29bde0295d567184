import { describe, expect, it } from 'vitest';
import { type Amount, type Currency, hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import { DEPOSIT, PIN, shop } from '../world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const eur = (minor: number): Amount => ({ minor, currency: 'EUR' });
/** A ref that only this number has. */
const refNo = (number: number) => octetsOf(number.toString(16).padStart(16, '0'));

/** A shop whose customer asks for the balance; what the service sends from now on is counted. */
async function asking() {
  const base = await shop();
  const { world, customer } = base;
  const { phone } = customer;
  const { sent } = world.air;
  sent.length = 0;
  phone.received.length = 0;
  const ask = async (number: number) => {
    phone.query(refNo(number), 'balance');
    await world.clock.advance(3_000);
    return phone.received.at(-1);
  };
  const repeat = async (frame?: Uint8Array) => {
    phone.repeat(frame);
    await world.clock.advance(3_000);
  };
  const frames = () => sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
  return { ...base, phone, sent, ask, repeat, frames };
}

describe('a customer who asks for the balance', () => {
  it('gets it in one SMS, with the ref of the query and the time of the service', async () => {
    const { world, ask, sent } = await asking();
    expect(await ask(1)).toEqual({
      type: 'BALANCE',
      time: Math.floor(world.clock.now() / 1000) - 2,
      ref: refNo(1),
      amounts: [DEPOSIT],
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.statusReport).toBeUndefined();
  });

  it('gets the new one after a payment', async () => {
    const { world, merchant, phone, ask } = await asking();
    await world.request(merchant);
    await world.clock.advance(2_000);
    phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(await ask(1)).toMatchObject({ amounts: [eur(DEPOSIT.minor - 1_250)] });
  });

  it('sees one amount a currency, also one that is spent, and nothing of other people', async () => {
    const { world, customer, ask } = await asking();
    const other = await world.subscriber('+393400000005', '55555');
    await world.service.deposit(other.person.id, { minor: 7, currency: 'USD' }, 'theirs');
    await world.service.deposit(customer.person.id, { minor: 300, currency: 'JPY' }, 'yen');
    await world.service.deposit(customer.person.id, { minor: 1, currency: 'JPY' }, 'more yen');
    expect(await ask(1)).toMatchObject({ amounts: [DEPOSIT, { minor: 301, currency: 'JPY' }] });
  });

  it('who never had money sees nothing', async () => {
    const { world } = await asking();
    const person = await world.service.addPerson({ number: '+393400000006', name: 'Carlo', language: 'it' });
    const { phone } = await world.enrolPhone(person);
    phone.query(refNo(1), 'balance');
    await world.clock.advance(3_000);
    expect(phone.received.at(-1)).toMatchObject({ type: 'BALANCE', amounts: [] });
  });

  it('and has more currencies than an SMS takes sees those with money first', async () => {
    const { world, customer, merchant, phone, ask } = await asking();
    const order = { amount: DEPOSIT };
    await world.request(merchant, order);
    await world.clock.advance(2_000);
    phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(await ask(1)).toMatchObject({ amounts: [eur(0)] });
    const others: readonly Currency[] = ['AUD', 'BHD', 'BRL', 'CAD', 'CHF', 'GBP', 'JPY', 'USD', 'ZAR'];
    for (const currency of others) await world.service.deposit(customer.person.id, { minor: 5, currency }, currency);
    expect(await ask(2)).toMatchObject({ amounts: others.map((currency) => ({ minor: 5, currency })) });
  });

  it('and has more than a message can say sees the most that it can', async () => {
    const { world, customer, ask } = await asking();
    for (const reference of ['a', 'b'])
      await world.service.deposit(customer.person.id, { minor: 2 ** 40 - 1, currency: 'XOF' }, reference);
    expect(await ask(1)).toMatchObject({ amounts: [DEPOSIT, { minor: 2 ** 40 - 1, currency: 'XOF' }] });
  });

  it('moves no money and leaves no event', async () => {
    const { world, ask } = await asking();
    const events = world.journal.length;
    await ask(1);
    expect(world.journal).toHaveLength(events);
    expect(await world.breaches()).toEqual([]);
  });
});

describe('the same query again', () => {
  it('gets the same frame, though the balance is another one now', async () => {
    const { world, customer, phone, ask, repeat, frames } = await asking();
    await ask(1);
    await world.service.deposit(customer.person.id, eur(500), 'second');
    await repeat();
    await repeat();
    const [first, ...others] = frames();
    expect(others).toEqual([first, first]);
    expect(phone.received.at(-1)).toMatchObject({ amounts: [DEPOSIT] });
  });

  it('gets it under a new counter too', async () => {
    const { ask, frames } = await asking();
    await ask(1);
    await ask(1);
    expect(frames()[1]).toBe(frames()[0]);
  });

  it('that comes twice before the answer has left gets one SMS', async () => {
    const { world, phone, sent } = await asking();
    world.air.fate = () => ({ kind: 'failed', reason: 'no network', retry: true });
    phone.query(refNo(1), 'balance');
    await world.clock.advance(2_000);
    world.air.fate = () => 'deliver';
    sent.length = 0;
    phone.repeat();
    phone.repeat();
    await world.clock.advance(20_000);
    expect(sent).toHaveLength(1);
    expect(phone.received).toHaveLength(1);
  });

  it('is answered four times in all, and then no more', async () => {
    const { ask, repeat, sent } = await asking();
    await ask(1);
    for (let times = 0; times < 6; times += 1) await repeat();
    expect(sent).toHaveLength(4);
  });

  it('is known after a restart', async () => {
    const { world, customer, ask, repeat, frames } = await asking();
    await ask(1);
    world.kill();
    await world.open();
    await world.service.deposit(customer.person.id, eur(500), 'second');
    await repeat();
    expect(frames()[1]).toBe(frames()[0]);
  });

  it('of a week ago still gets the answer of then', async () => {
    const { world, phone, ask, repeat, frames } = await asking();
    await ask(1);
    const [first] = phone.sent.slice(-1);
    await world.clock.advance(7 * DAY);
    await ask(2);
    await repeat(first);
    expect(frames()[2]).toBe(frames()[0]);
  });

  it("of another phone with this ref gets that phone's own answer", async () => {
    const { world, ask } = await asking();
    const other = await world.subscriber('+393400000005', '55555');
    await ask(1);
    await world.service.deposit(other.person.id, eur(1), 'second');
    other.phone.query(refNo(1), 'balance');
    await world.clock.advance(3_000);
    expect(other.phone.received.at(-1)).toMatchObject({ amounts: [eur(DEPOSIT.minor + 1)] });
  });
});

describe('the limit', () => {
  it('is ten a day and phone: the eleventh hears NAK, a day after the first there is one more', async () => {
    const { world, ask, sent } = await asking();
    for (let number = 1; number <= 10; number += 1) {
      expect(await ask(number)).toMatchObject({ type: 'BALANCE', ref: refNo(number) });
      await world.clock.advance(HOUR);
    }
    expect(await ask(11)).toMatchObject({
      type: 'NAK',
      ref: refNo(11),
      code: 'limit',
      argument: 0,
      text: expect.stringMatching(/./),
    });
    expect(sent).toHaveLength(11);
    const other = await world.subscriber('+393400000005', '55555');
    other.phone.query(refNo(1), 'balance');
    await world.clock.advance(3_000);
    expect(other.phone.received.at(-1)).toMatchObject({ type: 'BALANCE' });

    await world.clock.advance(DAY - 10 * HOUR - 60_000);
    expect(await ask(12)).toMatchObject({ type: 'NAK', code: 'limit' });
    await world.clock.advance(60_000);
    expect(await ask(13)).toMatchObject({ type: 'BALANCE' });
    expect(await ask(14)).toMatchObject({ type: 'NAK', code: 'limit' });
  });

  it('does not count repetitions, and a NAK is repeated as it is when the day is over', async () => {
    const { world, phone, ask, repeat, frames } = await asking();
    await ask(1);
    await repeat();
    for (let number = 2; number <= 10; number += 1) expect(await ask(number)).toMatchObject({ type: 'BALANCE' });
    await ask(11);
    const refused = frames().at(-1);
    await world.clock.advance(2 * DAY);
    await repeat(phone.sent.at(-1));
    expect(frames().at(-1)).toBe(refused);
    expect(await ask(12)).toMatchObject({ type: 'BALANCE' });
  });
});

describe('a phone that is not active', () => {
  it('because it is blocked, hears NAK', async () => {
    const { world, merchant, phone, ask } = await asking();
    for (const mref of ['a', 'b']) {
      await world.request(merchant, { mref });
      await world.clock.advance(2_000);
      for (const pin of ['11111', '11112', '11113']) {
        phone.approve(pin);
        await world.clock.advance(3_000);
      }
    }
    expect(await ask(1)).toMatchObject({ type: 'NAK', ref: refNo(1), code: 'blocked' });
    await world.clock.advance(HOUR);
    expect(await ask(2)).toMatchObject({ type: 'BALANCE' });
  });

  it('because its enrolment is not confirmed, hears nothing', async () => {
    const { world } = await asking();
    const person = await world.service.addPerson({ number: '+393400000006', name: 'Carlo', language: 'it' });
    const phone = world.phone(person.number);
    const { deviceId, activationCode } = await world.service.activate(person.id);
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3_000);
    phone.query(refNo(1), 'balance');
    await world.clock.advance(3_000);
    expect(phone.received.map(({ type }) => type)).toEqual(['AUTH_REQUEST']);
  });

  it('because another took its place, hears nothing', async () => {
    const { world, customer, phone, sent } = await asking();
    await world.enrolPhone(customer.person);
    sent.length = 0;
    phone.query(refNo(1), 'balance');
    await world.clock.advance(3_000);
    expect(sent).toEqual([]);
  });
});

it('a query of another kind with the ref of a balance gets no balance', async () => {
  const { world, phone, ask } = await asking();
  await ask(1);
  phone.query(refNo(1), 'payment');
  await world.clock.advance(3_000);
  expect(phone.received.at(-1)).toMatchObject({ type: 'NAK', code: 'unknown-reference' });
});
