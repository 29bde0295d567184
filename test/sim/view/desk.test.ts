import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { latencyProfiles, openSimulation, type Simulation } from '../../../sim/index.ts';
import type { MessageState } from '../../../sim/message-states.ts';
import { type Desk, FIRST_DESK, KEYS, pressKey, SENDER } from '../../../sim/view/desk.ts';
import { HELP, LEGEND, OFFERED_FAULTS } from '../../../sim/view/keys.ts';
import { snapshotOf } from '../../../sim/view/snapshot.ts';

const ONE = '+393330000001';
const TWO = '+393330000002';
const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** Phones in a network in which nothing takes time; time stands still. */
async function opened(count = 2): Promise<Simulation> {
  const profile = latencyProfiles['none'];
  const folder = join(mkdtempSync(join(tmpdir(), 'desk-')), 'm');
  const simulation = await openSimulation(
    {
      ...{ seed: 1, folder, clock: { start: Date.UTC(2010, 2, 1, 9), pace: { kind: 'stopped' } }, responseMs: [0, 0] },
      ...(profile && { profile }),
    },
    (world) => Array.from({ length: count }, (_, i) => world.addModem({ number: `+39333000000${i + 1}` })),
  );
  ends.push(() => simulation.close());
  return simulation;
}

function press(simulation: Simulation, ...keys: readonly string[]): Desk {
  return keys.reduce((desk, key) => pressKey(simulation, desk, key), FIRST_DESK);
}

const shown = (simulation: Simulation, columns = 200) =>
  snapshotOf(simulation, { firstPhone: 0, phones: 5, events: 30, columns });
const stateOf = (simulation: Simulation, phone = 0) => shown(simulation).phones[phone]?.state;

test('the arrows choose a phone, around the ends', async () => {
  const simulation = await opened(3);
  const chosen = (...keys: readonly string[]) => press(simulation, ...keys).chosen;
  expect(chosen()).toBe(0);
  expect(chosen(KEYS.down)).toBe(1);
  expect(chosen(KEYS.down, KEYS.down, KEYS.down)).toBe(0);
  expect(chosen(KEYS.up)).toBe(2);
  expect(chosen(KEYS.up, KEYS.up)).toBe(1);
});

test('what a key does it does to the chosen phone, and undoes the second time', async () => {
  const simulation = await opened();
  const { down } = KEYS;
  press(simulation, down, 'c');
  expect([stateOf(simulation, 0), stateOf(simulation, 1)]).toEqual(['registered', 'no coverage']);
  press(simulation, down, 'c');
  await simulation.clock.step(60_000);
  expect(stateOf(simulation, 1)).toBe('registered');
  press(simulation, 'o');
  expect(stateOf(simulation)).toBe('off');
  expect(simulation.world.subscriber(ONE)?.link?.powered).toBe(false);
  press(simulation, 'o');
  expect(stateOf(simulation)).toBe('searching');
  await simulation.clock.step(60_000);
  // A program at its line has switched its radio off (3GPP TS 27.007, 8.2).
  simulation.world.modem(ONE)?.radio.setFunctionality(4);
  expect(stateOf(simulation)).toBe('off');
  simulation.world.modem(ONE)?.radio.setFunctionality(1);
  await simulation.clock.step(60_000);
  press(simulation, 'u');
  expect(stateOf(simulation)).toBe('unplugged');
  await simulation.clock.step(3_600_000);
  expect(stateOf(simulation)).toBe('unplugged');
  press(simulation, 'u');
  await simulation.clock.step(60_000);
  expect(stateOf(simulation)).toBe('registered');
  const { seq } = simulation.world.log;
  press(simulation, 'b');
  expect(simulation.world.log.entries(seq).map(({ kind }) => kind)).toContain('power');
  expect(press(simulation, 'y', 'é')).toEqual(FIRST_DESK);
});

