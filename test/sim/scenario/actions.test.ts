import { expect, test } from 'vitest';
import { seededRandom } from '../../../sim/random.ts';
import { readAll } from '../../../sim/scenario/actions.ts';
import { passagesOf } from '../../../sim/scenario/traffic.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';

test('a user who reads everything keeps what was sent or is to be sent, in both memories', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER });
  const tpdu = Uint8Array.of(0x01, 0, 2, 0x81, 0x21, 0, 0, 0);
  for (const name of ['SM', 'ME'] as const) {
    for (const status of [0, 1, 2, 3] as const) modem.store(name).add({ status, smsc: Uint8Array.of(0), tpdu });
  }
  readAll(modem);
  await clock.advance(0);
  for (const name of ['SM', 'ME'] as const) {
    expect([...modem.store(name).entries()].map(([, { status }]) => status)).toEqual([2, 3]);
  }
});

test('a user who reads everything makes room: what waited for it comes', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, simCapacity: 1 });
  await hostOf(modem, clock);
  for (const text of ['1', '2']) world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text } });
  await clock.advance(1_000);
  expect(world.waitingFor(NUMBER)).toBe(1);
  readAll(modem);
  await clock.advance(1_000);
  expect([world.waitingFor(NUMBER), modem.store('SM').used]).toEqual([0, 1]);
});

const traffic = { messages: 300, during: 60_000, text: 'n {n} of {n}' } as Parameters<typeof passagesOf>[0];

test('traffic goes between two different phones, between all of them, in the order of its times', () => {
  const phones = ['1', '2', '3'];
  const passages = passagesOf(traffic, phones, phones, seededRandom(1));
  expect(passages).toHaveLength(300);
  expect(new Set(passages.map(({ from, to }) => from + to))).toEqual(new Set(['12', '13', '21', '23', '31', '32']));
  const times = passages.map(({ at }) => at);
  expect(times).toEqual([...times].sort((one, other) => one - other));
  expect(times.every((at) => Number.isInteger(at) && at >= 0 && at < 60_000)).toBe(true);
  expect([passages[0]?.text, passages.at(-1)?.text]).toEqual(['n 1 of 1', 'n 300 of 300']);
});

test('traffic to phones that send nothing goes to each of them', () => {
  const passages = passagesOf(traffic, ['1'], ['2', '3'], seededRandom(1));
  expect(new Set(passages.map(({ to }) => to))).toEqual(new Set(['2', '3']));
});

test('traffic to the only phone there is goes to itself', () => {
  expect(passagesOf(traffic, ['1'], ['1'], seededRandom(1)).every(({ to }) => to === '1')).toBe(true);
});
