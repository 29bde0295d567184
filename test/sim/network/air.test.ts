import { expect, test } from 'vitest';
import { latencyProfiles, type World } from '../../../sim/index.ts';
import { ALICE, BOB, MINUTE, networkOf } from './network-of.ts';

const direct = latencyProfiles['direct'];

test.each([6, 15, 30])('a modem sends %i messages a minute', async (ratePerMinute) => {
  const { world, pass, entries } = networkOf({ ratePerMinute });
  const sendings = Array.from({ length: 40 }, () =>
    world.send({ from: ALICE, to: '4001', content: { kind: 'text', text: 'x' } }),
  );
  await pass(MINUTE);
  expect(entries('accept').length).toBe(ratePerMinute);
  await pass(6 * MINUTE);
  await Promise.all(sendings);
  expect(entries('accept')).toHaveLength(40);
});

test.each([6, 15, 30])('a modem receives %i messages a minute', async (ratePerMinute) => {
  const { world, pass, entries } = networkOf();
  world.subscriber(ALICE)?.setRate(ratePerMinute);
  for (let i = 0; i < 40; i += 1) world.deliver({ to: ALICE, from: 'BANK', content: { kind: 'text', text: 'x' } });
  await pass(MINUTE);
  expect(entries('deliver')).toHaveLength(ratePerMinute);
});

test('the air carries one message at a time, either way', async () => {
  const { world, pass, entries } = networkOf({ ratePerMinute: 6 });
  const sending = world.send({ from: ALICE, to: '4001', content: { kind: 'text', text: 'x' } });
  await pass(1_000);
  world.deliver({ to: ALICE, from: 'BANK', content: { kind: 'text', text: 'y' } });
  await pass(18_999);
  expect(await sending).toMatchObject([{ answer: { kind: 'accepted' } }]);
  expect(entries('deliver').filter(({ to }) => to === ALICE)).toEqual([]);
  await pass(1);
  expect(entries('deliver').filter(({ to }) => to === ALICE)).toHaveLength(1);
});

/** What ends the contact of Alice's phone. */
const GOES = [
  ['goes out of coverage', (world) => world.subscriber(ALICE)?.setCovered(false)],
  ['is switched off', (world) => world.subscriber(ALICE)?.setPowered(false)],
] as const satisfies readonly (readonly [what: string, happens: (world: World) => void])[];

test.each(GOES)(
  'a phone that %s before the answer came does not hear it: the message went, and it is told 332',
  async (_what, happens) => {
    const { world, pass, entries } = networkOf({ ratePerMinute: 6 });
    const sending = world.send({ from: ALICE, to: '4001', content: { kind: 'text', text: 'x' } });
    while (entries('accept').length === 0) await pass(100);
    happens(world);
    await pass(MINUTE);
    expect(await sending).toMatchObject([{ answer: { kind: 'refused', cause: 332 } }]);
    expect(world.submitted(ALICE)).toHaveLength(1);
  },
);

test.each(GOES)('what a phone was sending when it %s is lost', async (_what, happens) => {
  const { world, pass, entries } = networkOf({ ...(direct && { profile: direct }) });
  const sending = world.send({ from: ALICE, to: BOB, content: { kind: 'text', text: 'x' } });
  await pass(200);
  happens(world);
  await pass(MINUTE);
  expect(await sending).toMatchObject([{ answer: { kind: 'refused', cause: 332 } }]);
  expect(entries('lose')).toMatchObject([{ sms: 1, to: BOB }]);
  expect(entries('accept')).toEqual([]);
});

test('each phone has an air of its own', async () => {
  const { world, pass, entries } = networkOf({ ratePerMinute: 6 });
  for (const to of [ALICE, BOB]) world.deliver({ to, from: 'BANK', content: { kind: 'text', text: 'x' } });
  await pass(10_000);
  expect(entries('deliver')).toHaveLength(2);
});

test('in direct a leg of the air takes 0.8 s in the middle; weak reception adds 0.5 s (Brown 2013)', async () => {
  const took = async (reception: 'good' | 'weak') => {
    const { world, pass, entries } = networkOf({ ...(direct && { profile: direct }) });
    world.subscriber(BOB)?.setReception(reception);
    for (let i = 0; i < 400; i += 1) {
      world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'x' } });
      world.modem(BOB)?.store('SM').delete(1);
      world.modem(BOB)?.store('SM').delete(2);
      await pass(MINUTE);
    }
    const starts = entries('accept').map(({ at }) => at);
    const times = entries('deliver')
      .map(({ at }, i) => at - (starts[i] ?? 0))
      .sort((a, b) => a - b);
    return times[200] ?? 0;
  };
  expect(Math.abs((await took('good')) - 800)).toBeLessThan(50);
  expect(Math.abs((await took('weak')) - 1_300)).toBeLessThan(100);
});

test('a rate that no modem has is refused, and leaves its number free', () => {
  const { world } = networkOf();
  const add = (ratePerMinute: number) => world.addModem({ number: '+393330000003', ratePerMinute });
  expect(() => add(0)).toThrow('A rate of 0 messages a minute is not 1 to 600');
  expect(add(600).radio.registered).toBe(true);
});

test('a phone that leaves coverage while a message is on the air gets it later', async () => {
  const { world, pass, entries } = networkOf({ ratePerMinute: 6 });
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'x' } });
  await pass(5_000);
  world.subscriber(BOB)?.setReception('none');
  await pass(5_000);
  expect(entries('wait')).toMatchObject([{ reason: 'absent' }]);
  world.subscriber(BOB)?.setReception('good');
  await pass(MINUTE);
  expect(entries('deliver')).toHaveLength(1);
});

test('a phone that is out of reach when its message is due is told after 40 s that the network is silent: 332', async () => {
  const { world, pass, entries } = networkOf(direct && { profile: direct });
  let told: unknown;
  void world.send({ from: ALICE, to: BOB, content: { kind: 'text', text: 'x' } }).then((sendings) => {
    told = sendings.map(({ answer }) => answer);
  });
  world.subscriber(ALICE)?.setReception('none');
  while (entries('lose').length === 0) await pass(1);
  await pass(39_998);
  expect(told).toBeUndefined();
  await pass(2);
  expect(told).toEqual([{ kind: 'refused', cause: 332 }]);
});