test('a message is typed, corrected, sent or given up', async () => {
  const simulation = await opened();
  const submitted = () => simulation.world.log.entries().filter(({ kind }) => kind === 'submit');
  expect(press(simulation, 'm')).toEqual({ ...FIRST_DESK, mode: 'message' });
  expect(press(simulation, 'm', 'q', 'c', '😀', KEYS.erase, '!').typed).toBe('qc!');
  expect(press(simulation, 'm', KEYS.erase, 'a', KEYS.up, '\t', 'b').typed).toBe('ab');
  expect(press(simulation, 'm', KEYS.enter)).toMatchObject({ mode: 'keys' });
  expect(press(simulation, 'm', 'a', KEYS.escape)).toMatchObject({ mode: 'keys', left: false });
  expect(submitted()).toEqual([]);
  expect(press(simulation, KEYS.down, 'm', 'H', 'i', KEYS.enter)).toMatchObject({ mode: 'keys', chosen: 1 });
  expect(submitted()).toMatchObject([{ from: '4321', to: TWO, outside: true }]);
  // The next one begins empty.
  expect(press(simulation, 'm', 'a', KEYS.escape, 'm').typed).toBe('');
  const long = press(simulation, 'm', ...'x'.repeat(766));
  expect(long.typed).toHaveLength(765);
});

test('help comes and goes, its keys work meanwhile, and q leaves', async () => {
  const simulation = await opened();
  expect(press(simulation, '?').mode).toBe('help');
  expect(press(simulation, '?', '?').mode).toBe('keys');
  expect(press(simulation, '?', KEYS.escape).mode).toBe('keys');
  press(simulation, '?', 'c');
  expect(stateOf(simulation)).toBe('no coverage');
  expect(press(simulation, 'q').left).toBe(true);
  expect(press(simulation, 'f', 'q')).toMatchObject({ left: false, mode: 'keys' });
  const empty = await opened(0);
  expect(press(empty, 'm')).toEqual(FIRST_DESK);
  expect(press(empty, 'q').left).toBe(true);
});

test('the help has a line for each key, in 80 columns, and the last lines name them all', () => {
  const keys = ['↑ ↓', 'm', 'c', 'o', 'b', 'u', 'f', '1-9', 'space', '.', '< >', 't', '?', 'q'];
  expect(HELP.map((line) => line.slice(0, 6).trim())).toEqual(keys);
  const named = LEGEND.flatMap((line) => line.split(' · ')).map((item) => item.replace(/^(↑↓|< >|\S+) .*$/, '$1'));
  expect(named).toEqual(['↑↓', ...keys.slice(1)]);
  for (const line of [...HELP, ...LEGEND]) expect([...line].length).toBeLessThanOrEqual(80);
});

test('each fault that is offered is arranged for the chosen phone, and its number switches it', async () => {
  const simulation = await opened();
  const { faults } = simulation.world;
  for (const { key } of OFFERED_FAULTS) expect(press(simulation, KEYS.down, 'f', key).mode).toBe('keys');
  expect(press(simulation, 'f', 'y').mode).toBe('keys');
  expect(faults.list()).toMatchObject([
    { action: { kind: 'drop' }, to: TWO },
    { action: { kind: 'duplicate' }, to: TWO },
    { action: { kind: 'delay', ms: 60_000 }, to: TWO },
    { action: { kind: 'drop' }, to: TWO, times: 1_000_000 },
    { action: { kind: 'lose-answer' }, from: TWO },
    { action: { kind: 'refuse', cause: 38 }, from: TWO },
    { action: { kind: 'refuse', cause: 38 }, from: TWO, times: 1_000_000 },
  ]);
  for (const fault of faults.list().slice(0, 3)) expect(fault).not.toHaveProperty('times');
  expect(OFFERED_FAULTS.map(({ key, text }) => `${key} ${text}`)).toEqual([
    'x lose next to it',
    'd double next',
    'l delay next 1 min',
    'X lose all to it',
    'a lose answer to its next +CMGS',
    'r refuse its next',
    'R refuse all it sends',
  ]);
  const on = () => faults.list().map((fault) => fault.on);
  press(simulation, '1', '7', '8', '0');
  expect(on()).toEqual([false, true, true, true, true, true, false]);
  press(simulation, '1');
  expect(on()).toEqual([true, true, true, true, true, true, false]);
});

/** Keys, one after the other, and the pace after each. */
test('the pace of time', async () => {
  const simulation = await opened();
  const pace = (key: string) => {
    press(simulation, key);
    return shown(simulation).pace;
  };
  expect([' ', ' ', ' '].map(pace)).toEqual(['real', 'stopped', 'real']);
  expect(['>', '>', '>', '>', '>', '>'].map(pace)).toEqual(['x10', 'x100', 'x1000', 'x10000', 'x100000', 'x100000']);
  expect(['<', '<', '<', '<', '<', '<'].map(pace)).toEqual(['x10000', 'x1000', 'x100', 'x10', 'real', 'real']);
  expect(['t', 't'].map(pace)).toEqual(['fast', 'real']);
  expect([' ', '>'].map(pace)).toEqual(['stopped', 'x10']);
  expect(['t', ' '].map(pace)).toEqual(['fast', 'stopped']);
  const before = simulation.clock.now();
  press(simulation, '.');
  await expect.poll(() => simulation.clock.now()).toBe(before + 10_000);
  expect(shown(simulation).pace).toBe('stopped');
});

