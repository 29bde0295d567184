import { describe, expect, it } from 'vitest';
import type { Admin, AdminCommand } from '../../../device/safe-mobile/index.ts';
import { adminText, encodeDown, hexOf, verifySignature } from '../../../device/safe-mobile/index.ts';
import { type Person, servicePrimitives } from '../../../server/index.ts';
import type { TestPhone } from '../phone.ts';
import { DAY, rotate } from '../rotate.ts';
import { MERCHANT_NUMBER, PIN, type Subscriber, shop, type World } from '../world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

function orders({ received }: TestPhone): readonly Admin[] {
  return received.filter((message): message is Admin => message.type === 'ADMIN');
}

/** Says that the phone has carried out the last order. */
async function confirm(world: World, { phone }: Subscriber, order = orders(phone).at(-1)): Promise<void> {
  if (order === undefined) throw new Error('there was no order');
  phone.query(order.ref, 'request');
  await world.clock.advance(3 * SECOND);
}

async function theft() {
  const { world, customer, merchant } = await shop();
  const give = async (command: AdminCommand) => {
    const given = await world.service.phoneOrders.give(customer.person.id, command);
    if (given === undefined) throw new Error('nobody was told');
    await world.clock.advance(3 * SECOND);
    return given;
  };
  const device = async () => (await world.service.devices(customer.person.id)).at(-1);
  const ask = async (mref: string) => {
    const payment = await world.request(merchant, { mref }).catch((error) => error.code);
    await world.clock.advance(2 * SECOND);
    return payment;
  };
  return { world, customer, merchant, give, device, ask };
}

