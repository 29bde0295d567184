import { describe, expect, it } from 'vitest';
import {
  adminText,
  decodeAnnouncement,
  encodeDown,
  hexOf,
  type KeyAnnouncement,
  octetsOf,
  type ServiceKeyPair,
  sealDown,
  timeText,
  verifySignature,
} from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { type KeyUse, notAfterOf } from '../../../server/keyring/generation.ts';
import { BEGINS_AFTER_MS, KeyRing } from '../../../server/keyring/key-ring.ts';
import { Vault } from '../../../server/keys/vault.ts';
import type { DeviceState } from '../../../server/vocabulary/device-states.ts';
import { announcementOf, DAY, reportAll, rotate, signed } from '../rotate.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, type Subscriber, shop, type World } from '../world.ts';

const SECOND = 1_000;
const primitives = servicePrimitives();

async function pay(world: World, { phone }: Subscriber, merchant: Parameters<World['request']>[0], pin = PIN) {
  const { txn } = await world.request(merchant);
  await world.clock.advance(2 * SECOND);
  phone.approve(pin);
  await world.clock.advance(3 * SECOND);
  return (await world.service.payment(txn)).state;
}

/** Whether the phone takes frames under a key of the service: those of another phone do not open. */
function opensFrom({ phone }: Subscriber, key: ServiceKeyPair): boolean {
  const octets = encodeDown({ type: 'BALANCE', time: 1, ref: new Uint8Array(8), amounts: [] });
  const other = { deviceId: 1, publicKey: primitives.x25519PublicKey(new Uint8Array(32).fill(4)) };
  try {
    phone.receive(sealDown(primitives, key, other, octets, new Uint8Array(32).fill(3)));
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: 'box' });
    return true;
  }
}

/** The kid in the header of the last frame that the phone sent. */
const lastKid = ({ phone }: Subscriber) => phone.sent.at(-1)?.[1];
/** What the descriptor of a phone tells of the keys in it. */
const announcedIn = (world: World, descriptor: string) =>
  [...descriptor.matchAll(/^Safe-Mobile-Announcement-\d: (\w+)\r?$/gm)].map(([, hex = '']) =>
    decodeAnnouncement(primitives, world.keys.root, octetsOf(hex)),
  );
const phonesOf = async (world: World, use: KeyUse) =>
  new Map((await world.service.keys.list()).filter((key) => key.use === use).map(({ kid, phones }) => [kid, phones]));

