import { expect, test } from 'vitest';
import { addressOf, decodeTpdu, encodeTpdu, fromHex } from '../../../modem/index.ts';
import { latencyProfiles } from '../../../sim/index.ts';
import type { DeliveryAnswer } from '../../../sim/network/radio-link.ts';
import { ALICE, BOB, HOUR, MINUTE, type Network, networkOf } from './network-of.ts';

/** The texts that Bob's phone was given, in order. */
const texts = ({ entries }: Network) =>
  entries('deliver').flatMap(({ to, tpdu }) => {
    const read = decodeTpdu(fromHex(tpdu), 'mobile-terminated');
    return to === BOB && read.type === 'DELIVER' && read.userData.kind === 'text' ? [read.userData.text] : [];
  });

/** A message to Bob from outside. Says its number in the log. */
function deliver({ world }: Network, text: string, more: { priority?: boolean; pid?: number; from?: string } = {}) {
  const [sms = 0] = world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text }, ...more });
  return sms;
}

/** Bob's phone answers every message so. */
function answers({ world }: Network, receive: () => DeliveryAnswer | Promise<DeliveryAnswer>): void {
  world.subscriber(BOB)?.link?.insertInto({ receive, coverageChanged() {}, setPowered() {} });
}

test('after a message was taken the schedule begins with 1 min again', async () => {
  const network = networkOf();
  const bob = network.world.subscriber(BOB);
  for (const text of ['x', 'y']) {
    bob?.setReception('none');
    deliver(network, text);
    await network.pass(2 * MINUTE);
    bob?.setReception('good');
    await network.pass(10_000);
  }
  expect(texts(network)).toEqual(['x', 'y']);
  expect(network.entries('wait').map(({ retryMs }) => retryMs / MINUTE)).toEqual([1, 5, 1, 5]);
});

test('one that finds no room behind a message that was taken waits 1 min, not the rest of the time before', async () => {
  const network = networkOf();
  network.world.fillMemory(BOB);
  for (const text of ['x', 'y']) deliver(network, text);
  await network.pass(7 * MINUTE);
  network.bob.store('SM').delete(1);
  network.bob.incoming.roomMade();
  expect(texts(network)).toEqual(['x']);
  expect(network.entries('wait').at(-1)).toMatchObject({ sms: 2, reason: 'full', retryMs: MINUTE });
});

test('a message whose validity ends at this moment is not tried any more', async () => {
  const network = networkOf();
  const bob = network.world.subscriber(BOB);
  bob?.setReception('shadow');
  network.world.clock.after(5 * MINUTE, () => {
    bob?.setReception('good');
    deliver(network, 'priority', { priority: true });
  });
  const late = await network.send('late', { validityMs: 5 * MINUTE });
  await network.pass(5 * MINUTE);
  expect(texts(network)).toEqual(['priority']);
  expect(network.entries('fail')).toMatchObject([{ sms: late, status: 0x46, at: 5 * MINUTE }]);
});

test.each([
  [HOUR - 1, [], 1],
  [HOUR, [0x46], 0],
])('a message of 1 h that comes to the mailbox after %i ms fails with %j', async (ms, failed, delivered) => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'delay', ms } });
  await network.send('x', { validityMs: HOUR });
  await network.pass(2 * HOUR);
  expect(network.entries('fail').map(({ status }) => status)).toEqual(failed);
  expect(texts(network)).toHaveLength(delivered);
});

/** Two messages that wait, and how many are left (3GPP TS 23.040, 9.2.3.9). */
const REPLACING: readonly (readonly [name: string, left: number, first: object, second: object])[] = [
  ['of one replace type and sender', 1, { pid: 0x41 }, { pid: 0x41 }],
  ['of the last replace type', 1, { pid: 0x47 }, { pid: 0x47 }],
  ['of no replace type', 2, { pid: 0x48 }, { pid: 0x48 }],
  ['of no type at all', 2, {}, {}],
  ['of two replace types', 2, { pid: 0x41 }, { pid: 0x42 }],
  ['of two senders', 2, { pid: 0x41 }, { pid: 0x41, from: 'SHOP' }],
];

test.each(REPLACING)('of two messages %s: left %i', (_name, left, first, second) => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  deliver(network, 'first', first);
  deliver(network, 'second', second);
  expect(network.world.waitingFor(BOB)).toBe(left);
  expect(network.entries('replace')).toHaveLength(2 - left);
});

test('a message that is on the air is not replaced', async () => {
  const network = networkOf({ ratePerMinute: 6 });
  deliver(network, 'first', { pid: 0x41 });
  await network.pass(1_000);
  deliver(network, 'second', { pid: 0x41 });
  await network.pass(MINUTE);
  expect(texts(network)).toEqual(['first', 'second']);
  expect(network.entries('replace')).toEqual([]);
});

test('a message on the air is not deleted; one that lets another pass is', async () => {
  const network = networkOf({ ratePerMinute: 6 });
  const onAir = deliver(network, 'on the air');
  await network.pass(1_000);
  expect(network.world.waiting(BOB)).toMatchObject([{ sms: onAir, onAir: true }]);
  expect(network.world.deleteWaiting(onAir)).toBe(false);
  await network.pass(MINUTE);
  network.world.faults.add({ action: { kind: 'reorder' } });
  const passing = deliver(network, 'lets pass');
  expect(network.world.waiting(BOB)).toMatchObject([{ sms: passing, onAir: false }]);
  expect(network.world.deleteWaiting(passing)).toBe(true);
  expect(network.world.waitingFor(BOB)).toBe(0);
  await network.pass(HOUR);
  expect(texts(network)).toEqual(['on the air']);
});

