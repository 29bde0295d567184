import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import { openService, type Service, type ServiceOptions } from '../../../server/index.ts';
import { KEY_USES } from '../../../server/keyring/generation.ts';
import { BEGINS_AFTER_MS } from '../../../server/keyring/key-ring.ts';
import { announcementOf, signed } from '../rotate.ts';
import { PIN, SERVICE_NUMBER, shop, type World } from '../world.ts';

const EUR = { currency: 'EUR' } as const;

/** A service of another process on the same database: its clock, random numbers and network may be its own. */
function another(world: World, changed: Partial<ServiceOptions> = {}): Promise<Service> {
  const { database, keys, clock, random } = world;
  return openService({
    ...{ database, keys, clock, number: SERVICE_NUMBER, processName: 'another' },
    random: random.fork('another'),
    hold: (work) => void clock.hold(work),
    ...changed,
  });
}

/** What one process tells another takes real time, and what waits for it virtual time. */
async function eventually<T>(world: World, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 400; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => void systemClock.after(5, resolve));
    await world.clock.advance(100);
  }
  throw new Error('it did not happen');
}

/** A shop whose first process has the modem, and a second process without one. */
async function twoProcesses(changed: Partial<ServiceOptions> = {}) {
  const opened = await shop('two', { alone: false, processName: 'with the modem', ...changed });
  const second = await another(opened.world, changed);
  return { ...opened, second };
}

