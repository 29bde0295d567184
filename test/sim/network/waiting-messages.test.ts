import { expect, test } from 'vitest';
import { operators } from '../../../sim/index.ts';
import type { DeliveryAnswer } from '../../../sim/network/radio-link.ts';
import { ALICE, BOB, HOUR, MINUTE, type Network, networkOf } from './network-of.ts';

/** A message to Bob from outside. Says its number in the log. */
function deliver(
  { world }: Network,
  more: { priority?: boolean; pid?: number; validityMs?: number; messageClass?: 0 } = {},
): number {
  const [sms = 0] = world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'x' }, ...more });
  return sms;
}

const waitingFor = ({ world }: Network, number?: string) => world.waiting(number).map(({ sms }) => sms);

/** Bob's phone answers every message so. */
function answers({ world }: Network, receive: () => DeliveryAnswer | Promise<DeliveryAnswer>): void {
  world.subscriber(BOB)?.link?.insertInto({ receive, coverageChanged() {}, setPowered() {} });
}

/** Bob is away. */
function away(): Network {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  return network;
}

test.each([0, 1, 2])('of three messages that wait the one at %i is deleted, and the others are not', (at) => {
  const network = away();
  const waiting = [deliver(network), deliver(network), deliver(network)];
  expect(network.world.deleteWaiting(waiting[at] ?? 0)).toBe(true);
  expect(waitingFor(network, BOB)).toEqual(waiting.filter((_, i) => i !== at));
  expect(network.world.deleteWaiting(waiting[at] ?? 0), 'a second time').toBe(false);
});

test('of messages that wait and some that let another pass the one that is meant is deleted', () => {
  const network = away();
  const queued = [deliver(network), deliver(network)];
  network.world.faults.add({ action: { kind: 'reorder' }, times: 3 });
  const passing = [deliver(network), deliver(network), deliver(network)];
  expect(waitingFor(network)).toEqual([...queued, ...passing]);
  network.world.deleteWaiting(passing[1] ?? 0);
  expect(waitingFor(network)).toEqual([...queued, passing[0], passing[2]]);
  network.world.deleteWaiting(queued[0] ?? 0);
  expect(waitingFor(network)).toEqual([queued[1], passing[0], passing[2]]);
});

test.each([
  [{ priority: true }, [3, 1, 2]],
  [{}, [1, 2, 3]],
])('a third message that is %j goes to its place, and the others stay', (more, order) => {
  const network = away();
  for (const each of [{}, {}, more]) deliver(network, each);
  expect(waitingFor(network)).toEqual(order);
});

test('a class 0 that comes to four that wait goes behind the one of priority and before the others', () => {
  const network = away();
  for (const more of [{ priority: true }, {}, {}, {}, { messageClass: 0 as const }]) deliver(network, more);
  expect(waitingFor(network)).toEqual([1, 5, 2, 3, 4]);
});

test('one of priority that comes while another is on the air goes next, and none is lost', async () => {
  const network = networkOf({ ratePerMinute: 6 });
  const bob = network.bob.store('SM');
  for (let i = 0; i < 2; i += 1) deliver(network);
  await network.pass(1_000);
  deliver(network, { priority: true });
  expect(network.world.waiting(BOB).map(({ sms, onAir }) => [sms, onAir])).toEqual([
    [3, false],
    [1, true],
    [2, false],
  ]);
  await network.pass(HOUR);
  expect(network.entries('deliver').map(({ sms }) => sms)).toEqual([1, 3, 2]);
  expect(bob.used).toBe(3);
});

test('of several that let another pass, when none comes, all arrive in their order after a minute', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'reorder' }, times: 3 });
  for (let i = 0; i < 3; i += 1) deliver(network);
  await network.pass(MINUTE);
  expect(network.entries('deliver').map(({ sms }) => sms)).toEqual([1, 2, 3]);
  expect(waitingFor(network)).toEqual([]);
});

test('a message that is doubled arrives twice at once, the second under a number of its own', () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'duplicate' } });
  deliver(network);
  expect(network.entries('duplicate')).toMatchObject([{ sms: 2, original: 1, to: BOB }]);
  expect(network.entries('deliver').map(({ sms, at }) => [sms, at])).toEqual([
    [1, 0],
    [2, 0],
  ]);
});

test('a message to another operator is logged as tried and delivered', () => {
  const network = networkOf();
  const second = operators['00102'] ?? expect.fail('no operator');
  network.world.addForeignNumber('+4479', second);
  network.world.deliver({ to: '+4479', from: 'BANK', content: { kind: 'text', text: 'x' } });
  expect([network.entries('attempt').length, network.entries('deliver')]).toMatchObject([1, [{ to: '+4479' }]]);
});

