import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import type { Clock } from '../../../modem/index.ts';
import type { KeyUse } from '../../../server/keyring/generation.ts';
import { MOMENTS } from '../../../server/upkeep/clock-ahead.ts';
import { rows, write } from '../database.ts';
import { announcementOf, DAY, rotate, signed } from '../rotate.ts';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const YEAR = 365 * DAY;

/** A shop whose service has a clock that can be set wrong. */
async function shopWithClock() {
  const ahead = { ms: 0 };
  const made: { world?: World } = {};
  const clock: Clock = {
    now: () => (made.world?.clock.now() ?? 0) + ahead.ms,
    after: (delay, task) => made.world?.clock.after(delay, task) ?? (() => {}),
  };
  const world = new World(1, { clock });
  made.world = world;
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const { merchant } = await world.merchant();
  const says = async () => {
    customer.phone.query(new Uint8Array(8).fill(world.air.sent.length), 'balance');
    await world.clock.advance(3 * SECOND);
  };
  const wrongPins = async (times: number) => {
    for (let n = 0; n < times; n += 1) {
      customer.phone.approve('00000');
      await world.clock.advance(3 * SECOND);
    }
  };
  const ask = async (mref: string) => {
    const payment = await world.request(merchant, { mref });
    await world.clock.advance(2 * SECOND);
    return payment.txn;
  };
  return { world, customer, merchant, ahead, says, wrongPins, ask };
}

const alarms = (world: World) =>
  world.journal.flatMap(({ event }) => (event.kind === 'alarm' && event.alarm === 'clock-was-ahead' ? [event] : []));

