import { describe, expect, it } from 'vitest';
import { type Enrol, encodeUp, type Primitives, sealEnrol, sealUp } from '../../../device/safe-mobile/index.ts';
import type { IncomingSms, Random } from '../../../modem/index.ts';
import { type ServiceOptions, servicePrimitives } from '../../../server/index.ts';
import { STANDARD_LIMITS } from '../../../server/limits/limits.ts';
import { inFull } from '../../in-full.ts';
import { onPostgres, rows } from '../database.ts';
import { CUSTOMER_NUMBER, PIN, shop, type World } from '../world.ts';

const STRANGER = '+393480000001';
const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const ports = { destination: 16001, source: 16001 };

let stamp = 0;
/** A frame that a modem of the service has received. */
const received = (data: Uint8Array, originator: string = STRANGER): IncomingSms => {
  stamp += SECOND;
  return { originator, sentAt: stamp, content: { kind: 'data', data, ports } };
};

const junkAlarms = (world: World) =>
  world.journal.flatMap(({ event }) =>
    event.kind === 'alarm' && event.alarm === 'junk-frames' ? [event.detail ?? ''] : [],
  );

const kept = async (world: World) => (await rows(world.database, 'SELECT id FROM inbox')).length;

/** A shop with phones in all states, and who makes frames for them. The first frame that is junk raises an alarm, the tenth, and so on. */
async function besieged(options: Partial<ServiceOptions> = {}) {
  let dear = 0;
  const native = servicePrimitives();
  const primitives: Primitives = {
    ...native,
    x25519(secretKey, publicKey) {
      dear += 1;
      return native.x25519(secretKey, publicKey);
    },
  };
  const base = await shop('junk', { primitives, limits: { junkAlarm: 1 }, ...options });
  const { world, customer } = base;
  const [active] = await world.service.devices(customer.person.id);
  const berta = await world.service.addPerson({ number: '+393400000008', name: 'Berta', language: 'en' });
  const activation = await world.service.activate(berta.id);
  const dora = await world.subscriber('+393400000009');
  const [revoked] = await world.service.devices(dora.person.id);
  await world.enrolPhone(dora.person);
  const random: Random = world.random.fork('strangers');
  const secretKey = random.bytes(32);
  const publicKey = native.x25519PublicKey(secretKey);
  const plaintext = () => encodeUp({ type: 'TIME_REQUEST', nonce: random.bytes(8), ctr: 2_000_000_000 });
  const { sealing } = world.keys;
  const up = (deviceId: number) =>
    sealUp(native, sealing, { deviceId, secretKey, publicKey }, plaintext(), random.bytes(32));
  const enrol = (deviceId: number, changed: Partial<Enrol> = {}) => {
    const code = { type: 'ENROL', ctr: 1, activationCode: new Uint8Array(5), appVersion: 1 } as const;
    const approvalKey = native.ed25519PublicKey(random.bytes(32));
    const message = encodeUp({ ...code, sealingKey: publicKey.slice(), approvalKey, ...changed });
    return sealEnrol(native, sealing, deviceId, message, random.bytes(32));
  };
  const ids = { active: active?.id ?? 0, registered: activation.deviceId, revoked: revoked?.id ?? 0, nobody: 7 };
  /** How many X25519 it costs. */
  const dearly = async (work: () => Promise<unknown>) => {
    const before = dear;
    await work();
    return dear - before;
  };
  return { ...base, ids, up, enrol, activation, berta, plaintext, random, sealing, dearly };
}

type Besieged = Awaited<ReturnType<typeof besieged>>;