describe('two processes on one database', () => {
  it('asked for keys and orders in one moment, make one key, one order, and tell the phone once', async () => {
    const { world, customer, second } = await twoProcesses();
    const both = [world.service, second];
    for (const use of KEY_USES) {
      const made = await Promise.all(both.map(({ keys }) => keys.prepare(use)));
      const [first] = made;
      if (first === undefined) throw new Error('no key was made');
      expect(new Set(made.map(({ kid }) => kid))).toEqual(new Set([first.kid]));
      const announcement = signed(world, announcementOf(first));
      const begun = await Promise.all(both.map(({ keys }) => keys.announce(announcement)));
      expect(new Set(begun.map(({ beginsAt }) => beginsAt)).size).toBe(1);
    }
    await world.clock.advance(BEGINS_AFTER_MS);
    const { id } = customer.person;
    const locked = await Promise.all(both.map(({ phoneOrders }) => phoneOrders.give(id, 'lock')));
    expect(new Set(locked.map((given) => given?.ref)).size).toBe(1);
    const orders = () => customer.phone.received.filter((message) => message.type === 'ADMIN');
    await eventually(world, () => orders().at(-1));
    expect(customer.phone.announcements.map(([, what]) => what)).toEqual([1, 2]);
    expect(orders()).toHaveLength(1);
    await Promise.all([world.service.phoneOrders.give(id, 'unlock'), second.phoneOrders.give(id, 'lock')]);
    const [device] = await world.service.devices(id);
    if (device === undefined) throw new Error('the phone is gone');
    const latest = await second.phoneOrders.latest(device.id);
    expect(latest?.command).toBe(device.lockedAt === undefined ? 'unlock' : 'lock');
    await eventually(world, () => orders().find(({ command }) => command === 'unlock'));
    expect(orders().map(({ time }) => time)).toEqual(
      orders()
        .map(({ time }) => time)
        .toSorted((a, b) => a - b),
    );
    await second.close();
  });

  it('a payment asked at one is approved through the modem of the other, and who waits hears of it', async () => {
    const { world, customer, merchant, second } = await twoProcesses();
    const order = { mref: 'a', customer: customer.person.number, amount: { minor: 1_250, ...EUR } };
    const { payment } = await second.requestPayment(merchant, order);
    const seen: string[] = [];
    const end = second.subscribe(({ event }) => event.kind === 'payment' && seen.push(event.to));
    const settled = second.settled(payment.txn, 60_000);
    await eventually(world, () => customer.phone.asked.find(({ message }) => message.type === 'PAY_REQUEST'));
    customer.phone.approve(PIN);
    await eventually(world, async () =>
      (await world.service.payment(payment.txn)).state === 'CAPTURED' ? true : undefined,
    );
    expect((await settled).state).toBe('CAPTURED');
    expect(seen.at(-1)).toBe('CAPTURED');
    end();
    expect(await second.holdings(customer.person.id)).toEqual([{ minor: 98_750, ...EUR }]);
    const refunded = await second.refund(payment.txn, { key: 'r', amount: { minor: 250, ...EUR } });
    expect(refunded.refunded).toBe(250);
    expect((await world.service.payment(payment.txn)).refunded).toBe(250);
    expect(await world.breaches()).toEqual([]);
    await second.close();
  });

  it('the modem of a process that died is missed, and its frames go by the next one, with an alarm', async () => {
    const { world, customer, merchant, second } = await twoProcesses();
    world.air.delay = new Promise(() => {});
    const order = { mref: 'b', customer: customer.person.number, amount: { minor: 100, ...EUR } };
    const { payment } = await second.requestPayment(merchant, order);
    await eventually(world, () => (world.air.sent.length > 0 ? true : undefined));
    world.kill();
    world.air.delay = undefined;
    const alarms: string[] = [];
    second.subscribe(({ event }) => event.kind === 'alarm' && alarms.push(`${event.alarm} ${event.ref}`));
    const third = await another(world, {
      bearer: world.air.bearer(),
      processName: 'with a new modem',
      random: world.random.fork('3'),
    });
    await eventually(world, () => (alarms.length > 0 ? true : undefined));
    expect(alarms).toEqual(['process-lost with the modem']);
    await eventually(world, () => customer.phone.asked.find(({ message }) => message.type === 'PAY_REQUEST'));
    customer.phone.approve(PIN);
    await eventually(world, async () => ((await second.payment(payment.txn)).state === 'CAPTURED' ? true : undefined));
    expect(await world.breaches()).toEqual([]);
    await third.close();
    await second.close();
  });

  it('no timer of a process that died is lost: the request goes out again', async () => {
    const { world, customer, merchant, second } = await twoProcesses();
    await world.request(merchant);
    await world.clock.advance(3_000);
    const asked = customer.phone.asked.length;
    world.kill();
    const third = await another(world, { bearer: world.air.bearer(), random: world.random.fork('3') });
    await eventually(world, () => (customer.phone.asked.length > asked ? true : undefined));
    await third.close();
    await second.close();
  });

  it('ten requests of one customer, at two processes at once: three wait, the others are rejected', async () => {
    const limits = { waitingOfMerchant: 10 };
    const { world, customer, merchant, second } = await twoProcesses({ limits });
    const amount = { minor: 100, ...EUR };
    const states = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const service = n % 2 === 0 ? world.service : second;
        const { payment } = await service.requestPayment(merchant, {
          mref: `${n}`,
          customer: customer.person.number,
          amount,
        });
        return payment.state;
      }),
    );
    expect(states.filter((state) => state === 'REQUESTED')).toHaveLength(3);
    expect(states.filter((state) => state === 'REJECTED')).toHaveLength(7);
    await second.close();
  });

  it('the same mref at two processes at once is one payment', async () => {
    const { world, customer, merchant, second } = await twoProcesses();
    const order = { mref: 'same', customer: customer.person.number, amount: { minor: 100, ...EUR } };
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => (n % 2 === 0 ? world.service : second).requestPayment(merchant, order)),
    );
    expect(new Set(answers.map(({ payment }) => payment.txn)).size).toBe(1);
    await second.close();
  });

  const health = async (service: Service, path = '/health/ready') => {
    const { statusCode, body } = await service.http.inject({ url: path });
    return [statusCode, JSON.parse(body).status, JSON.parse(body).elsewhere];
  };

  it('one without a modem is ready as long as another one has one that is ready', async () => {
    const { world, second } = await twoProcesses();
    await eventually(world, async () => ((await health(second))[0] === 200 ? true : undefined));
    expect(await health(second)).toEqual([200, 'ok', 1]);
    expect(await health(world.service)).toEqual([200, 'ok', 0]);
    const changed = health(second, '/health?not=ok&wait=60');
    await world.service.close();
    await eventually(world, async () => ((await health(second))[0] === 503 ? true : undefined));
    expect(await health(second)).toEqual([503, 'no-modem', 0]);
    expect(await changed).toEqual([200, 'no-modem', 0]);
    await second.close();
  });

  it('one whose database is gone says so, also when nobody asks for anything, and that it is back', async () => {
    let isGone = false;
    const trouble: (string | undefined)[] = [];
    const { world, second } = await twoProcesses();
    const third = await another(world, {
      probe: {
        beforeStatement: () => {
          if (isGone) throw Object.assign(new Error('no connection'), { code: '08006' });
        },
      },
      onTrouble: (reason) => trouble.push(reason),
    });
    await eventually(world, async () => ((await health(third))[0] === 200 ? true : undefined));
    isGone = true;
    await eventually(world, async () => ((await health(third))[0] === 503 ? true : undefined));
    expect((await health(third)).slice(0, 2)).toEqual([503, 'no-database']);
    expect((await health(second))[0]).toBe(200);
    isGone = false;
    await eventually(world, async () => ((await health(third))[0] === 200 ? true : undefined));
    expect(trouble).toEqual(['the database cannot be reached (no connection)', undefined]);
    await third.close();
    await second.close();
  });

  it('two hundred who wait for a payment hold no connection: the next request is answered at once', async () => {
    const { world, merchant, second } = await twoProcesses();
    const { txn } = await world.request(merchant);
    const waiting = Array.from({ length: 200 }, () => second.settled(txn, 60_000));
    for (let n = 0; n < 10; n += 1) expect((await second.payment(txn)).state).toBe('REQUESTED');
    await second.cancel(txn);
    expect(new Set((await Promise.all(waiting)).map(({ state }) => state))).toEqual(new Set(['CANCELLED']));
    await second.close();
  });
});