describe('another service key', () => {
  it('is told by an announcement of root with the next request, and then both sides use only it', async () => {
    const { world, customer, merchant } = await shop();
    const { announcement, key, ends } = await rotate(world, 'sealing');
    expect(await phonesOf(world, 'sealing')).toEqual(
      new Map([
        [1, 1],
        [key.kid, 0],
      ]),
    );
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(decodeAnnouncement(primitives, world.keys.root, announcement).kid).toBe(key.kid);
    expect(lastKid(customer)).toBe(key.kid);
    expect(await phonesOf(world, 'sealing')).toEqual(
      new Map([
        [1, 0],
        [key.kid, 1],
      ]),
    );
    customer.phone.kids.length = 0;
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(new Set(customer.phone.kids)).toEqual(new Set([key.kid]));
    expect(customer.phone.announcements).toEqual([announcement, ...ends]);
  });

  it('is told when the phone says something by itself', async () => {
    const { world, customer } = await shop();
    await rotate(world, 'sealing');
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.announcements).toHaveLength(1);
  });

  it('opens nothing before root has signed it, and is the same one until then', async () => {
    const { world, customer, merchant } = await shop();
    const made = await world.service.keys.prepare('sealing');
    expect(await world.service.keys.prepare('sealing')).toEqual(made);
    customer.phone.trust({ sealing: made });
    const before = world.air.sent.length;
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(6 * SECOND);
    expect(world.air.sent.length).toBe(before);
    expect(new Set((await world.service.keys.list()).map(({ beginsAt }) => beginsAt))).toEqual(new Set([0, undefined]));
    expect(merchant.id).toBe(1);
  });

  it('leaves the one before for phones that have not heard, for so long; then these only hear of the new one', async () => {
    const { world, customer, merchant } = await shop();
    customer.phone.hearsAnnouncements = false;
    const { key } = await rotate(world, 'sealing', 10 * DAY);
    await world.clock.advance(9 * DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(1);
    await world.clock.advance(DAY);
    expect(await pay(world, customer, merchant)).toBe('REQUESTED');
    // It hears at last, with what it says by itself, and is back.
    customer.phone.hearsAnnouncements = true;
    await world.clock.advance(DAY);
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.received.filter(({ type }) => type === 'BALANCE')).toEqual([]);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(key.kid);
  });

  const HOUR = DAY / 24;
  it.each<[string, KeyUse, number, readonly number[]]>([
    ['while the one before counts', 'sealing', 900 * DAY, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]],
    ['when the one before has ended', 'sealing', 0, [1, 1, 2, 2, 3, 4, 4, 5, 5, 6, 6]],
    ['of receipts, while the network says nothing', 'signing', 900 * DAY, [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6]],
  ])(
    'is told to a phone that does not hear, with longer and longer pauses, for ever: %s',
    async (_, use, keepMs, counts) => {
      const { world, customer } = await shop();
      customer.phone.hearsAnnouncements = false;
      const { key } = await rotate(world, use, keepMs);
      const told = () =>
        world.air.sent.filter(
          ({ content }) => content.kind === 'data' && content.data.length === 107 && content.data[2] === key.kid,
        ).length;
      const seen: number[] = [];
      for (const pause of [
        0,
        HOUR - 4 * SECOND,
        5 * SECOND,
        DAY - 4 * SECOND,
        5 * SECOND,
        7 * DAY - 4 * SECOND,
        5 * SECOND,
        28 * DAY - 4 * SECOND,
        5 * SECOND,
        28 * DAY - 4 * SECOND,
        5 * SECOND,
      ]) {
        await world.clock.advance(pause);
        for (let n = 0; n < 2; n += 1) {
          customer.phone.query(new Uint8Array(8).fill(n), 'balance');
          await world.clock.advance(SECOND);
        }
        seen.push(told());
      }
      expect(seen).toEqual(counts);
    },
  );

  it('once a phone has used it, the one before counts only for what the phone had sealed by then', async () => {
    const { world, customer, merchant } = await shop();
    // Sealed before, and delivered after.
    const air: Uint8Array[] = [];
    customer.phone.sendWith((frame) => air.push(frame));
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    customer.phone.sendWith(world.air.attach(CUSTOMER_NUMBER, (frame) => customer.phone.receive(frame)));
    await world.clock.advance(SECOND);
    await rotate(world, 'sealing');
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    const balances = () => customer.phone.received.filter(({ type }) => type === 'BALANCE').length;
    for (const frame of air) customer.phone.repeat(frame);
    await world.clock.advance(3 * SECOND);
    expect(balances()).toBe(1);
  });

  it('is in the descriptor of a phone that enrols after it, and an activation that was begun before goes on', async () => {
    const { world, customer, merchant } = await shop();
    const early = await world.service.addPerson({ number: MERCHANT_NUMBER, name: 'Berta', language: 'it' });
    const begun = await world.service.activate(early.id);
    const { key } = await rotate(world, 'sealing');
    const { key: receiptKey } = await rotate(world, 'signing');
    const ofBegun = await world.service.downloads.descriptor(begun.linkToken);
    expect(ofBegun).toContain(`Safe-Mobile-Key: 1:${hexOf(world.keys.sealing.publicKey)}`);
    expect(ofBegun).not.toContain('Announcement');
    const phone = world.phone(MERCHANT_NUMBER);
    phone.enrol(begun.deviceId, begun.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.devices(early.id)).map(({ state }) => state)).toEqual(['active']);
    const next = await world.service.activate(customer.person.id);
    const descriptor = await world.service.downloads.descriptor(next.linkToken);
    expect(descriptor).toContain(`Safe-Mobile-Key: ${key.kid}:${hexOf(key.publicKey)}`);
    expect(descriptor).toContain(`Safe-Mobile-Receipt-Key: ${receiptKey.kid}:${hexOf(receiptKey.publicKey)}`);
    // Else an announcement of an earlier key that somebody repeats would be later for this phone than its own.
    expect(announcedIn(world, descriptor)).toEqual([announcementOf(key), announcementOf(receiptKey)]);
    const renewed = world.phone(CUSTOMER_NUMBER);
    renewed.trust({ sealing: key, signing: receiptKey });
    renewed.enrol(next.deviceId, next.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    renewed.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect(renewed.announcements).toEqual([]);
    expect(renewed.kids.every((kid) => kid === key.kid)).toBe(true);
    expect(await pay(world, { ...customer, phone: renewed }, merchant)).toBe('CAPTURED');
  });

  it('is used after a crash, and by another process on the same database; its secret is not in the database', async () => {
    const { world, customer, merchant } = await shop();
    const { key } = await rotate(world, 'sealing');
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    world.kill();
    await world.open();
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    const sealed = await world.look((tx) =>
      tx.get("SELECT sealed_secret FROM service_key WHERE use = 'sealing' AND sealed_secret IS NOT NULL", (row) =>
        row.octets('sealed_secret'),
      ),
    );
    expect(sealed).toHaveLength(32 + 24 + 16);
    for (let at = 0; at + 32 <= 72; at += 1) {
      const publicKey = primitives.x25519PublicKey(sealed?.slice(at, at + 32) ?? new Uint8Array(32));
      expect(hexOf(publicKey)).not.toBe(hexOf(key.publicKey));
    }
  });

  it('follows another, and a phone that has missed one takes the latest', async () => {
    const { world, customer, merchant } = await shop();
    customer.phone.hearsAnnouncements = false;
    const missed = await rotate(world, 'sealing');
    await pay(world, customer, merchant);
    const { key } = await rotate(world, 'sealing');
    customer.phone.hearsAnnouncements = true;
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(key.kid);
    expect(await phonesOf(world, 'sealing')).toEqual(
      new Map([
        [1, 0],
        [missed.key.kid, 0],
        [key.kid, 1],
      ]),
    );
  });
});