describe('a clock that was ahead and was put right', () => {
  it('leaves nothing that is later than it can be: each moment of the table, in a database where each is there', async () => {
    const { world, customer, merchant, ahead, says, wrongPins, ask } = await shopWithClock();
    const other = await world.subscriber('+393400000009');
    await rotate(world, 'sealing', 10 * YEAR);
    ahead.ms = 2 * YEAR;
    await says();
    await world.request(merchant, { mref: 'not-me', customer: other.person.number });
    await world.clock.advance(2 * SECOND);
    other.phone.refuse('not-me');
    await world.clock.advance(3 * SECOND);
    await world.service.activate(customer.person.id);
    await ask('open');
    await wrongPins(1);
    await world.service.merchantKeys.rotate(merchant.id, 7 * DAY);
    const { party } = await world.service.parties.add({
      name: 'Banca',
      shortName: 'Banca',
      kinds: ['login'],
      requestsADay: 9,
    });
    await world.service.parties.keys.rotate(party.id, 7 * DAY);
    const order = { kind: 'login', key: 'a', who: '+393409999999', title: 'Conto' } as const;
    await world.service.authentications.request(party, order);
    await world.service.parties.ciba.authorize(party, { scope: 'openid', login_hint: '+393409999999' });
    const { database } = world;
    const now = world.clock.now();
    await write(
      database,
      `UPDATE device SET blocked_until = ${now + 3 * YEAR}, unbidden_alarm_at = ${now + YEAR}, activated_at = ${now + YEAR}`,
      `UPDATE vault SET changed_at = ${now + YEAR}`,
      `UPDATE ciba_request SET polled_at = ${now + YEAR}, due = ${now + YEAR}`,
      `INSERT INTO pin_change (device_id, pcid, state, ctr, changed_at) SELECT id, '00', 'changed', 1, ${now + YEAR} FROM device`,
      `INSERT INTO cash_register (terminal, merchant_id, customer_until, begun_at)
       VALUES ('12345678', ${merchant.id}, ${now + YEAR}, ${now + YEAR})`,
      `INSERT INTO device_order (ref, device_id, command, time, at, sent_at)
       SELECT CAST(id AS TEXT), id, 'lock', 1, 1, ${now + YEAR} FROM device`,
      ...['receipt-repeat', 'inbox-retry', 'device-unblock', 'attempt'].map(
        (kind) => `INSERT INTO timer (kind, subject, due) VALUES ('${kind}', 'none', ${now + 5 * YEAR})`,
      ),
    );
    const late = async ({ table, column, most, of = 'TRUE' }: (typeof MOMENTS)[number], slack: number) =>
      rows(database, `SELECT ${column} FROM ${table} WHERE ${column} > ${world.clock.now() + most + slack} AND ${of}`);
    const before = await Promise.all(MOMENTS.map((moment) => late(moment, YEAR / 2)));
    expect(MOMENTS.filter((_, index) => before[index]?.length === 0)).toEqual([]);
    world.kill();
    ahead.ms = 0;
    await world.open(database);
    for (const moment of MOMENTS) expect([moment, await late(moment, 0)]).toEqual([moment, []]);
    expect(alarms(world)).toHaveLength(1);
  });

  it('changes nothing, and is no alarm, when it was right', async () => {
    const { world, customer, says, wrongPins, ask } = await shopWithClock();
    await rotate(world, 'sealing');
    await says();
    await world.service.phoneOrders.give(customer.person.id, 'lock');
    await world.service.phoneOrders.give(customer.person.id, 'unlock');
    await world.service.activate(customer.person.id);
    await ask('open');
    await wrongPins(1);
    const { database } = world;
    // The last pause of a receipt that nobody has confirmed is a day.
    const due = world.clock.now() + DAY - SECOND;
    await write(database, `INSERT INTO timer (kind, subject, due) VALUES ('receipt-repeat', '1 none', ${due})`);
    const moments = () =>
      Promise.all(MOMENTS.map(({ table, column }) => rows(database, `SELECT ${column} FROM ${table}`)));
    const before = await moments();
    world.kill();
    await world.open(database);
    expect(await moments()).toEqual(before);
    expect(alarms(world)).toEqual([]);
  });

  it.each([2 * HOUR, 200 * DAY])(
    'or that is behind by %d ms: a block, wrong PINs and activations stay as they are',
    async (behind) => {
      const { world, customer, ahead, wrongPins, ask } = await shopWithClock();
      await ask('first');
      await wrongPins(3);
      await ask('second');
      await wrongPins(2);
      await world.service.activate(customer.person.id);
      const protects = () =>
        Promise.all(
          [
            'SELECT created_at, activated_at, code_expires_at, blocked_until, state FROM device ORDER BY id',
            'SELECT at FROM pin_failure ORDER BY at',
            "SELECT due FROM timer WHERE kind = 'device-unblock'",
          ].map((sql) => rows(world.database, sql)),
        );
      const before = await protects();
      expect(before.every((found) => found.length > 0)).toBe(true);
      world.kill();
      ahead.ms = -behind;
      await world.open(world.database);
      await world.clock.advance(MINUTE);
      ahead.ms = 0;
      await world.clock.advance(MINUTE);
      expect(await protects()).toEqual(before);
      expect((await world.service.devices(customer.person.id))[0]?.state).toBe('blocked');
    },
  );

  it('ends the API key before within the week that an old key may work at most', async () => {
    const { world, merchant, ahead } = await shopWithClock();
    ahead.ms = 2 * YEAR;
    await world.service.merchantKeys.rotate(merchant.id, 7 * DAY);
    world.kill();
    ahead.ms = 0;
    await world.open(world.database);
    const [kept] = await rows(world.database, 'SELECT old_key_until AS until FROM merchant');
    expect(Number(kept?.['until'])).toBe(world.clock.now() + 7 * DAY);
    expect(alarms(world)).toHaveLength(1);
  });

  it.each([
    ['then', 2 * HOUR, [true]],
    ['when it was right', 0, [false]],
  ])('asks the network whether the phone has the receipt of what was asked for %s', async (_, aheadMs, reports) => {
    const { world, customer, ahead, ask } = await shopWithClock();
    ahead.ms = aheadMs;
    await ask('a');
    ahead.ms = 0;
    world.air.sent.length = 0;
    customer.phone.approve(PIN);
    await world.clock.advance(2 * SECOND);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
    expect(world.air.sent.map(({ statusReport }) => statusReport === true)).toEqual(reports);
  });

  it('gives the phone a receipt of then made anew when the key that signed it has ended since', async () => {
    const { world, customer, ahead, says, ask } = await shopWithClock();
    ahead.ms = 2 * HOUR;
    const txn = await ask('then');
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    ahead.ms = 0;
    await rotate(world, 'signing', MINUTE);
    for (let n = 0; n < 2; n += 1) await says();
    // By now the clock has passed the time of the receipt.
    await world.clock.advance(3 * HOUR);
    const paid = () => customer.phone.receipts().filter(({ status }) => status === 'paid').length;
    expect(paid()).toBe(1);
    customer.phone.query(octetsOf(txn));
    await world.clock.advance(3 * SECOND);
    expect(paid()).toBe(2);
  });

  it('lets a question end that was asked then', async () => {
    const { world, merchant, ahead, ask } = await shopWithClock();
    ahead.ms = 2 * YEAR;
    const open = await ask('open');
    ahead.ms = 0;
    // Something is written down that is due: then it is seen that the clock was put back.
    const other = await world.subscriber('+393400000009');
    await world.request(merchant, { mref: 'other', customer: other.person.number });
    await world.clock.advance(2 * HOUR);
    expect((await world.service.payment(open)).state).toBe('EXPIRED');
  });

  it.each([2 * SECOND, 2 * HOUR, 2 * YEAR])('by %d ms does not keep an order or an announcement back', async (ms) => {
    const { world, customer, ahead, says } = await shopWithClock();
    customer.phone.hearsAnnouncements = false;
    await rotate(world, 'sealing', 10 * YEAR);
    const sent = (octets: number) =>
      world.air.sent.filter(({ content }) => content.kind === 'data' && content.data.length === octets).length;
    ahead.ms = ms;
    await says();
    expect(sent(107)).toBe(1);
    ahead.ms = 0;
    await world.clock.advance(1);
    ahead.ms = -3 * SECOND;
    await says();
    ahead.ms = 0;
    expect(sent(107)).toBe(2);
    await says();
    expect(sent(107)).toBe(2);
    ahead.ms = ms;
    await world.service.phoneOrders.give(customer.person.id, 'lock');
    await world.clock.advance(SECOND);
    ahead.ms = -4 * SECOND;
    const orders = () => customer.phone.received.filter(({ type }) => type === 'ADMIN').length;
    expect(orders()).toBe(1);
    await says();
    expect(orders()).toBe(2);
    await says();
    expect(orders()).toBe(2);
  });
});