test('a phone has 40 s to acknowledge, and what it says later is not heard (TR1N of 3GPP TS 24.011, 10.1)', async () => {
  const network = networkOf();
  const asked: ((answer: DeliveryAnswer) => void)[] = [];
  answers(network, () => new Promise((answer) => asked.push(answer)));
  deliver(network, 'x');
  await network.pass(39_999);
  expect(network.entries('wait')).toEqual([]);
  await network.pass(1);
  expect(network.entries('wait')).toMatchObject([{ reason: 'no-answer' }]);
  asked[0]?.({ kind: 'accepted' });
  await network.pass(1_000);
  expect(network.entries('deliver')).toEqual([]);
  expect(network.world.waitingFor(BOB)).toBe(1);
  await network.pass(MINUTE);
  asked[1]?.({ kind: 'accepted' });
  await network.pass(0);
  expect(network.entries('deliver')).toHaveLength(1);
});

test.each([
  [0xd4, 'wait', { reason: 'busy', cause: 0xd4 }],
  [0x90, 'fail', { status: 0x41, cause: 0x90 }],
  [0xdf, 'fail', { status: 0x41, cause: 0xdf }],
  [0xe0, 'fail', { status: 0x42, cause: 0xe0 }],
  [0xfe, 'fail', { status: 0x42, cause: 0xfe }],
] as const)('the log says TP-FCS %i of a refusal', (cause, kind, logged) => {
  const network = networkOf();
  answers(network, () => ({ kind: 'refused', cause }));
  deliver(network, 'x');
  expect(network.entries(kind)).toMatchObject([logged]);
});

/** A SUBMIT of Alice's to Bob, `more` overriding a plain one. */
async function submit(network: Network, more: object) {
  const sending = network.alice.outgoing.send(
    encodeTpdu({
      type: 'SUBMIT',
      messageReference: 0,
      destination: addressOf(BOB),
      dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
      userData: { kind: 'text', header: [], text: 'x' },
      ...more,
    }),
  );
  await network.pass(0);
  return sending;
}

test('the log says TP-FCS of a refusal also of a message that is tried once', async () => {
  const network = networkOf();
  answers(network, () => ({ kind: 'refused', cause: 0xd2 }));
  await submit(network, { validity: { format: 'enhanced', singleShot: true, period: { kind: 'none' } } });
  expect(network.entries('fail')).toMatchObject([{ status: 0x65, cause: 0xd2 }]);
});

test.each([
  [false, false],
  [true, false],
  [false, true],
  [true, true],
])(
  'TP-RP %j and TP-SRR %j of a SUBMIT are TP-RP and TP-SRI of the DELIVER (3GPP TS 23.040, 9.2.2.1)',
  async (replyPath, report) => {
    const network = networkOf();
    await submit(network, { replyPath, statusReportRequested: report });
    const [delivered] = network.entries('deliver');
    // Bit 7 is TP-RP, bit 5 TP-SRI (3GPP TS 23.040, 9.2.3.17 and 9.2.3.4).
    const first = Number.parseInt(delivered?.tpdu.slice(0, 2) ?? '', 16);
    expect([(first & 0x80) !== 0, (first & 0x20) !== 0]).toEqual([replyPath, report]);
  },
);

test("a phone's class 0 goes before others too, and has no priority", async () => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  await network.send('plain');
  await network.send('class 0', { messageClass: 0 });
  await network.send('class 1', { messageClass: 1 });
  expect(network.world.waiting(BOB).map(({ sms, urgency }) => [sms, urgency])).toEqual([
    [2, 1],
    [1, 2],
    [3, 2],
  ]);
});

test('a service answers who sent the message, whatever sender a fault shows it', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'spoof', sender: BOB }, to: '4000' });
  await network.send('x', { to: '4000', statusReport: false });
  expect(network.entries('deliver').map(({ from, to }) => [from, to])).toEqual([
    [BOB, '4000'],
    ['4000', ALICE],
  ]);
});

test('several messages that let another pass come right behind it, in their order', () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'reorder' }, times: 2 });
  for (const text of ['a', 'b']) deliver(network, text);
  expect(network.world.waitingFor(BOB)).toBe(2);
  deliver(network, 'c');
  expect(texts(network)).toEqual(['c', 'a', 'b']);
});

test('a message that is doubled and delayed is late twice', async () => {
  const profile = latencyProfiles['in2005'];
  const network = networkOf({ ...(profile && { profile: { ...profile, lostPerMille: 0 } }) });
  const day = 24 * HOUR;
  network.world.faults.add({ action: { kind: 'duplicate' } });
  network.world.faults.add({ action: { kind: 'delay', ms: 2 * day } });
  deliver(network, 'x');
  await network.pass(2 * day - 1);
  expect(texts(network)).toEqual([]);
  await network.pass(day);
  expect(texts(network)).toEqual(['x', 'x']);
});

test('without TP-RD a second message of one TP-MR is taken while the first waits (3GPP TS 23.040, 9.2.3.25)', async () => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  await network.send('first', { rejectDuplicates: true });
  for (let i = 1; i < 256; i += 1) await network.send('another', { to: '4001', statusReport: false });
  await network.send('again');
  expect(network.entries('refuse')).toEqual([]);
  expect(network.world.waitingFor(BOB)).toBe(2);
});