describe('another receipt key', () => {
  const signers = async (world: World, { person }: Subscriber) =>
    (await world.service.devices(person.id)).map(({ signingKid }) => signingKid);

  it('signs receipts to a phone once the phone says that it has it; those of before are the same for ever', async () => {
    const { world, customer, merchant } = await shop();
    const first = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    const receipt = await world.service.receipt(first.txn);
    const { key } = await rotate(world, 'signing');
    await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    // The network knows nothing of it: nobody asks for a report, and one that comes changes nothing.
    const sms = world.air.sent.find(({ content }) => content.kind === 'data' && content.data.length === 107);
    expect(sms?.statusReport).toBeUndefined();
    world.air.report(sms, 'delivered');
    await world.clock.advance(SECOND);
    expect(await signers(world, customer)).toEqual([1]);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect(await signers(world, customer)).toEqual([key.kid]);
    expect(await phonesOf(world, 'signing')).toEqual(
      new Map([
        [1, 0],
        [key.kid, 1],
      ]),
    );
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.receipts().filter(({ status }) => status === 'paid')).toHaveLength(3);

    expect(await world.service.receipt(first.txn)).toEqual(receipt);
    expect(receipt.kid).toBe(1);
    const [, last] = await world.service.payments({ limit: 2 });
    const second = await world.service.receipt(last?.txn ?? '');
    expect([second.kid, hexOf(second.publicKey)]).toEqual([key.kid, hexOf(key.publicKey)]);
    for (const { publicKey, signedText, signature } of [receipt, second])
      expect(verifySignature(primitives, publicKey, signedText, signature)).toBe(true);
  });

  const paid = ({ phone }: Subscriber) => phone.receipts().filter(({ status }) => status === 'paid').length;
  const alarmsOf = (world: World) =>
    world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []));

  it('that was announced and is lost with the flash: the phone says so, gets receipts that it believes, and is told it anew', async () => {
    const { world, customer, merchant } = await shop();
    const { believed } = customer.phone;
    const { key } = await rotate(world, 'signing');
    for (let n = 0; n < 2; n += 1) {
      expect(await pay(world, customer, merchant)).toBe('CAPTURED');
      await reportAll(world);
    }
    expect(await signers(world, customer)).toEqual([key.kid]);
    // Its key of before still counts.
    customer.phone.putBack(believed);
    const before = customer.phone.announcements.length;
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(paid(customer)).toBe(3);
    expect(customer.phone.announcements).toHaveLength(before + 1);
    expect(alarmsOf(world)).toEqual(['earlier-key']);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(await signers(world, customer)).toEqual([key.kid]);
    // It has the end of the first one again, too.
    expect(customer.phone.believed.find(({ what, kid }) => what === 2 && kid === 1)?.notAfter).not.toBe(0xffff_ffff);
  });

  it('that is lost with the flash after the end of the one before is announced before the receipt and before an order', async () => {
    const { world, customer, merchant } = await shop();
    const { believed } = customer.phone;
    const { key } = await rotate(world, 'signing', DAY);
    for (let n = 0; n < 2; n += 1) {
      await pay(world, customer, merchant);
      await reportAll(world);
    }
    await world.clock.advance(60 * DAY);
    customer.phone.putBack(believed);
    const before = paid(customer);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(paid(customer)).toBe(before + 1);
    expect(customer.phone.believed.map(({ kid }) => kid)).toContain(key.kid);
    await world.service.phoneOrders.give(customer.person.id, 'lock');
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.received.at(-1)?.type).toBe('ADMIN');
  });

  it('of which a backup of the database knows nothing: an alarm says so, at once, after an hour, then once a day', async () => {
    const { world, customer, merchant } = await shop();
    const store = await world.store();
    const { key: lost } = await rotate(world, 'signing');
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    for (const sql of [
      'DELETE FROM key_told',
      'DELETE FROM service_key',
      'UPDATE device SET signing_kid = NULL, ends_heard_at = 0',
    ])
      await store.transaction('as before', (tx) => tx.run(sql));
    const counts: number[] = [];
    for (const pause of [BEGINS_AFTER_MS, SECOND, DAY / 24, DAY, DAY]) {
      await world.clock.advance(pause);
      customer.phone.query(new Uint8Array(8).fill(counts.length), 'balance');
      await world.clock.advance(3 * SECOND);
      counts.push(alarmsOf(world).length);
    }
    expect(counts).toEqual([1, 1, 2, 3, 4]);
    expect(alarmsOf(world)[0]).toBe('earlier-key');
    expect(await signers(world, customer)).toEqual([undefined]);
    // The next key brings phone and service together again.
    const { key } = await rotate(world, 'signing');
    expect(key.kid).not.toBe(lost.kid);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(await signers(world, customer)).toEqual([key.kid]);
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
    await store.close();
  });

  it('is not taken back by a frame that another one has overtaken', async () => {
    const { world, customer, merchant } = await shop();
    const held: Uint8Array[] = [];
    customer.phone.sendWith((frame) => held.push(frame));
    customer.phone.query(new Uint8Array(8).fill(1), 'balance');
    customer.phone.sendWith(world.air.attach(CUSTOMER_NUMBER, (frame) => customer.phone.receive(frame)));
    await world.clock.advance(SECOND);
    const { key } = await rotate(world, 'signing');
    await pay(world, customer, merchant);
    for (const frame of held) customer.phone.repeat(frame);
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.received.at(-1)?.type).toBe('BALANCE');
    expect(await signers(world, customer)).toEqual([key.kid]);
    expect(alarmsOf(world)).toEqual([]);
  });

  it('signs to a phone of the version that does not say which one it has when the one before has ended; its end is told then', async () => {
    const { world, customer, merchant } = await shop();
    customer.phone.saysReceiptKey = false;
    const { key } = await rotate(world, 'signing', DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(await signers(world, customer)).toEqual([1]);
    const ends = () => customer.phone.announcements.filter((frame) => notAfterOf(frame) !== 0xffff_ffff).length;
    expect(ends()).toBe(0);
    await world.clock.advance(DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(ends()).toBe(1);
    expect(paid(customer)).toBe(2);
    expect(customer.phone.believed.map(({ kid }) => kid)).toContain(key.kid);
    expect(alarmsOf(world)).toEqual([]);
  });

  it('signs for all phones when the time of the one before is over', async () => {
    const { world, customer, merchant } = await shop();
    const { key } = await rotate(world, 'signing', DAY);
    await world.clock.advance(DAY);
    customer.phone.trust({ signing: key });
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
  });

  it('signs orders and the time', async () => {
    const { world, customer } = await shop();
    const { key } = await rotate(world, 'signing', 0);
    customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
    await world.clock.advance(3 * SECOND);
    const { deviceId } = (await world.service.phoneOrders.give(customer.person.id, 'lock')) ?? { deviceId: 0 };
    await world.clock.advance(3 * SECOND);
    const texts = customer.phone.received.flatMap((message) => {
      if (message.type === 'TIME_RESPONSE')
        return [[timeText(deviceId, encodeDown(message)), message.signature] as const];
      return message.type === 'ADMIN' ? [[adminText(deviceId, encodeDown(message)), message.signature] as const] : [];
    });
    expect(texts.map(([text, signature]) => verifySignature(primitives, key.publicKey, text, signature))).toEqual([
      true,
      true,
    ]);
  });
});