describe('a frame that is junk is not stored and not answered, and its reason is counted', () => {
  const kinds: readonly (readonly [
    what: string,
    frame: (set: Besieged) => Uint8Array,
    reason: string,
    dear: number,
  ])[] = [
    ['of another version', ({ up, ids }) => up(ids.active).with(0, 0x21), 'not-for-this-service', 0],
    ['of an unknown class', ({ up, ids }) => up(ids.active).with(0, 0x1f), 'not-for-this-service', 0],
    ['of a service', ({ up, ids }) => up(ids.active).with(0, 0x12), 'not-for-this-service', 0],
    ['for another service key', ({ up, ids }) => up(ids.active).with(1, 99), 'not-for-this-service', 0],
    ['of a phone that is not there', ({ up, ids }) => up(ids.nobody), 'unknown-phone', 0],
    ['ENROL of a phone that is not there', ({ enrol, ids }) => enrol(ids.nobody), 'unknown-phone', 0],
    ['of a phone that has not enrolled', ({ up, ids }) => up(ids.registered), 'phone-not-in-use', 0],
    ['of a phone that is revoked', ({ up, ids }) => up(ids.revoked), 'phone-not-in-use', 0],
    ['ENROL of a phone that is active', ({ enrol, ids }) => enrol(ids.active), 'phone-not-in-use', 0],
    ['ENROL of a phone that is revoked', ({ enrol, ids }) => enrol(ids.revoked), 'phone-not-in-use', 0],
    ['of an active phone, by another key', ({ up, ids }) => up(ids.active), 'does-not-open', 1],
    [
      'ENROL, bent',
      ({ enrol, ids }) => enrol(ids.registered).map((octet, at) => (at === 132 ? octet ^ 1 : octet)),
      ...(['does-not-open', 1] as const),
    ],
    [
      'ENROL with an approval key that accepts any signature',
      ({ enrol, ids }) => enrol(ids.registered, { approvalKey: new Uint8Array(32) }),
      ...(['does-not-open', 1] as const),
    ],
    [
      'ENROL with a sealing key of small order',
      ({ enrol, ids }) => enrol(ids.registered, { sealingKey: new Uint8Array(32) }),
      ...(['does-not-open', 2] as const),
    ],
    [
      'another message in the box of an ENROL',
      ({ ids, plaintext, random, sealing }) =>
        sealEnrol(servicePrimitives(), sealing, ids.registered, plaintext(), random.bytes(32)),
      ...(['does-not-open', 1] as const),
    ],
  ];
  it.each(kinds)('%s', async (_, frameOf, reason, dear) => {
    const set = await besieged();
    const { world } = set;
    const frame = frameOf(set);
    const before = [await kept(world), world.air.sent.length];
    // The static secret of the phone is kept in memory from its enrolment on.
    expect(await set.dearly(() => world.air.handOverAgain(received(frame)))).toBe(dear);
    await world.clock.advance(5 * SECOND);
    expect(junkAlarms(world)).toEqual([`1 frames within 1 s: 1 ${reason}`]);
    expect([await kept(world), world.air.sent.length]).toEqual(before);
  });

  it('what is no frame at all is not even counted: other SMS come too', async () => {
    const { world } = await besieged();
    const contents: readonly IncomingSms['content'][] = [
      { kind: 'text', text: 'Hello' },
      { kind: 'data', data: new Uint8Array(132), ports },
      { kind: 'data', data: new Uint8Array(134), ports },
      { kind: 'data', data: new Uint8Array(133) },
      { kind: 'data', data: new Uint8Array(133), ports: { destination: 16002, source: 16001 } },
    ];
    for (const content of contents) await world.air.handOverAgain({ originator: STRANGER, sentAt: 0, content });
    expect(junkAlarms(world)).toEqual([]);
  });
});

describe('the alarm about junk', () => {
  it('comes at the thousandth frame, at ten times as many, and on the next day anew', async () => {
    expect(STANDARD_LIMITS.junkAlarm).toBe(1_000);
    const { world, up, ids } = await besieged({ limits: { junkAlarm: 3 } });
    const send = async (times: number, frame: Uint8Array) => {
      for (let n = 0; n < times; n += 1) await world.air.handOverAgain(received(frame));
    };
    await send(2, up(ids.nobody));
    expect(junkAlarms(world)).toEqual([]);
    await world.clock.advance(60 * SECOND);
    await send(1, up(ids.active));
    expect(junkAlarms(world)).toEqual(['3 frames within 61 s: 2 unknown-phone, 1 does-not-open']);
    await send(26, up(ids.nobody));
    expect(junkAlarms(world)).toHaveLength(1);
    await send(1, up(ids.nobody));
    expect(junkAlarms(world).slice(1)).toEqual(['30 frames within 61 s: 29 unknown-phone, 1 does-not-open']);
    await world.clock.advance(DAY - 60 * SECOND - 1);
    await send(3, up(ids.nobody));
    expect(junkAlarms(world)).toHaveLength(2);
    await world.clock.advance(1);
    await send(3, up(ids.revoked));
    expect(junkAlarms(world).slice(2)).toEqual(['3 frames within 1 s: 3 phone-not-in-use']);
  });
});