describe('a phone that is locked', () => {
  it('gets an order that the service has signed for it, and confirms it', async () => {
    const { world, customer, give, device } = await theft();
    const given = await give('lock');
    const [order] = orders(customer.phone);
    expect(orders(customer.phone)).toMatchObject([{ command: 'lock', reason: 0, time: Math.floor(given.at / 1000) }]);
    const text = adminText((await device())?.id ?? 0, encodeDown(order as Admin));
    const { publicKey } = world.keys.signing;
    expect(verifySignature(servicePrimitives(), publicKey, text, (order as Admin).signature)).toBe(true);
    expect(await world.service.phoneOrders.latest(given.deviceId)).toMatchObject({ confirmedAt: undefined });
    await confirm(world, customer);
    expect(await world.service.phoneOrders.latest(given.deviceId)).toMatchObject({
      command: 'lock',
      confirmedAt: world.clock.now() - 2 * SECOND,
    });
    const told = world.journal.flatMap(({ event }) =>
      event.kind === 'order' ? [`${event.command} ${event.state}`] : [],
    );
    expect(told).toEqual(['lock sent', 'lock confirmed']);
  });

  it('pays nothing from that moment on: its open request is cancelled, and an approval of it is not judged', async () => {
    const { world, customer, give, device, ask } = await theft();
    const { txn } = await ask('open');
    await give('lock');
    expect(await world.service.payment(txn)).toMatchObject({ state: 'CANCELLED', reason: 'phone-locked' });
    for (const pin of ['00000', PIN]) {
      customer.phone.approve(pin);
      await world.clock.advance(3 * SECOND);
    }
    expect((await world.service.payment(txn)).state).toBe('CANCELLED');
    expect(await device()).toMatchObject({ state: 'active', failuresInRow: 0 });
    expect(await world.service.holdings(customer.person.id)).toEqual([{ minor: 100_000, currency: 'EUR' }]);
  });

  it('pays nothing with an approval that was on its way', async () => {
    const { world, customer, ask } = await theft();
    const { txn } = await ask('open');
    customer.phone.approve(PIN);
    await world.service.phoneOrders.give(customer.person.id, 'lock');
    await world.clock.advance(5 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('CANCELLED');
  });

  it('is asked for nothing, as one of somebody who is no customer, and nothing is written down', async () => {
    const { give, ask, world, merchant } = await theft();
    await give('lock');
    expect(await ask('after')).toBe('customer-unreachable');
    expect(await world.service.payments({ limit: 10, merchantId: merchant.id })).toEqual([]);
  });

  it('gets no answer to anything that it says, also when it was a merchant’s', async () => {
    const { world, customer, give, merchant } = await theft();
    await give('lock');
    await confirm(world, customer);
    const before = world.air.sent.length;
    const says: readonly (() => unknown)[] = [
      () => customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) }),
      () => customer.phone.query(new Uint8Array(8).fill(1), 'balance'),
      () => customer.phone.query(new Uint8Array(8).fill(1), 'request'),
      () =>
        customer.phone.payInit({ kind: 'number', digits: MERCHANT_NUMBER.slice(1) }, { minor: 1, currency: 'EUR' }, ''),
      () => customer.phone.say({ type: 'REFUSE', txn: new Uint8Array(8).fill(2), reason: 'no' }),
      () => customer.phone.sayOctets(new Uint8Array(79).fill(0x7f)),
    ];
    for (const say of says) {
      say();
      await world.clock.advance(2 * MINUTE);
    }
    expect(world.air.sent.length).toBe(before);
    expect(await world.service.payments({ limit: 10, merchantId: merchant.id })).toEqual([]);
  });

  it.each<[string, (phone: TestPhone) => unknown]>([
    ['an approval', (phone) => phone.approve(PIN)],
    ['a message that cannot be read', (phone) => phone.sayOctets(new Uint8Array(79).fill(0x7f))],
    ['a question', (phone) => phone.query(new Uint8Array(8).fill(1), 'balance')],
  ])('gets the order again with its next SMS, when the first was lost: %s', async (_, say) => {
    const { world, customer, give, ask } = await theft();
    await ask('open');
    world.air.fate = ({ content }) => (content.kind === 'data' ? 'lose' : 'deliver');
    await give('lock');
    world.air.fate = () => 'deliver';
    expect(orders(customer.phone)).toEqual([]);
    await world.clock.advance(MINUTE);
    say(customer.phone);
    await world.clock.advance(3 * SECOND);
    expect(orders(customer.phone)).toMatchObject([{ command: 'lock' }]);
  });

  it('gets the same order again: five times with a minute between them, then once a day', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    const says = async (times: number, pause: number) => {
      const before = world.air.sent.length;
      for (let n = 0; n < times; n += 1) {
        customer.phone.query(new Uint8Array(8).fill(1), 'balance');
        await world.clock.advance(pause);
      }
      return world.air.sent.length - before;
    };
    expect(await says(30, 20 * SECOND)).toBe(5);
    expect(await says(24, 3_600 * SECOND)).toBe(0);
    expect(await says(24, 3_600 * SECOND)).toBe(1);
    expect(new Set(orders(customer.phone).map((order) => hexOf(encodeDown(order)))).size).toBe(1);
  });

  it('gets the order once more when an operator gives it again, not within a minute, and not when it was confirmed', async () => {
    const { world, customer, give, device } = await theft();
    const { ref } = await give('lock');
    const lockedAt = (await device())?.lockedAt;
    expect((await give('lock')).ref).toBe(ref);
    expect((await device())?.lockedAt).toBe(lockedAt);
    expect(orders(customer.phone)).toHaveLength(1);
    await world.clock.advance(MINUTE);
    expect((await give('lock')).ref).toBe(ref);
    expect(orders(customer.phone)).toHaveLength(2);
    await confirm(world, customer);
    await world.clock.advance(MINUTE);
    await give('lock');
    expect(orders(customer.phone)).toHaveLength(2);
  });

  it('is not sent again what waits to go out, once the phone has confirmed it', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await world.clock.advance(MINUTE);
    world.air.fate = () => ({ kind: 'failed', reason: 'no network', retry: true });
    await give('lock');
    await confirm(world, customer);
    const tried = world.air.sent.length;
    world.air.fate = () => 'deliver';
    await world.clock.advance(DAY);
    expect(orders(customer.phone)).toHaveLength(1);
    expect(world.air.sent).toHaveLength(tried);
  });

  it('and was replaced is not told again: its number is that of the next one', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await world.enrolPhone(customer.person);
    await world.clock.advance(MINUTE);
    const before = world.air.sent.length;
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(world.air.sent.length).toBe(before);
  });

  it('stays locked over a restart of the service', async () => {
    const { world, give, ask } = await theft();
    await give('lock');
    world.kill();
    await world.open();
    expect(await ask('after')).toBe('customer-unreachable');
  });
});