describe('the end of a key', () => {
  const endsOf = ({ phone }: Subscriber) =>
    phone.announcements.flatMap((frame) => (notAfterOf(frame) === 0xffff_ffff ? [] : [[frame[1], frame[2]]]));
  const keyOf = async (world: World, use: KeyUse, kid: number) => {
    const found = (await world.service.keys.list()).find((one) => one.use === use && one.kid === kid);
    if (found === undefined) throw new Error('there is no such key');
    return found;
  };

  it('is told to a phone that has the next one, and to no other; then the phone drops it, and so does the service', async () => {
    const { world, customer, merchant } = await shop();
    customer.phone.hearsAnnouncements = false;
    await rotate(world, 'sealing', 10 * DAY);
    await rotate(world, 'signing', 10 * DAY);
    expect(opensFrom(customer, world.keys.sealing)).toBe(true);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    customer.phone.hearsAnnouncements = true;
    await world.clock.advance(DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(endsOf(customer)).toEqual([
      [1, 1],
      [2, 1],
    ]);
    await reportAll(world);
    await world.clock.advance(10 * DAY);
    const before = customer.phone.announcements.length;
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.announcements).toHaveLength(before);
    // Whoever has found the old keys can tell it nothing.
    expect(opensFrom(customer, world.keys.sealing)).toBe(false);
  });

  it('is told again with longer and longer pauses until the network says that it arrived, and not after that', async () => {
    const { world, customer } = await shop();
    await rotate(world, 'sealing', 900 * DAY);
    const says = async (pause: number) => {
      await world.clock.advance(pause);
      customer.phone.query(new Uint8Array(8).fill(1), 'balance');
      await world.clock.advance(2 * SECOND);
      return endsOf(customer).length;
    };
    const counts: number[] = [];
    for (const pause of [0, 0, DAY / 24, DAY, 7 * DAY, 7 * DAY, 21 * DAY, 28 * DAY]) counts.push(await says(pause));
    expect(counts).toEqual([0, 1, 2, 3, 4, 4, 5, 6]);
    await reportAll(world);
    expect(await says(28 * DAY)).toBe(6);
  });

  it('may come nearer, and is told anew then; never later', async () => {
    const { world, customer, merchant } = await shop();
    const { key } = await rotate(world, 'sealing', 90 * DAY);
    await pay(world, customer, merchant);
    await reportAll(world);
    const first = await keyOf(world, 'sealing', 1);
    const now = Math.floor(world.clock.now() / 1000);
    const announce = async (notAfter: number) => {
      await world.service.keys.announce(signed(world, announcementOf(first, notAfter)));
      await world.clock.advance(BEGINS_AFTER_MS);
      return (await keyOf(world, 'sealing', 1)).endsAt;
    };
    expect(await announce(now + 100 * 86_400)).toBe(first.endsAt);
    expect(await announce(0xffff_ffff)).toBe(first.endsAt);
    expect(await announce(now + 60)).toBe((now + 61) * 1000);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(endsOf(customer)).toEqual([
      [1, 1],
      [1, 1],
    ]);
    expect(lastKid(customer)).toBe(key.kid);
  });

  it('at once, of a key that was found: from then on nothing that is sealed to it is dealt with, and receipts have the next one', async () => {
    const { world, customer, merchant } = await shop();
    await rotate(world, 'sealing', 0);
    await rotate(world, 'signing', 0);
    expect((await keyOf(world, 'sealing', 1)).endsAt).toBe(
      (await world.service.keys.list()).find(({ use, kid }) => use === 'sealing' && kid !== 1)?.beginsAt,
    );
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
  });

  it('leaves no receipt that the phone cannot take: asked for after it, a receipt is made anew', async () => {
    const { world, customer, merchant } = await shop();
    world.air.fate = ({ content }) =>
      customer.phone.signatures.length > 1 && content.kind === 'data' ? 'lose' : 'deliver';
    const { txn } = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
    expect(customer.phone.receipts().filter(({ status }) => status === 'paid')).toEqual([]);
    world.air.fate = () => 'deliver';
    await rotate(world, 'sealing', 60 * SECOND);
    await rotate(world, 'signing', 60 * SECOND);
    for (let n = 0; n < 2; n += 1) {
      customer.phone.query(new Uint8Array(8).fill(1), 'balance');
      await world.clock.advance(3 * SECOND);
      await reportAll(world);
    }
    await world.clock.advance(60 * SECOND);
    expect(opensFrom(customer, world.keys.sealing)).toBe(false);
    for (const times of [1, 2]) {
      customer.phone.query(octetsOf(txn));
      await world.clock.advance(3 * SECOND);
      expect(customer.phone.receipts().filter(({ status }) => status === 'paid')).toHaveLength(times);
    }
  });

  it.each<[KeyUse, string]>([
    ['sealing', 'Safe-Mobile-Key'],
    ['signing', 'Safe-Mobile-Receipt-Key'],
  ])(
    'of which an active phone has not heard: its link has the next key with its announcement: %s',
    async (use, attribute) => {
      const { world, customer } = await shop();
      const { deviceId, activationCode, linkToken } = await world.service.activate(customer.person.id);
      const phone = world.phone(CUSTOMER_NUMBER);
      phone.enrol(deviceId, activationCode, PIN);
      await world.clock.advance(3 * SECOND);
      phone.approve(PIN);
      await world.clock.advance(3 * SECOND);
      const { key, announcement } = await rotate(world, use, DAY);
      expect(await world.service.downloads.descriptor(linkToken)).not.toContain('Announcement');
      await world.clock.advance(DAY);
      const descriptor = await world.service.downloads.descriptor(linkToken);
      expect(descriptor).toContain(`${attribute}: ${key.kid}:${hexOf(key.publicKey)}`);
      expect(announcedIn(world, descriptor)).toEqual([decodeAnnouncement(primitives, world.keys.root, announcement)]);
    },
  );

  it.each<[KeyUse, string, DeviceState]>([
    ['sealing', 'could not enrol', 'registered'],
    ['signing', 'would believe no receipt', 'enrolling'],
  ])('ends activations that were begun with the %s key: their phones %s', async (use, _, state) => {
    const { world, customer } = await shop();
    const { linkToken } = await world.service.activate(customer.person.id);
    const later = await world.service.activate(customer.person.id);
    await expect(world.service.downloads.descriptor(linkToken)).rejects.toMatchObject({ code: 'not-found' });
    const { key } = await rotate(world, use, DAY / 2);
    expect(await world.service.downloads.descriptor(later.linkToken)).not.toContain(hexOf(key.publicKey));
    await world.clock.advance(DAY / 2);
    await expect(world.service.downloads.descriptor(later.linkToken)).rejects.toMatchObject({ code: 'not-found' });
    // One that had loaded its descriptor before.
    world.phone(CUSTOMER_NUMBER).enrol(later.deviceId, later.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.devices(customer.person.id)).at(-1)?.state).toBe(state);
    const { linkToken: next } = await world.service.activate(customer.person.id);
    expect(await world.service.downloads.descriptor(next)).toContain(hexOf(key.publicKey));
  });

  it('of the latest key is refused', async () => {
    const { world } = await shop();
    const { key } = await rotate(world, 'sealing');
    for (const [use, kid] of [
      ['sealing', key.kid],
      ['signing', 1],
    ] as const) {
      const end = signed(world, announcementOf(await keyOf(world, use, kid), Math.floor(world.clock.now() / 1000)));
      await expect(world.service.keys.announce(end)).rejects.toMatchObject({ code: 'conflict' });
    }
  });

  it('is not told to a phone that was registered after it was followed', async () => {
    const { world, merchant } = await shop();
    await rotate(world, 'sealing');
    const { key } = await rotate(world, 'signing');
    const person = await world.service.addPerson({ number: MERCHANT_NUMBER, name: 'Berta', language: 'it' });
    const { deviceId, activationCode } = await world.service.activate(person.id);
    const phone = world.phone(MERCHANT_NUMBER);
    phone.trust({
      sealing:
        (await world.service.keys.list()).find(({ use, kid }) => use === 'sealing' && kid !== 1) ?? world.keys.sealing,
      signing: key,
    });
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    phone.query(new Uint8Array(8).fill(1), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(phone.announcements).toEqual([]);
    expect(merchant.id).toBe(1);
  });
});