describe('junk of the dear kinds', () => {
  it('with the number of a phone: two hundred are tried, then fifty a second; the phone itself is heard all the time', async () => {
    const { world, customer, merchant, up, ids, dearly } = await besieged();
    const frames = Array.from({ length: 500 }, () => up(ids.active));
    const flood = () => Promise.all(frames.map((frame) => world.air.handOverAgain(received(frame))));
    expect(await dearly(flood)).toBe(200);
    expect(await dearly(flood)).toBe(0);
    await world.clock.advance(SECOND);
    expect(await dearly(flood)).toBe(50);
    // Frames from the phone's own number are counted apart from those of strangers.
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(SECOND - 1);
    await flood();
    await world.clock.advance(2 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    const own = () => Promise.all(frames.map((frame) => world.air.handOverAgain(received(frame, CUSTOMER_NUMBER))));
    expect(await dearly(own)).toBe(200);
  });

  it('from other numbers, naming many phones: so many together are tried; those from their own numbers are apart', async () => {
    const { world, up, enrol, ids, dearly } = await besieged({
      limits: { unopenedElsewhere: { atOnce: 5, everyMs: SECOND } },
    });
    const flood = async (originator: string) => {
      for (let n = 0; n < 10; n += 1) {
        await world.air.handOverAgain(received(up(ids.active), originator));
        await world.air.handOverAgain(received(enrol(ids.registered).with(132, n), originator));
      }
    };
    expect(await dearly(() => flood(STRANGER))).toBe(5);
    await world.clock.advance(2 * SECOND);
    expect(await dearly(() => flood(STRANGER))).toBe(2);
    expect(await dearly(() => flood(CUSTOMER_NUMBER))).toBe(10);
  });

  it('frames that open use nothing of that up', async () => {
    const { world, customer } = await besieged({ limits: { unopened: { atOnce: 1, everyMs: DAY } } });
    for (let n = 0; n < 5; n += 1) customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8).fill(n) });
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.received.filter(({ type }) => type === 'TIME_RESPONSE')).toHaveLength(5);
  });

  it('a frame that was recorded is dealt with ten times, and is then junk', async () => {
    const { world, customer, dearly } = await besieged();
    customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
    await world.clock.advance(3 * SECOND);
    const [frame = new Uint8Array()] = customer.phone.sent.slice(-1);
    const before = await kept(world);
    for (let n = 0; n < 9; n += 1) await world.air.handOverAgain(received(frame));
    expect(await kept(world)).toBe(before + 9);
    const replays = async () => {
      for (let n = 0; n < 50; n += 1) await world.air.handOverAgain(received(frame));
    };
    expect(await dearly(replays)).toBe(0);
    expect(await kept(world)).toBe(before + 9);
    expect(junkAlarms(world)).toEqual(['1 frames within 1 s: 1 repeated', '10 frames within 1 s: 10 repeated']);
  });

  it('a frame that could not be stored does not count as dealt with: it is heard when it can', async () => {
    const { world, customer } = await besieged();
    world.beforeStatement = (sql) => {
      if (sql.includes('INTO inbox')) throw new Error('disk I/O error');
    };
    customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
    await world.clock.advance(1_100);
    const [last] = world.air.toService.slice(-1);
    if (last === undefined) throw new Error('nothing came');
    for (let n = 0; n < 20; n += 1) await expect(world.air.handOverAgain(last)).rejects.toThrow();
    world.beforeStatement = () => {};
    await world.air.handOverAgain(last);
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.received.filter(({ type }) => type === 'TIME_RESPONSE')).toHaveLength(1);
  });

  it.each([
    ['another number: five, without an answer', STRANGER, 5, 0],
    ["the owner's number: five, and three that hear that it is over", '+393400000008', 8, 8],
  ])('wrong activation codes from %s; then they are junk, which costs no X25519', async (_, originator, heard, sms) => {
    const { world, enrol, ids, dearly } = await besieged();
    const [before, sent] = [await kept(world), world.air.sent.length];
    const frames = Array.from({ length: 100 }, () => enrol(ids.registered));
    const flood = async (some: readonly Uint8Array[]) => {
      for (const frame of some) await world.air.handOverAgain(received(frame, originator));
    };
    await flood(frames.slice(0, heard));
    expect(await dearly(() => flood(frames.slice(heard)))).toBe(0);
    await world.clock.advance(5 * SECOND);
    expect([(await kept(world)) - before, world.air.sent.length - sent]).toEqual([heard, sms]);
    expect(junkAlarms(world).at(0)).toBe('1 frames within 1 s: 1 codes-used-up');
  });

  it('an ENROL that was right is still answered when wrong codes have used the activation up', async () => {
    const { world, enrol, ids, activation, berta } = await besieged();
    const phone = world.phone(berta.number);
    world.air.fate = () => 'lose';
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    for (let n = 0; n < 20; n += 1) await world.air.handOverAgain(received(enrol(ids.registered), berta.number));
    await world.clock.advance(5 * SECOND);
    world.air.fate = () => 'deliver';
    expect(phone.received).toEqual([]);
    phone.repeat();
    await world.clock.advance(3 * SECOND);
    expect(phone.received.map(({ type }) => type)).toEqual(['AUTH_REQUEST']);
  });
});