describe('a phone that is unlocked', () => {
  it('pays again at once, and is told by a newer order, also within the same second', async () => {
    const { world, customer, device, ask } = await theft();
    const { id } = customer.person;
    await world.service.phoneOrders.give(id, 'lock');
    await world.service.phoneOrders.give(id, 'unlock');
    await world.service.phoneOrders.give(id, 'lock');
    await world.service.phoneOrders.give(id, 'unlock');
    await world.clock.advance(5 * SECOND);
    const times = orders(customer.phone).map(({ command, time }) => [command, time] as const);
    expect(times.at(-1)?.[0]).toBe('unlock');
    expect(times.map(([, time]) => time)).toEqual([...new Set(times.map(([, time]) => time))].toSorted());
    expect((await device())?.lockedAt).toBeUndefined();
    await confirm(world, customer);
    const { txn } = await ask('after');
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
  });

  it('is told once more when an operator gives the order again, until it has confirmed', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await give('unlock');
    await world.clock.advance(MINUTE);
    await give('unlock');
    expect(orders(customer.phone).map(({ command }) => command)).toEqual(['lock', 'unlock', 'unlock']);
    await confirm(world, customer);
    await expect(give('unlock')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is told again when it asks about the lock that it has carried out', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await confirm(world, customer);
    const [lock] = orders(customer.phone);
    world.air.fate = () => 'lose';
    await give('unlock');
    world.air.fate = () => 'deliver';
    await world.clock.advance(MINUTE);
    await confirm(world, customer, lock);
    expect(orders(customer.phone).map(({ command }) => command)).toEqual(['lock', 'unlock']);
  });

  it('is told again, when its flash was put back to the lock, also after it had confirmed both', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await confirm(world, customer);
    await give('unlock');
    await confirm(world, customer);
    const [lock] = orders(customer.phone);
    await world.clock.advance(MINUTE);
    await confirm(world, customer, lock);
    expect(orders(customer.phone).map(({ command }) => command)).toEqual(['lock', 'unlock', 'unlock']);
    await confirm(world, customer);
    const before = world.air.sent.length;
    await confirm(world, customer);
    expect(world.air.sent.length).toBe(before);
  });

  it('keeps the block that wrong PINs have brought, and the phone that nobody locked cannot be unlocked', async () => {
    const { world, customer, give, device, ask } = await theft();
    await expect(give('unlock')).rejects.toMatchObject({ code: 'conflict', message: 'person 1 has no locked phone' });
    for (const mref of ['a', 'b']) {
      await ask(mref);
      for (const pin of ['00001', '00002', '00003']) {
        customer.phone.approve(pin);
        await world.clock.advance(3 * SECOND);
      }
    }
    expect((await device())?.state).toBe('blocked');
    await give('lock');
    await give('unlock');
    expect(await device()).toMatchObject({ state: 'blocked', lockedAt: undefined });
    expect(await ask('c')).toBe('customer-unreachable');
  });
});