describe('a phone that seals to a key that does not count for it', () => {
  const alarms = (world: World) =>
    world.journal
      .flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []))
      .filter((alarm) => alarm === 'earlier-key');

  it('because its flash was put back is told the keys anew, with an alarm, and is back', async () => {
    const { world, customer, merchant } = await shop();
    const { phone } = customer;
    const { believed } = phone;
    const { key } = await rotate(world, 'sealing');
    await rotate(world, 'signing');
    await pay(world, customer, merchant);
    await reportAll(world);
    await pay(world, customer, merchant);
    await reportAll(world);
    phone.putBack(believed);
    phone.query(new Uint8Array(8).fill(2), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(lastKid(customer)).toBe(1);
    expect(phone.received.filter(({ type }) => type === 'BALANCE')).toEqual([]);
    expect(alarms(world)).toHaveLength(1);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(key.kid);
    await reportAll(world);
    await pay(world, customer, merchant);
    // It has the ends again, too.
    expect(
      phone.believed
        .filter(({ notAfter }) => notAfter !== 0xffff_ffff)
        .map(({ what }) => what)
        .toSorted(),
    ).toEqual([1, 2]);
  });

  it('and says nothing, because it is only asked, is told again when it has let a question run out', async () => {
    const { world, customer, merchant } = await shop();
    const { believed } = customer.phone;
    await rotate(world, 'sealing');
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    await reportAll(world);
    await world.clock.advance(DAY);
    customer.phone.putBack(believed);
    const { txn } = await world.request(merchant);
    await world.clock.advance(300 * SECOND);
    expect((await world.service.payment(txn)).state).toBe('EXPIRED');
    expect(alarms(world)).toEqual([]);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
  });

  it('because a backup of before the end was put back: is asked under the latest key, which it has', async () => {
    const { world, customer, merchant } = await shop();
    const store = await world.store();
    await rotate(world, 'sealing', 10 * DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    await reportAll(world);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    await reportAll(world);
    await world.clock.advance(11 * DAY);
    expect(opensFrom(customer, world.keys.sealing)).toBe(false);
    const asBefore = 'UPDATE device SET sealing_kid = NULL, sealing_from = 0, ends_heard_at = 0';
    await store.transaction('as before', (tx) => tx.run(asBefore));
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    await store.close();
  });

  it('gets nothing else, and is told once more after an hour, then once a day; the time with it, under the latest key', async () => {
    const { world, customer, merchant } = await shop();
    const { believed } = customer.phone;
    const { key } = await rotate(world, 'sealing');
    await pay(world, customer, merchant);
    await reportAll(world);
    customer.phone.hearsAnnouncements = false;
    const sent = async (pause: number) => {
      await world.clock.advance(pause);
      // Each time the phone of before; what it cannot open it ignores.
      customer.phone.putBack(believed);
      const before = world.air.sent.length;
      for (let n = 0; n < 5; n += 1) customer.phone.query(new Uint8Array(8).fill(n), 'balance');
      customer.phone.sayOctets(new Uint8Array(79).fill(0x7f));
      customer.phone.putBack([
        ...believed,
        { what: 1, kid: key.kid, key: key.publicKey, notBefore: 0, notAfter: 0xffff_ffff },
      ]);
      await world.clock.advance(2 * SECOND);
      return world.air.sent.slice(before).map(({ content }) => (content.kind === 'data' ? content.data.length : 0));
    };
    const lengths: (readonly number[])[] = [];
    for (const pause of [0, 0, DAY / 24, 20 * SECOND, DAY, DAY]) lengths.push(await sent(pause));
    expect(lengths).toEqual([[107, 133], [], [107, 133], [], [107, 133], [107, 133]]);
    expect(customer.phone.received.slice(-4).map((message) => (message.type === 'NAK' ? message.code : ''))).toEqual(
      Array(4).fill('bad-key'),
    );
    expect(customer.phone.kids.at(-1)).toBe(key.kid);
    expect(alarms(world)).toHaveLength(4);
  });

  it('because somebody has repeated the announcement of an earlier one is told its own key, and is back', async () => {
    const { world, customer, merchant } = await shop();
    const earlier = await rotate(world, 'sealing');
    const { key } = await rotate(world, 'sealing');
    const phone = world.phone(CUSTOMER_NUMBER);
    // As one whose descriptor did not say since when its key is used.
    phone.trust({ sealing: key });
    phone.putBack(
      phone.believed.map((one) => ({ ...one, notBefore: 0 })).filter(({ what, kid }) => what === 2 || kid === key.kid),
    );
    const { deviceId, activationCode } = await world.service.activate(customer.person.id);
    phone.enrol(deviceId, activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    phone.receive(earlier.announcement);
    const renewed = { ...customer, phone };
    phone.query(new Uint8Array(8).fill(1), 'balance');
    expect(lastKid(renewed)).toBe(earlier.key.kid);
    await world.clock.advance(3 * SECOND);
    expect(alarms(world)).toHaveLength(1);
    expect(await pay(world, renewed, merchant)).toBe('CAPTURED');
    expect(lastKid(renewed)).toBe(key.kid);
  });

  it('with the same frame again causes nothing more', async () => {
    const { world, customer, merchant } = await shop();
    const { believed } = customer.phone;
    await rotate(world, 'sealing');
    await pay(world, customer, merchant);
    customer.phone.putBack(believed);
    customer.phone.query(new Uint8Array(8).fill(2), 'balance');
    const frame = customer.phone.sent.at(-1);
    await world.clock.advance(3 * SECOND);
    const before = world.air.sent.length;
    for (let day = 0; day < 5; day += 1) {
      await world.clock.advance(DAY);
      customer.phone.repeat(frame);
      await world.clock.advance(3 * SECOND);
    }
    expect(world.air.sent.length).toBe(before);
  });

  it('because a backup of the database was put back learns the key that is made then, and no number is used twice', async () => {
    const { world, customer, merchant } = await shop();
    const store = await world.store();
    const wiped = async () => {
      for (const sql of [
        'DELETE FROM key_told',
        'DELETE FROM service_key',
        'UPDATE device SET sealing_kid = NULL, sealing_from = 0, signing_kid = NULL, ends_heard_at = 0',
      ])
        await store.transaction('as before', (tx) => tx.run(sql));
    };
    const { key: lost } = await rotate(world, 'sealing', 0);
    await pay(world, customer, merchant);
    await reportAll(world);
    await pay(world, customer, merchant);
    expect(lastKid(customer)).toBe(lost.kid);
    await wiped();
    await world.clock.advance(BEGINS_AFTER_MS);
    const says = async () => {
      const before = world.air.sent.length;
      customer.phone.query(new Uint8Array(8).fill(3), 'balance');
      await world.clock.advance(3 * SECOND);
      return world.air.sent.length - before;
    };
    // There is no key to tell, but the operator learns of it.
    await says();
    expect(alarms(world)).toHaveLength(1);
    const { key } = await rotate(world, 'sealing');
    expect(key.kid).not.toBe(lost.kid);
    await world.clock.advance(DAY);
    expect(await says()).toBe(2);
    await says();
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(key.kid);
    await store.close();
  });

  it('of whom only the number says so, as by somebody who forges it, is told once a day; one from elsewhere is junk', async () => {
    const { world, customer, merchant } = await shop();
    await rotate(world, 'sealing');
    await pay(world, customer, merchant);
    await reportAll(world);
    customer.phone.hearsAnnouncements = false;
    const frame = customer.phone.sent.at(-1) ?? new Uint8Array(133);
    const sent = async (from: string, kid: number, pause: number) => {
      await world.clock.advance(pause);
      const before = world.air.sent.length;
      const content = {
        kind: 'data',
        data: frame.with(1, kid),
        ports: { destination: 16_001, source: 16_001 },
      } as const;
      await world.air.handOverAgain({ originator: from, sentAt: world.clock.now(), content });
      await world.clock.advance(2 * SECOND);
      return world.air.sent.length - before;
    };
    const { number } = customer.person;
    const unknown = [...Array(255).keys()].filter((kid) => kid > 1 && kid !== frame[1]);
    expect(await sent('+393400000666', unknown[0] ?? 0, 0)).toBe(0);
    const counts: number[] = [];
    for (const [index, pause] of [0, 0, DAY / 24, 60 * SECOND, DAY].entries())
      counts.push(await sent(number, unknown[index] ?? 0, pause));
    expect(counts).toEqual([2, 0, 2, 0, 2]);
  });
});

describe('several processes', () => {
  it('have all looked when a key begins: none takes a frame under it for junk', async () => {
    const { world, customer, merchant } = await shop();
    const clock = world.clock;
    const contextOf = async () => {
      const store = await world.store();
      const vault = new Vault(world.keys.vault, primitives, world.random);
      return { store, ring: new KeyRing({ keys: world.keys, vault, primitives, clock, keptSecrets: 0 }) };
    };
    const { store, ring } = await contextOf();
    // This one looks a moment before the other makes the key.
    const standing = (kid: number) => store.read((tx) => ring.standing(tx, kid));
    const current = () => store.read((tx) => ring.current(tx, 'sealing'));
    await current();
    const made = await world.service.keys.prepare('sealing');
    await world.service.keys.announce(signed(world, announcementOf(made)));
    expect(await standing(made.kid)).toBe('unknown');
    await world.clock.advance(2 * SECOND);
    await pay(world, customer, merchant);
    expect(customer.phone.announcements).toEqual([]);
    await world.clock.advance(2_999);
    expect((await current()).kid).toBe(1);
    expect(await standing(made.kid)).toBe('counts');
    await world.clock.advance(1);
    expect((await current()).kid).toBe(made.kid);
    await pay(world, customer, merchant);
    expect(customer.phone.announcements).toHaveLength(1);
    await store.close();
  });

  it('may both ask for the next key: it is one', async () => {
    const { world } = await shop();
    const made = await Promise.all([1, 2, 3].map(() => world.service.keys.prepare('sealing')));
    expect(new Set(made.map(({ kid }) => kid)).size).toBe(1);
  });
});

describe('what root has not signed', () => {
  it.each<[string, (world: World, right: KeyAnnouncement) => Uint8Array]>([
    ['by another root', (world, right) => signed(world, right, new Uint8Array(32).fill(1))],
    ['with another last octet', (world, right) => signed(world, right).with(106, 0)],
    ['of another key', (world, right) => signed(world, { ...right, key: new Uint8Array(32).fill(9) })],
    ['of a key that was not made', (world, right) => signed(world, { ...right, kid: (right.kid % 255) + 1 })],
    ['for another use', (world, right) => signed(world, { ...right, what: 2 })],
    ['of a new key with an end', (world, right) => signed(world, { ...right, notAfter: 0xffff_fffe })],
    [
      'of a key that phones would take later than the service',
      (world, right) => signed(world, { ...right, notBefore: Math.floor(world.clock.now() / 1000) + 11 }),
    ],
  ])('an announcement %s: is refused, and nothing changes', async (_, forge) => {
    const { world } = await shop();
    const { kid, publicKey: key } = await world.service.keys.prepare('sealing');
    const right: KeyAnnouncement = { what: 1, kid, key, notBefore: 0, notAfter: 0xffff_ffff };
    const before = await world.service.keys.list();
    await expect(world.service.keys.announce(forge(world, right))).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await world.service.keys.list()).toEqual(before);
    const announced = await world.service.keys.announce(signed(world, right));
    await world.clock.advance(SECOND);
    expect((await world.service.keys.announce(signed(world, right))).beginsAt).toBe(announced.beginsAt);
  });
});