test('what is shown: time, phones, queue, faults, log', async () => {
  const simulation = await opened(3);
  const { world } = simulation;
  world.subscriber(TWO)?.setCovered(false);
  world.deliver({ to: ONE, from: 'BANK', content: { kind: 'text', text: 'x' } });
  world.deliver({ to: TWO, from: 'BANK', content: { kind: 'text', text: 'x' } });
  world.faults.add({ action: { kind: 'late', ms: 5 }, modem: ONE });
  world.faults.add({ action: { kind: 'drop' }, from: ONE });
  world.faults.add({ action: { kind: 'drop' }, to: TWO });
  world.faults.add({ action: { kind: 'drop' }, from: ONE, to: TWO });
  const seen = shown(simulation);
  expect(seen).toMatchObject({ time: '2010-03-01 09:00:00', pace: 'stopped', profile: 'none' });
  const row = { line: expect.stringMatching(/\/modem\d$/), open: false } as const;
  expect(seen.phones).toEqual([
    { ...row, number: ONE, state: 'registered', reachable: true, stored: 1, waiting: 0 },
    { ...row, number: TWO, state: 'no coverage', reachable: false, stored: 0, waiting: 1 },
    { ...row, number: '+393330000003', state: 'registered', reachable: true, stored: 0, waiting: 0 },
  ]);
  expect(seen.queue).toEqual(['    2  BANK           → +393330000002  waits (absent), again in 1 min']);
  expect(seen.faults).toEqual([
    { id: 'fault-1', on: true, text: `late                 struck 0 of 0  ms 5, modem ${ONE}` },
    { id: 'fault-2', on: true, text: `drop                 struck 0 of 0  from ${ONE}` },
    { id: 'fault-3', on: true, text: `drop                 struck 0 of 0  to ${TWO}` },
    { id: 'fault-4', on: true, text: `drop                 struck 0 of 0  from ${ONE}, to ${TWO}` },
  ]);
  const part = snapshotOf(simulation, { firstPhone: 1, phones: 1, events: 2, columns: 60 });
  expect(part.phones.map(({ number }) => number)).toEqual([TWO]);
  expect(part.log.map(({ seq }) => seq)).toEqual([world.log.seq - 1, world.log.seq]);
  expect(part.log.map(({ text }) => text.length <= 60)).toEqual([true, true]);
});

test('a report on its way, a fault that struck once of two times, and the messages in both memories', async () => {
  const simulation = await opened();
  const { world } = simulation;
  const content = { kind: 'text', text: 'x' } as const;
  world.faults.add({ action: { kind: 'delay', ms: 60_000 }, about: 'reports' });
  world.faults.add({ action: { kind: 'drop' }, to: TWO, nth: 2 });
  await world.send({ from: ONE, to: TWO, content, statusReport: true });
  world.deliver({ to: TWO, from: 'BANK', content });
  const seen = shown(simulation);
  expect(seen.queue).toEqual([expect.stringMatching(/^ +\d+ {2}report {8} → \+393330000001 {2}on the way$/)]);
  expect(seen.faults.map(({ text }) => text)).toEqual([
    expect.stringContaining('struck 1 of 1'),
    expect.stringContaining('struck 1 of 2'),
  ]);
  expect([world.fillMemory(ONE), shown(simulation).phones[0]?.stored]).toEqual([130, 130]);
});

test.each([
  [-1_500, '0 s'],
  [0, '0 s'],
  [90_000, '1 min 30 s'],
])('a message whose next attempt is %d ms away is tried again in %s', async (away, words) => {
  const simulation = await opened(1);
  const waiting: MessageState = {
    ...{ sms: 1, isReport: false, from: SENDER, to: ONE, sentAt: 0, state: 'waiting', reason: 'absent' },
    ...{ deliveries: 0, reports: [], nextAttempt: simulation.clock.now() + away },
  };
  const messages = { open: () => [waiting] } as unknown as Simulation['messages'];
  expect(shown({ ...simulation, messages }).queue).toEqual([
    expect.stringMatching(new RegExp(`waits \\(absent\\), again in ${words}$`)),
  ]);
});
