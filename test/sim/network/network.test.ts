import { expect, test } from 'vitest';
import { latencyProfiles, operators, VirtualClock } from '../../../sim/index.ts';
import { EventLog } from '../../../sim/log.ts';
import { Network } from '../../../sim/network/network.ts';
import { seededRandom } from '../../../sim/random.ts';

const BOB = '+393330000002';

function network(): Network {
  const clock = new VirtualClock();
  const profile = latencyProfiles['none'] ?? expect.fail('no profile');
  const options = { smsc: '+393990000001', countryCode: '39', zone: 4, interimReports: false };
  return new Network({ clock, random: seededRandom(1), log: new EventLog(clock), profile, ...options });
}

/** How a number is dialled, and whom it leads to when Bob and the short number 4321 are subscribers. */
test.each([
  [BOB, BOB],
  ['00393330000002', BOB],
  ['3330000002', BOB],
  ['03330000002', BOB],
  ['0033330000002', '+33330000002'],
  ['4321', '4321'],
  ['+4321', '+4321'],
  ['333', '333'],
  ['0333', '0333'],
  ['00333', '+333'],
  ['BANK', 'BANK'],
  ['3330000002+', '3330000002+'],
  ['', ''],
])('%j leads to %j', (dialled, number) => {
  const net = network();
  for (const known of [BOB, '4321']) net.subscribe(known);
  expect(net.resolve(dialled)).toBe(number);
});

test('a number that a subscriber has just as it was dialled is not made international', () => {
  const net = network();
  for (const known of [BOB, '3330000002']) net.subscribe(known);
  expect(net.resolve('3330000002')).toBe('3330000002');
});

test('a number is of a subscriber, of a service, or nobody’s; one that is taken is not given again', () => {
  const net = network();
  const bob = net.subscribe(BOB);
  const elsewhere = net.subscribe('+4479', operators['00103'] ?? expect.fail('no operator'));
  expect([BOB, '+4479', '4000', '4001', '4002', '4003', '+999'].map((number) => net.has(number))).toEqual([
    ...[true, true, true, true, true],
    ...[false, false],
  ]);
  for (const taken of [BOB, '4000']) expect(() => net.subscribe(taken)).toThrow(`The number ${taken} is taken`);
  expect(net.subscribers).toEqual([bob, elsewhere]);
  expect([net.subscriber(BOB), net.subscriber('+999')]).toEqual([bob, undefined]);
  expect([net.zone, net.smsc, bob.operator.code]).toEqual([4, '+393990000001', '00101']);
});

test('a network has 200,000 numbers at most', () => {
  const net = network();
  for (let i = 1; i <= 200_000; i += 1) net.subscribe(`+${i}`);
  expect(() => net.subscribe('+200001')).toThrow('A network has 200000 numbers at most');
  expect(net.has('+200000')).toBe(true);
});