describe('a phone that is wiped', () => {
  it('is revoked at once, gets its order, and is heard only until it has confirmed', async () => {
    const { world, customer, give, device, ask } = await theft();
    const { txn } = await ask('open');
    const { deviceId } = await give('wipe');
    expect(await device()).toMatchObject({ state: 'revoked' });
    expect((await world.service.payment(txn)).state).toBe('CANCELLED');
    expect(orders(customer.phone)).toMatchObject([{ command: 'wipe' }]);
    expect(await ask('after')).toBe('customer-unreachable');
    await world.clock.advance(MINUTE);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect(orders(customer.phone)).toHaveLength(2);
    await confirm(world, customer);
    expect(await world.service.phoneOrders.latest(deviceId)).toMatchObject({ confirmedAt: expect.any(Number) });
    const before = world.air.sent.length;
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(world.air.sent.length).toBe(before);
  });

  it('may be told once more, and then the person enrols anew; the order to the phone before ends', async () => {
    const { world, customer, give, ask } = await theft();
    await give('wipe');
    await world.clock.advance(MINUTE);
    await give('wipe');
    expect(orders(customer.phone)).toHaveLength(2);
    const revoked = world.journal.filter(({ event }) => event.kind === 'device' && event.state === 'revoked');
    expect(revoked).toHaveLength(1);
    const renewed = await world.enrolPhone(customer.person);
    expect(await ask('after')).toMatchObject({ state: 'REQUESTED' });
    expect(orders(renewed.phone)).toEqual([]);
    await world.service.phoneOrders.give(customer.person.id, 'lock');
  });

  it('is not the new one when the stolen one was replaced: which one has to be said', async () => {
    const { world, customer, give } = await theft();
    const old = (await world.service.devices(customer.person.id)).at(-1)?.id ?? 0;
    await world.enrolPhone(customer.person);
    const present = (await world.service.devices(customer.person.id)).at(-1)?.id ?? 0;
    const wipe = (device?: number) => world.service.phoneOrders.give(customer.person.id, 'wipe', undefined, device);
    await expect(wipe()).rejects.toMatchObject({
      code: 'conflict',
      message: `person 1 has had 2 phones; ${present} is in use, ${old} revoked: say which one (device)`,
    });
    await expect(wipe(old)).rejects.toMatchObject({
      code: 'conflict',
      message: `phone ${old} is revoked: nothing can be paid with it`,
    });
    await expect(wipe(4_711)).rejects.toMatchObject({ message: 'phone 4711 is not of this person' });
    expect((await world.service.devices(customer.person.id)).map(({ state }) => state)).toEqual(['revoked', 'active']);
    await give('lock');
    expect(await wipe(present)).toMatchObject({ deviceId: present });
    expect((await wipe(present))?.deviceId).toBe(present);
    await expect(world.service.phoneOrders.give(customer.person.id, 'lock', undefined, present)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it.each<AdminCommand>(['lock', 'unlock', 'wipe'])(
    'cannot be, with %s, of somebody without a phone',
    async (command) => {
      const { world } = await theft();
      const nobody = await world.service.addPerson({ number: '+393400000077', name: 'Carla', language: 'en' });
      await expect(world.service.phoneOrders.give(nobody.id, command)).rejects.toMatchObject({ code: 'conflict' });
      await expect(world.service.phoneOrders.give(999, command)).rejects.toMatchObject({ code: 'not-found' });
    },
  );
});

describe('an activation that is not finished', () => {
  const begin = async (world: World, { id, number }: Person, steps: 'registered' | 'enrolling') => {
    const { deviceId, activationCode } = await world.service.activate(id);
    const phone = world.phone(number);
    if (steps === 'enrolling') {
      phone.enrol(deviceId, activationCode, PIN);
      await world.clock.advance(3 * SECOND);
    }
    return { phone, deviceId, activationCode };
  };

  it.each([
    ['lock', 'registered'],
    ['lock', 'enrolling'],
    ['wipe', 'registered'],
    ['wipe', 'enrolling'],
  ] as const)('ends with %s, when it is %s: a thief with the number cannot finish it', async (command, steps) => {
    const { world, customer, give } = await theft();
    const { phone, deviceId, activationCode } = await begin(world, customer.person, steps);
    // The order is for the phone before, which has the number no more.
    world.air.fate = () => 'lose';
    await give(command);
    const asked = "SELECT count(*) AS n FROM challenge WHERE state = 'asked'";
    expect(await world.look((tx) => tx.get(asked, (row) => row.integer('n')))).toBe(0);
    if (steps === 'enrolling') phone.approve(PIN);
    else phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.devices(customer.person.id)).map(({ state }) => state)).toEqual([
      command === 'lock' ? 'active' : 'revoked',
      'revoked',
    ]);
  });

  it('goes on with unlock', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await begin(world, customer.person, 'registered');
    world.air.fate = () => 'lose';
    await give('unlock');
    expect((await world.service.devices(customer.person.id)).map(({ state }) => state)).toEqual([
      'active',
      'registered',
    ]);
  });

  it.each(['registered', 'enrolling'] as const)(
    'ends with lock, of a person who has no other phone: %s',
    async (steps) => {
      const { world } = await theft();
      const nobody = await world.service.addPerson({ number: '+393400000077', name: 'Carla', language: 'en' });
      await begin(world, nobody, steps);
      expect(await world.service.phoneOrders.give(nobody.id, 'lock')).toBeUndefined();
      expect((await world.service.devices(nobody.id)).map(({ state }) => state)).toEqual(['revoked']);
      await expect(world.service.phoneOrders.give(nobody.id, 'lock')).rejects.toMatchObject({ code: 'conflict' });
    },
  );
});