test('a message that replaces another takes its place, and those behind stay', () => {
  const network = away();
  for (const more of [{ pid: 0x41 }, {}, { pid: 0x42 }, { pid: 0x41 }]) deliver(network, more);
  expect(waitingFor(network)).toEqual([4, 2, 3]);
  expect(network.entries('replace')).toMatchObject([{ sms: 1, by: 4 }]);
});

test('what waits says when it is tried again once an attempt has failed, and when it is given up', async () => {
  const network = networkOf({ ratePerMinute: 6 });
  const begin = network.world.clock.now();
  deliver(network, { validityMs: HOUR });
  expect(network.world.waiting()).toEqual([
    { sms: 1, from: 'BANK', to: BOB, isReport: false, urgency: 2, status: 0x30, onAir: true, expiresAt: begin + HOUR },
  ]);
  expect(network.world.waiting()[0]).not.toHaveProperty('retryAt');
  network.world.subscriber(BOB)?.setReception('none');
  await network.pass(10_000);
  expect(network.world.waiting()).toMatchObject([{ onAir: false, status: 0x22, retryAt: begin + 10_000 + MINUTE }]);
  expect(network.world.waiting(BOB)).toEqual(network.world.waiting());
  expect([network.world.waiting(ALICE), network.world.waiting('+999')]).toEqual([[], []]);
});

test('what comes while the phone is known to be away expires in its own time, before the next attempt', async () => {
  const network = away();
  deliver(network);
  await network.pass(20 * MINUTE);
  expect(network.entries('wait').at(-1)?.retryMs).toBe(30 * MINUTE);
  const attempts = network.entries('wait').length;
  const late = deliver(network, { validityMs: 5 * MINUTE });
  await network.pass(5 * MINUTE);
  expect(network.entries('fail')).toMatchObject([{ sms: late, status: 0x46, at: 25 * MINUTE }]);
  expect(network.entries('wait'), 'the end of a validity is no attempt').toHaveLength(attempts + 1);
  await network.pass(HOUR);
  expect(network.entries('wait').at(-1)?.at, 'the first goes on being tried').toBe(46 * MINUTE);
});

test('after the last message expired a new one is tried at once, and later when the schedule says so', async () => {
  const network = away();
  deliver(network, { validityMs: 2 * MINUTE });
  await network.pass(3 * MINUTE);
  expect(network.entries('fail')).toHaveLength(1);
  const before = network.entries('wait').length;
  deliver(network);
  await network.pass(0);
  expect(network.entries('wait').slice(before)).toMatchObject([{ reason: 'absent', retryMs: 10 * MINUTE }]);
});

test('the register is told that a phone is away or full, and nothing of one that is busy or does not answer', async () => {
  const network = networkOf();
  const bob = network.world.subscriber(BOB);
  answers(network, () => ({ kind: 'refused', cause: 0xd4 }));
  deliver(network);
  expect(bob?.messagesWaiting, 'busy').toEqual({ notReachable: false, memoryExceeded: false });
  answers(network, () => new Promise(() => {}));
  await network.pass(3 * MINUTE);
  expect(network.entries('wait').map(({ reason }) => reason)).toEqual(['busy', 'no-answer']);
  expect(bob?.messagesWaiting, 'no answer').toEqual({ notReachable: false, memoryExceeded: false });
  answers(network, () => ({ kind: 'refused', cause: 0xd3 }));
  await network.pass(10 * MINUTE);
  expect(bob?.messagesWaiting, 'full').toEqual({ notReachable: false, memoryExceeded: true });
});

test('after an answer that came later the next message goes out at once', async () => {
  const network = networkOf();
  answers(network, () => Promise.resolve({ kind: 'accepted' }));
  for (let i = 0; i < 3; i += 1) deliver(network);
  await network.pass(0);
  expect(network.entries('deliver').map(({ sms }) => sms)).toEqual([1, 2, 3]);
});

test('a message of a service, of nobody and of another operator whose time is over fails too', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'delay', ms: HOUR }, times: 2 });
  for (const to of ['4001', '+39777']) await network.send('x', { to, validityMs: HOUR, statusReport: false });
  await network.pass(2 * HOUR);
  expect(network.entries('fail').map(({ to, status }) => [to, status])).toEqual([
    ['4001', 0x46],
    ['+39777', 0x46],
  ]);
  expect(network.entries('deliver')).toEqual([]);
});

test('a service answers a message from outside to the subscriber that it came from', () => {
  const network = networkOf();
  network.world.deliver({ to: '4000', from: ALICE, content: { kind: 'text', text: 'x' } });
  expect(network.entries('deliver').map(({ from, to }) => [from, to])).toEqual([
    [ALICE, '4000'],
    ['4000', ALICE],
  ]);
  expect(network.entries('attempt').map(({ to }) => to)).toEqual(['4000', ALICE]);
});
