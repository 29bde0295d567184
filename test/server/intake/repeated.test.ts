import { describe, expect, it } from 'vitest';
import { octetsOf } from '../../../device/safe-mobile/index.ts';
import { APPLICATION_PORT } from '../../../server/index.ts';
import { rows, write } from '../database.ts';
import { PIN, shop, type World } from '../world.ts';

const DAY_MS = 86_400_000;

/** What came of the frames of the inbox, oldest first. */
async function results(world: World): Promise<unknown[]> {
  return (await rows(world.database, 'SELECT result FROM inbox ORDER BY id')).map(({ result }) => result);
}

const alarms = (world: World) => world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []));

/** A shop whose customer has asked for the balance. */
async function asked() {
  const { world, customer } = await shop();
  const frames = customer.phone.sent.length;
  customer.phone.query(octetsOf('0123456789abcdef'), 'balance');
  const frame = customer.phone.sent[frames];
  if (frame === undefined) throw new Error('nothing was sent');
  await world.clock.advance(3_000);
  const again = async (originator = customer.person.number) => {
    const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
    await world.air.handOverAgain({
      ...{ originator, sentAt: world.clock.now(), content: { kind: 'data', data: frame, ports } },
    });
    await world.clock.advance(3_000);
    return (await results(world)).at(-1);
  };
  return { world, phone: customer.phone, frame, again };
}

describe('the same frame in another SMS', () => {
  it.each<[string, string, (shop: Awaited<ReturnType<typeof asked>>) => Promise<void>]>([
    ['at once', 'repeated', async () => {}],
    [
      'after nine days, of which the phone has said something each day',
      'repeated',
      async ({ world, phone }) => {
        for (let day = 0; day < 9; day += 1) {
          await world.clock.advance(DAY_MS);
          phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
          await world.clock.advance(2_000);
        }
      },
    ],
    [
      'after the clock of the phone was set a month ahead',
      'repeated',
      async ({ world, phone }) => {
        const ahead = Math.floor(world.clock.now() / 1_000) + 30 * 86_400;
        phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) }, ahead);
        await world.clock.advance(2_000);
      },
    ],
    [
      'after twelve days, of which the phone has said something each day',
      'its counter is too-old',
      async ({ world, phone }) => {
        for (let day = 0; day < 12; day += 1) {
          await world.clock.advance(DAY_MS);
          phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
          await world.clock.advance(2_000);
        }
      },
    ],
  ])('%s: %s', async (_, outcome, meanwhile) => {
    const set = await asked();
    await meanwhile(set);
    expect(await set.again()).toBe(outcome === 'repeated' ? 'STATUS_QUERY, repeated' : `STATUS_QUERY: ${outcome}`);
    expect(alarms(set.world)).toEqual([]);
  });

  it('from another number is the same frame', async () => {
    const { again } = await asked();
    expect(await again('+393999999999')).toBe('STATUS_QUERY, repeated');
  });

  it('is dealt with when the first one waits for another try, and that one is known then', async () => {
    const { world, customer } = await shop();
    let fails = true;
    world.beforeStatement = (sql) => {
      if (fails && sql.includes('INTO balance_answer')) throw new Error('disk I/O error');
    };
    customer.phone.query(octetsOf('0123456789abcdef'), 'balance');
    await world.clock.advance(2_500);
    fails = false;
    customer.phone.repeat();
    await world.clock.advance(10_000);
    expect((await results(world)).slice(-2)).toEqual(['STATUS_QUERY, repeated', 'STATUS_QUERY']);
    expect(customer.phone.received.filter(({ type }) => type === 'BALANCE')).toHaveLength(2);
    expect(alarms(world)).toEqual([]);
  });

  it('is dealt with when the first one was set aside', async () => {
    const { world, customer } = await shop();
    let fails = true;
    world.beforeStatement = (sql) => {
      if (fails && sql.includes('INTO balance_answer')) throw new Error('disk I/O error');
    };
    customer.phone.query(octetsOf('0123456789abcdef'), 'balance');
    await world.clock.advance(200_000);
    fails = false;
    customer.phone.repeat();
    await world.clock.advance(3_000);
    expect((await results(world)).slice(-2)).toEqual(['set aside: disk I/O error', 'STATUS_QUERY']);
  });
});

describe('the same frame, first dealt with before version 11', () => {
  it.each([
    ['is known by the digest in the inbox', '', 'STATUS_QUERY, repeated', []],
    [
      'is not known when the inbox has it no more',
      'DELETE FROM inbox',
      'STATUS_QUERY: its counter is used',
      ['reused-counter'],
    ],
    [
      'is not known by one that waits to be dealt with',
      "UPDATE inbox SET frame = x'00'",
      'STATUS_QUERY: its counter is used',
      ['reused-counter'],
    ],
  ])('%s', async (_, change, result, raised) => {
    const { world, again } = await asked();
    await write(world.database, 'UPDATE counter SET digest = NULL, at = 0', 'UPDATE inbox SET by_digest = 1');
    if (change !== '') await write(world.database, change);
    expect(await again()).toBe(result);
    expect(alarms(world)).toEqual(raised);
  });

  it('is known when its counter has left the window', async () => {
    const { world, again } = await asked();
    await write(world.database, 'DELETE FROM counter', 'UPDATE device SET highest_ctr = 4000000000');
    await write(world.database, 'UPDATE inbox SET by_digest = 1');
    expect(await again()).toBe('STATUS_QUERY, repeated');
  });
});

describe('the same ENROL in another SMS', () => {
  async function enrolling(code?: string) {
    const { world } = await shop();
    const person = await world.service.addPerson({ number: '+393400000077', name: 'Carla', language: 'en' });
    const { deviceId, activationCode } = await world.service.activate(person.id);
    const phone = world.phone(person.number);
    phone.enrol(deviceId, code ?? activationCode, PIN);
    return { world, phone, device: async () => (await world.service.devices(person.id)).at(-1) };
  }

  it('asks nothing new, though other messages came between', async () => {
    const { world, phone, device } = await enrolling();
    await world.clock.advance(3_000);
    phone.repeat();
    await world.clock.advance(3_000);
    expect(new Set(phone.asked.map(({ plaintext }) => plaintext.join())).size).toBe(1);
    phone.approve(PIN, phone.asked[0]);
    await world.clock.advance(3_000);
    expect((await device())?.state).toBe('active');
    phone.repeat(phone.sent[0]);
    await world.clock.advance(3_000);
    expect((await results(world)).slice(-3)).toEqual(['ENROL: enrolling', 'ENROL, repeated', 'APPROVE']);
  });

  it('with a wrong code counts once', async () => {
    const { world, phone } = await enrolling('AAAAAAAA');
    await world.clock.advance(3_000);
    phone.repeat();
    await world.clock.advance(3_000);
    expect(phone.received.map(({ type }) => type)).toEqual(['NAK']);
  });

  it('is dealt with when the first one was set aside', async () => {
    const { world, phone, device } = await enrolling();
    world.beforeStatement = (sql) => {
      if (sql.startsWith('INSERT INTO challenge')) throw new Error('disk I/O error');
    };
    await world.clock.advance(200_000);
    expect((await device())?.state).toBe('registered');
    world.beforeStatement = () => {};
    phone.repeat();
    await world.clock.advance(3_000);
    expect((await device())?.state).toBe('enrolling');
  });
});