describe('an order after other keys of the service', () => {
  it.each<[AdminCommand, number]>([
    ['lock', 0],
    ['wipe', 0],
    ['wipe', 90],
  ])('%s reaches a phone that has not heard of them, %d days before the end of those before', async (command, days) => {
    const { world, customer, give } = await theft();
    const { phone } = customer;
    await rotate(world, 'sealing', days * DAY);
    const { key } = await rotate(world, 'signing', days * DAY);
    world.air.fate = () => 'lose';
    const { deviceId } = await give(command);
    world.air.fate = () => 'deliver';
    await world.clock.advance(MINUTE);
    phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    const [order] = orders(phone);
    expect(order?.command).toBe(command);
    expect(phone.announcements.map((frame) => frame[1])).toEqual(expect.arrayContaining([1, 2]));
    const text = adminText(deviceId, encodeDown(order as Admin));
    const signers = phone.believed.filter(({ what, notAfter }) => what === 2 && notAfter === 0xffff_ffff);
    expect(signers.map((one) => hexOf(one.key))).toContain(hexOf(key.publicKey));
    expect(signers.some((one) => verifySignature(servicePrimitives(), one.key, text, (order as Admin).signature))).toBe(
      true,
    );
    await confirm(world, customer);
    expect(await world.service.phoneOrders.latest(deviceId)).toMatchObject({ confirmedAt: expect.any(Number) });
  });

  it('is preceded by the key that signs it, for a phone that says nothing', async () => {
    const { world, customer, give, device } = await theft();
    const { key, announcement } = await rotate(world, 'signing', 0);
    await give('wipe');
    // Then the end of the key before, with which the service does not sign any more.
    expect(customer.phone.announcements).toEqual([announcement, expect.anything()]);
    const [order] = orders(customer.phone);
    const text = adminText((await device())?.id ?? 0, encodeDown(order as Admin));
    expect(verifySignature(servicePrimitives(), key.publicKey, text, (order as Admin).signature)).toBe(true);
  });

  it('that was sealed and signed before them is sealed and signed anew', async () => {
    const { world, customer, give, device } = await theft();
    world.air.fate = () => 'lose';
    await give('wipe');
    world.air.fate = () => 'deliver';
    const { key } = await rotate(world, 'signing', 0);
    await world.clock.advance(MINUTE);
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    const [order] = orders(customer.phone);
    const text = adminText((await device())?.id ?? 0, encodeDown(order as Admin));
    expect(verifySignature(servicePrimitives(), key.publicKey, text, (order as Admin).signature)).toBe(true);
  });
});

describe('a confirmation', () => {
  it('of an order of another phone, or of none, counts for nothing', async () => {
    const { world, customer, give } = await theft();
    const other = await world.subscriber(MERCHANT_NUMBER);
    const { deviceId, ref } = await give('lock');
    await confirm(world, other, orders(customer.phone).at(-1));
    await confirm(world, customer, { ...(orders(customer.phone)[0] as Admin), ref: new Uint8Array(8).fill(9) });
    expect(await world.service.phoneOrders.latest(deviceId)).toMatchObject({ confirmedAt: undefined });
    expect(ref).toBe(hexOf(orders(customer.phone)[0]?.ref ?? new Uint8Array()));
  });

  it('that comes again is answered by nothing', async () => {
    const { world, customer, give } = await theft();
    await give('lock');
    await give('unlock');
    await confirm(world, customer);
    const before = world.air.sent.length;
    await confirm(world, customer);
    expect(world.air.sent.length).toBe(before);
  });
});

describe('the API', () => {
  it('gives orders by role, shows them, and the audit log has them', async () => {
    const { world, customer } = await theft();
    const ask = (method: 'GET' | 'POST', url: string, key = world.adminKey) =>
      world.service.http.inject({ method, url, headers: { authorization: `Bearer ${key}` } });
    const { apiKey } = await world.service.operators.add({ name: 'anna', role: 'clerk' });
    const url = `/v1/people/${customer.person.id}`;
    const locked = (await ask('POST', `${url}/lock`, apiKey)).json().devices[0];
    expect(locked).toMatchObject({ state: 'active', lockedAt: expect.any(String), order: { command: 'lock' } });
    expect(locked.order.confirmedAt).toBeUndefined();
    expect((await ask('POST', `${url}/unlock`, apiKey)).statusCode).toBe(403);
    await world.clock.advance(3 * SECOND);
    await confirm(world, customer);
    expect((await ask('GET', url)).json().devices[0].order.confirmedAt).toEqual(expect.any(String));
    expect((await ask('POST', `${url}/unlock`)).json().devices[0].lockedAt).toBeUndefined();
    expect((await ask('POST', `${url}/wipe`)).json().devices[0]).toMatchObject({
      state: 'revoked',
      order: { command: 'wipe' },
    });
    const rows = await world.look((tx) =>
      tx.all(
        "SELECT route, subject, outcome FROM audit WHERE route LIKE '%lock' OR route LIKE '%wipe' ORDER BY seq",
        (row) => [row.text('route'), row.text('subject'), row.text('outcome')],
      ),
    );
    const subject = `person:1 device:${locked.deviceId}`;
    expect(rows).toEqual([
      ['POST /v1/people/:id/lock', subject, 'done'],
      ['POST /v1/people/:id/unlock', '/v1/people/:id/unlock', 'refused 403'],
      ['POST /v1/people/:id/unlock', subject, 'done'],
      ['POST /v1/people/:id/wipe', subject, 'done'],
    ]);
  });
});