describe('a clock that was behind and was put right', () => {
  it.each([2 * HOUR, 200 * DAY])(
    'by %d ms: a question of then is over, a late answer pays nothing, and the next one can be answered',
    async (behind) => {
      const { world, customer, ahead, ask } = await shopWithClock();
      const stateAfter = async (txn: string) => {
        customer.phone.approve(PIN);
        await world.clock.advance(3 * SECOND);
        return (await world.service.payment(txn)).state;
      };
      ahead.ms = -behind;
      const early = await ask('early');
      ahead.ms = 0;
      await world.clock.advance(2 * MINUTE);
      expect((await world.service.payment(early)).state).toBe('EXPIRED');
      expect(await stateAfter(early)).toBe('EXPIRED');
      expect(await stateAfter(await ask('next'))).toBe('CAPTURED');
    },
  );
});

describe.each<KeyUse>(['sealing', 'signing'])('a %s key that was made while the clock was behind', (use) => {
  /** A customer who is registered, by the clock, after the beginning of a key that is made later. */
  async function behind() {
    const made = await shopWithClock();
    const { world, customer, ahead, ask } = made;
    ahead.ms = -HOUR;
    const pay = async (mref: string) => {
      const txn = await ask(mref);
      customer.phone.approve(PIN);
      await world.clock.advance(3 * SECOND);
      return [(await world.service.payment(txn)).state, customer.phone.receipts().at(-1)?.status];
    };
    const kidOfPhone = async () => {
      const [device] = await world.service.devices(customer.person.id);
      return use === 'sealing' ? device?.sealingKid : device?.signingKid;
    };
    return { ...made, pay, kidOfPhone };
  }

  it('is not that of the descriptor: receipts come, and it is told', async () => {
    const { world, customer, pay, kidOfPhone } = await behind();
    customer.phone.hearsAnnouncements = false;
    const { key } = await rotate(world, use);
    expect(await pay('deaf')).toEqual(['CAPTURED', 'paid']);
    expect(await kidOfPhone()).toBe(1);
    customer.phone.hearsAnnouncements = true;
    await world.clock.advance(DAY);
    expect(await pay('hears')).toEqual(['CAPTURED', 'paid']);
    expect(await pay('has heard')).toEqual(['CAPTURED', 'paid']);
    expect(await kidOfPhone()).toBe(key.kid);
  });

  it('is told with the end of that of the descriptor', async () => {
    const { world, customer, says } = await behind();
    const { ends } = await rotate(world, use, 10 * DAY);
    for (let n = 0; n < 3; n += 1) await says();
    expect(customer.phone.announcements).toContainEqual(ends[0]);
  });

  it('is told again to a phone whose flash was put back, and that has let a question run out', async () => {
    const { world, customer, says, ask } = await behind();
    const { believed } = customer.phone;
    const { announcement } = await rotate(world, use);
    await says();
    await says();
    await world.clock.advance(DAY);
    customer.phone.putBack(believed);
    customer.phone.announcements.length = 0;
    // Only announcements arrive: it could not take a receipt.
    world.air.fate = ({ content }) => (content.kind === 'data' && content.data.length === 107 ? 'deliver' : 'lose');
    await ask('not answered');
    await world.clock.advance(10 * MINUTE);
    expect(customer.phone.announcements).toContainEqual(announcement);
  });
});

it('a phone whose flash was put back has the receipt key of its descriptor, not one that was made while the clock was behind', async () => {
  const { world, customer, ahead, says } = await shopWithClock();
  ahead.ms = -HOUR;
  const { believed } = customer.phone;
  for (const use of ['signing', 'sealing'] as const) {
    await rotate(world, use);
    for (let n = 0; n < 2; n += 1) await says();
  }
  await world.clock.advance(DAY);
  customer.phone.putBack(believed);
  customer.phone.hearsAnnouncements = false;
  const signingKid = async () => (await world.service.devices(customer.person.id))[0]?.signingKid;
  expect(await signingKid()).not.toBe(1);
  await says();
  expect(await signingKid()).toBe(1);
});

