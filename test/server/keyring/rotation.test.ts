import { describe, expect, it } from 'vitest';
import {
  adminText,
  decodeAnnouncement,
  encodeDown,
  hexOf,
  type KeyAnnouncement,
  timeText,
  verifySignature,
} from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import type { KeyUse } from '../../../server/keyring/generation.ts';
import { DAY, rotate, signed } from '../rotate.ts';
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

/** The kid in the header of the last frame that the phone sent. */
const lastKid = ({ phone }: Subscriber) => phone.sent.at(-1)?.[1];
const phonesOf = async (world: World, use: KeyUse) =>
  (await world.service.keys.list()).filter((key) => key.use === use).map(({ kid, phones }) => [kid, phones]);

describe('another service key', () => {
  it('is told by an announcement of root with the next request, and then both sides use only it', async () => {
    const { world, customer, merchant } = await shop();
    const { announcement } = await rotate(world, 'sealing');
    expect(await phonesOf(world, 'sealing')).toEqual([
      [1, 1],
      [2, 0],
    ]);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.announcements).toEqual([announcement]);
    expect(decodeAnnouncement(primitives, world.keys.root, announcement).kid).toBe(2);
    expect(lastKid(customer)).toBe(2);
    expect(await phonesOf(world, 'sealing')).toEqual([
      [1, 0],
      [2, 1],
    ]);
    customer.phone.kids.length = 0;
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(new Set(customer.phone.kids)).toEqual(new Set([2]));
    expect(customer.phone.announcements).toHaveLength(1);
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
    expect((await world.service.keys.list()).map(({ beginsAt }) => beginsAt)).toEqual([0, undefined, 0]);
    expect(merchant.id).toBe(1);
  });

  it('leaves the one before for phones that have not heard, for so long; then these are not heard', async () => {
    const { world, customer, merchant } = await shop();
    customer.phone.hearsAnnouncements = false;
    await rotate(world, 'sealing', 10 * DAY);
    await world.clock.advance(9 * DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(1);
    await world.clock.advance(DAY);
    expect(await pay(world, customer, merchant)).toBe('REQUESTED');
    // It hears at last, with the next request, and is back.
    customer.phone.hearsAnnouncements = true;
    await world.clock.advance(DAY);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(2);
  });

  it('is told to a phone that does not hear at most three times, a day apart', async () => {
    const { world, customer } = await shop();
    customer.phone.hearsAnnouncements = false;
    await rotate(world, 'sealing');
    const told = () =>
      world.air.sent.filter(({ content }) => content.kind === 'data' && content.data.length === 107).length;
    const counts: number[] = [];
    for (let day = 0; day < 6; day += 1) {
      for (let n = 0; n < 5; n += 1) {
        customer.phone.query(new Uint8Array(8).fill(n), 'balance');
        await world.clock.advance(SECOND);
      }
      counts.push(told());
      await world.clock.advance(DAY);
    }
    expect(counts).toEqual([1, 2, 3, 3, 3, 3]);
  });

  it('once a phone has used it, the one before counts only for what the phone had sealed by then', async () => {
    const { world, customer, merchant } = await shop();
    const late = world.phone(CUSTOMER_NUMBER);
    expect(late.sent).toEqual([]);
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
    // A copy of the phone as it was: it is told of the key, and gets nothing else.
    customer.phone.trust({ sealing: world.keys.sealing });
    const before = world.air.sent.length;
    customer.phone.query(new Uint8Array(8).fill(2), 'balance');
    customer.phone.sayOctets(new Uint8Array(79).fill(0x7f));
    await world.clock.advance(3 * SECOND);
    expect(world.air.sent.length).toBe(before);
    expect(balances()).toBe(1);
    await world.clock.advance(DAY);
    customer.phone.query(new Uint8Array(8).fill(3), 'balance');
    await world.clock.advance(3 * SECOND);
    expect(customer.phone.announcements).toHaveLength(1);
  });

  it('is in the descriptor of a phone that enrols after it, and an activation that was begun before goes on', async () => {
    const { world, customer, merchant } = await shop();
    const early = await world.service.addPerson({ number: MERCHANT_NUMBER, name: 'Berta', language: 'it' });
    const begun = await world.service.activate(early.id);
    const { key } = await rotate(world, 'sealing');
    const { key: receiptKey } = await rotate(world, 'signing');
    expect(await world.service.downloads.descriptor(begun.linkToken)).toContain(
      `Safe-Mobile-Key: 1:${hexOf(world.keys.sealing.publicKey)}`,
    );
    const phone = world.phone(MERCHANT_NUMBER);
    phone.enrol(begun.deviceId, begun.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect((await world.service.devices(early.id)).map(({ state }) => state)).toEqual(['active']);
    const next = await world.service.activate(customer.person.id);
    const descriptor = await world.service.downloads.descriptor(next.linkToken);
    expect(descriptor).toContain(`Safe-Mobile-Key: 2:${hexOf(key.publicKey)}`);
    expect(descriptor).toContain(`Safe-Mobile-Receipt-Key: 2:${hexOf(receiptKey.publicKey)}`);
    const renewed = world.phone(CUSTOMER_NUMBER);
    renewed.trust({ sealing: key, signing: receiptKey.publicKey });
    renewed.enrol(next.deviceId, next.activationCode, PIN);
    await world.clock.advance(3 * SECOND);
    renewed.approve(PIN);
    await world.clock.advance(3 * SECOND);
    expect(renewed.announcements).toEqual([]);
    expect(renewed.kids.every((kid) => kid === 2)).toBe(true);
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
      tx.get("SELECT sealed_secret FROM service_key WHERE use = 'sealing' AND kid = 2", (row) =>
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
    await rotate(world, 'sealing');
    await pay(world, customer, merchant);
    await rotate(world, 'sealing');
    customer.phone.hearsAnnouncements = true;
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(lastKid(customer)).toBe(3);
    expect(await phonesOf(world, 'sealing')).toEqual([
      [1, 0],
      [2, 0],
      [3, 1],
    ]);
  });
});

describe('another receipt key', () => {
  it('signs receipts to a phone once the network says that the phone was told; those of before are the same for ever', async () => {
    const { world, customer, merchant } = await shop();
    const first = await world.request(merchant);
    await world.clock.advance(2 * SECOND);
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
    const receipt = await world.service.receipt(first.txn);
    const { key } = await rotate(world, 'signing');
    const signers = async () => (await world.service.devices(customer.person.id)).map(({ signingKid }) => signingKid);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(await signers()).toEqual([1]);
    const sms = world.air.sent.find(({ content }) => content.kind === 'data' && content.data.length === 107);
    expect(sms?.statusReport).toBe(true);
    world.air.report(sms, 'delivered');
    await world.clock.advance(SECOND);
    expect(await signers()).toEqual([2]);
    expect(await phonesOf(world, 'signing')).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.receipts().filter(({ status }) => status === 'paid')).toHaveLength(3);

    expect(await world.service.receipt(first.txn)).toEqual(receipt);
    expect(receipt.kid).toBe(1);
    const [, last] = await world.service.payments({ limit: 2 });
    const second = await world.service.receipt(last?.txn ?? '');
    expect([second.kid, hexOf(second.publicKey)]).toEqual([2, hexOf(key.publicKey)]);
    for (const { publicKey, signedText, signature } of [receipt, second])
      expect(verifySignature(primitives, publicKey, signedText, signature)).toBe(true);
    world.air.report(sms, 'delivered');
    await world.clock.advance(SECOND);
    expect(await signers()).toEqual([2]);
  });

  it('signs for all phones when the time of the one before is over', async () => {
    const { world, customer, merchant } = await shop();
    const { key } = await rotate(world, 'signing', DAY);
    await world.clock.advance(DAY);
    customer.phone.trust({ signing: key.publicKey });
    expect(await pay(world, customer, merchant)).toBe('CAPTURED');
    expect(customer.phone.receipts().at(-1)?.status).toBe('paid');
  });

  it('signs orders and the time', async () => {
    const { world, customer } = await shop();
    const { key } = await rotate(world, 'signing', 0);
    customer.phone.say({ type: 'TIME_REQUEST', nonce: new Uint8Array(8) });
    await world.clock.advance(3 * SECOND);
    const { deviceId } = await world.service.phoneOrders.give(customer.person.id, 'lock');
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

describe('what root has not signed', () => {
  it.each<[string, (world: World, right: KeyAnnouncement) => Uint8Array]>([
    ['by another root', (world, right) => signed(world, right, new Uint8Array(32).fill(1))],
    ['with another last octet', (world, right) => signed(world, right).with(106, 0)],
    ['of another key', (world, right) => signed(world, { ...right, key: new Uint8Array(32).fill(9) })],
    ['of a key that was not made', (world, right) => signed(world, { ...right, kid: 3 })],
    ['for another use', (world, right) => signed(world, { ...right, what: 2 })],
  ])('an announcement %s: is refused, and nothing changes', async (_, forge) => {
    const { world } = await shop();
    const { kid, publicKey: key } = await world.service.keys.prepare('sealing');
    const right: KeyAnnouncement = { what: 1, kid, key, notBefore: 0, notAfter: 0xffff_ffff };
    await expect(world.service.keys.announce(forge(world, right), 0)).rejects.toMatchObject({
      code: 'invalid-request',
    });
    expect((await world.service.keys.list()).map(({ beginsAt, endsAt }) => [beginsAt, endsAt])).toEqual([
      [0, undefined],
      [undefined, undefined],
      [0, undefined],
    ]);
    const announced = await world.service.keys.announce(signed(world, right), DAY);
    await world.clock.advance(SECOND);
    expect((await world.service.keys.announce(signed(world, right), 0)).beginsAt).toBe(announced.beginsAt);
    expect((await world.service.keys.list())[0]?.endsAt).toBe((announced.beginsAt ?? 0) + DAY);
  });
});