/**
 * Junk frames of a round. The turns of the senders, which are what is asserted, are taken in the process: on PostgreSQL a tenth shows the same,
 * where each frame is a round trip.
 */
const FLOOD = onPostgres ? 1_000 : inFull(10_000, 1_000);

describe(`good traffic beside ten rounds of ${FLOOD} junk frames`, () => {
  it('payments are paid as fast as without, and a frame of a phone waits for a few dozen of the others at most', async () => {
    const { world, customer, merchant, up, ids } = await besieged({ limits: { junkAlarm: 1_000 } });
    const pay = async (mref: string) => {
      const { txn } = await world.request(merchant, { mref });
      const asked = world.clock.now();
      await world.clock.advance(2 * SECOND);
      customer.phone.approve(PIN);
      await world.clock.advance(2 * SECOND);
      const paid = world.journal.findLast(
        ({ event }) => 'txn' in event && event.txn === txn && event.kind === 'payment',
      );
      expect((await world.service.payment(txn)).state).toBe('CAPTURED');
      return (paid?.at ?? 0) - asked;
    };
    const alone = await pay('alone');
    const kinds = [up(ids.nobody), up(ids.active), up(ids.active).with(1, 99), up(ids.revoked)];
    const before = await kept(world);
    let decided = 0;
    let worst = 0;
    for (let round = 0; round < 10; round += 1) {
      decided = 0;
      const flood = Array.from({ length: FLOOD }, async (_, n) => {
        // From ten numbers, each as many.
        await world.air.handOverAgain(received(kinds[n % kinds.length] ?? new Uint8Array(), `+3934800000${n % 10}`));
        decided += 1;
      });
      await world.air.handOverAgain(received(up(ids.nobody), '+393489999999'));
      worst = Math.max(worst, decided);
      const paying = pay(`payment ${round}`);
      await Promise.all(flood);
      expect(await paying).toBe(alone);
    }
    // What is decided by the header alone does not wait at all.
    expect(worst).toBeLessThan(FLOOD / 4 + 100);
    expect((await kept(world)) - before).toBe(10);
    // At a thousand frames, at ten thousand and so on.
    expect(junkAlarms(world)).toHaveLength(Math.log10(FLOOD) - 1);
  }, 60_000);
});