describe('a key that was made while the clock was ahead', () => {
  it('and was not signed is signed when the clock is right', async () => {
    const { world, customer, merchant, ahead } = await shopWithClock();
    ahead.ms = 400 * DAY;
    const made = await world.service.keys.prepare('sealing');
    ahead.ms = 0;
    await expect(world.service.keys.announce(signed(world, announcementOf(made)))).rejects.toMatchObject({
      code: 'invalid-request',
    });
    const again = await world.service.keys.prepare('sealing');
    expect([again.kid, again.createdAt]).toEqual([made.kid, world.clock.now()]);
    expect((await world.service.keys.list()).find(({ kid }) => kid === made.kid)?.createdAt).toBe(again.createdAt);
    await world.service.keys.announce(signed(world, announcementOf(again)));
    await world.clock.advance(10 * SECOND);
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    expect(customer.phone.sent.at(-1)?.[1]).toBe(made.kid);
  });

  it.each<[string, boolean]>([
    ['that took it for the latest one', true],
    ['that waits for its time', false],
  ])(
    'and was signed is ended, though it is the latest one, and another one takes its place: for a phone %s',
    async (_, isUsed) => {
      const { world, customer, merchant, ahead, says } = await shopWithClock();
      ahead.ms = 400 * DAY;
      const { key: early } = await rotate(world, 'sealing');
      await says();
      ahead.ms = 0;
      if (isUsed)
        customer.phone.putBack(
          customer.phone.believed.map((one) => (one.kid === early.kid ? { ...one, notBefore: 1 } : one)),
        );
      await says();
      expect(customer.phone.sent.at(-1)?.[1]).toBe(isUsed ? early.kid : 1);
      // Not before the early one has an end: for phones that one would be the later.
      await expect(rotate(world, 'sealing')).rejects.toMatchObject({ code: 'invalid-request' });
      const now = Math.floor(world.clock.now() / 1000);
      const end = signed(world, announcementOf(early, now));
      expect((await world.service.keys.announce(end)).endsAt).toBe((now + 1) * SECOND);
      const { key } = await rotate(world, 'sealing');
      expect(key.createdAt).toBeLessThanOrEqual(world.clock.now());
      const pay = async () => {
        const { txn } = await world.request(merchant);
        await world.clock.advance(2 * SECOND);
        customer.phone.approve(PIN);
        await world.clock.advance(3 * SECOND);
        return (await world.service.payment(txn)).state;
      };
      // The first message may be sealed to the key that has ended: it is answered by the keys that count.
      await says();
      await world.clock.advance(DAY);
      await says();
      const heard = customer.phone.announcements.map((frame) => Buffer.from(frame).toString('hex'));
      expect(heard).toContain(Buffer.from(end).toString('hex'));
      expect(await pay()).toBe('CAPTURED');
      expect(customer.phone.sent.at(-1)?.[1]).toBe(key.kid);
      await world.clock.advance(401 * DAY);
      expect(await pay()).toBe('CAPTURED');
      expect(customer.phone.sent.at(-1)?.[1]).toBe(key.kid);
      expect(customer.phone.kids.at(-1)).toBe(key.kid);
    },
  );

  it('by hours: the next one counts from later on for phones, and can be announced when that time has come', async () => {
    const { world, ahead } = await shopWithClock();
    ahead.ms = 2 * HOUR;
    const { key: early } = await rotate(world, 'signing');
    ahead.ms = 0;
    const made = await world.service.keys.prepare('signing');
    expect(made.createdAt).toBe(early.createdAt + SECOND);
    await world.clock.advance(2 * HOUR);
    const { beginsAt } = await world.service.keys.announce(signed(world, announcementOf(made)));
    expect(beginsAt).toBe(world.clock.now() + 10 * SECOND);
  });

  it('and was ended then does not hide an end that is announced when the clock is right', async () => {
    const { world, customer, ahead, says } = await shopWithClock();
    ahead.ms = 400 * DAY;
    const found = (await rotate(world, 'signing')).ends;
    await says();
    await says();
    ahead.ms = 0;
    expect(found).toHaveLength(1);
    const { ends } = await rotate(world, 'sealing');
    await says();
    await says();
    await says();
    const heard = customer.phone.announcements.map((frame) => Buffer.from(frame).toString('hex'));
    expect(heard).toContain(Buffer.from(ends[0] ?? new Uint8Array()).toString('hex'));
  });
});
