import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandEnvironment } from '../../../sim/cli/command-run.ts';
import { openServed, type ServeOptions } from '../../../sim/cli/served.ts';
import { personalities } from '../../../sim/index.ts';
import { gsmSimHere } from './in-process.ts';

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'served-')), 'm');
const [standard, siemens] = [personalities['standard'], personalities['siemens-tc35']];
if (standard === undefined || siemens === undefined) throw new Error('a personality is missing');
const PLAIN: ServeOptions = {
  ...{ modems: 3, seed: '7', profile: 'us02', control: 0, personality: [standard, siemens] },
  ...{ clock: { kind: 'stopped' }, start: Date.UTC(2010, 2, 1, 9) },
};

test('what serve is told: numbers, personalities in turn, PIN, seed, profile, time, log', async () => {
  const folder = newFolder();
  const log = `${folder}.jsonl`;
  const served = await openServed({ ...PLAIN, pin: '4321', log, ratePerMinute: 6, codePorts: true }, folder);
  const { world, clock, lines } = served.simulation;
  expect(world.modems.map(({ number, personality, sim }) => [number, personality.id, sim.state])).toEqual([
    ['+393330000001', 'standard', 'SIM PIN'],
    ['+393330000002', 'siemens-tc35', 'SIM PIN'],
    ['+393330000003', 'standard', 'SIM PIN'],
  ]);
  expect([clock.now(), clock.pace, world.profile.id]).toEqual([PLAIN.start, { kind: 'stopped' }, 'us02']);
  expect(lines.lines.map(({ tty, codes }) => [tty, codes])).toEqual(
    [1, 2, 3].map((i) => [join(folder, `modem${i}`), join(folder, `modem${i}-codes`)]),
  );
  const environment = commandEnvironment('http://x', lines.lines);
  expect(Object.keys(environment)).toHaveLength(1 + 3 * 4);
  expect(environment).toMatchObject({
    GSM_SIM_CONTROL: 'http://x',
    GSM_SIM_NUMBER1: '+393330000001',
    GSM_SIM_MODEM3: join(folder, 'modem3'),
    GSM_SIM_MODEM2_TCP: expect.stringMatching(/^tcp:/),
    GSM_SIM_MODEM2_CODES: join(folder, 'modem2-codes'),
  });
  expect(world.subscriber('+393330000002')?.state().ratePerMinute).toBe(6);
  await served.close();
  expect(existsSync(folder)).toBe(false);
  await expect(fetch(served.control.url)).rejects.toThrow();
  expect(readFileSync(log, 'utf8')).toMatch(/^{"seq":1,"at":"2010-03-01T09:00:00.000Z","kind":"start","seed":"7",/);
  world.log.add({ kind: 'attach', number: 'after the end' });
  expect(readFileSync(log, 'utf8')).not.toContain('after the end');
});

test('what passes on the lines is kept where it is told, and the links go when the process ends', async () => {
  const [folder, record] = [newFolder(), newFolder()];
  const before = process.listeners('exit');
  const served = await openServed({ ...PLAIN, modems: 1, record }, folder);
  expect(readdirSync(record).toSorted()).toEqual(['modem1-tcp.jsonl', 'modem1.jsonl']);
  for (const listener of process.listeners('exit').filter((one) => !before.includes(one))) {
    process.off('exit', listener);
    listener(0);
  }
  expect(existsSync(folder)).toBe(false);
  await served.control.close();
});

test.each([
  [{}, []],
  [{ interimReports: true } as const, [0x22]],
])('with %j the sender of a message that waits is told %j', async (more, reports) => {
  const served = await openServed({ ...PLAIN, profile: 'none', modems: 2, ...more }, newFolder());
  const { world, clock } = served.simulation;
  world.subscriber('+393330000002')?.setCovered(false);
  const [from, to] = ['+393330000001', '+393330000002'];
  await world.send({ from, to, content: { kind: 'text', text: 'x' }, statusReport: true });
  await clock.step(10_000);
  expect(world.log.entries().flatMap((entry) => (entry.kind === 'report' ? [entry.status] : []))).toEqual(reports);
  await served.close();
});

test('a port that another has is said with the option that names another', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const folder = newFolder();
  await expect(openServed({ ...PLAIN, control: port }, folder)).rejects.toThrow(
    `Port ${port} is in use: choose another --control, or 0 for any`,
  );
  expect(existsSync(folder)).toBe(false);
  await expect(openServed({ ...PLAIN, modems: 1, tcpPort: port }, folder)).rejects.toThrow(
    /: choose another --tcp-port$/,
  );
  expect(existsSync(folder)).toBe(false);
  other.close();
});

const SCENARIO = `name: two
phones:
  - { name: anna, number: '+391' }
  - { name: crowd, number: '+3955500', count: 2 }
seed: 5
steps:
  - { at: 1s, deliver: { from: BANK, to: anna, text: x, as: it } }
expect:
  - { message: it, state: delivered }
`;

test('with a scenario, programs open its phones, but no crowd', async () => {
  const folder = newFolder();
  const file = `${folder}.yaml`;
  writeFileSync(file, SCENARIO);
  const served = await openServed({ ...PLAIN, scenario: file }, folder);
  expect(served.simulation.lines.lines.map(({ number }) => number)).toEqual(['+391']);
  expect(served.simulation.world.modems).toHaveLength(3);
  // Seed, profile and start are the scenario's.
  expect(served.simulation.world.log.entries()[0]).toMatchObject({
    ...{ kind: 'start', seed: '5', profile: 'direct', at: Date.UTC(2010, 2, 1, 9) },
  });
  await served.simulation.clock.step(10_000);
  // A program reads what comes, nobody else does.
  expect(served.simulation.world.modem('+391')?.store('MT').used).toBe(1);
  served.scenario?.finish();
  expect(served.scenario?.result()).toMatchObject({ ok: true, sms: 1 });
  await served.close();
});

test('scenario run and check say how it went, and each thing that is wrong on a line', async () => {
  const path = `${newFolder()}.yaml`;
  writeFileSync(path, SCENARIO);
  const log = `${path}.jsonl`;
  const run = await gsmSimHere('scenario', 'run', path, '--log', log, '--seed', '9');
  expect(run).toEqual({
    ...{ code: 0, err: '' },
    out: expect.stringMatching(
      /^ok {3}two: 1 SMS in [\d.]+ s\n {2}ok {3}message it: delivered: delivered after [\d.]+ s\n$/,
    ),
  });
  expect(readFileSync(log, 'utf8')).toContain('"seed":"9"');
  expect(readFileSync(log, 'utf8')).toMatch(/"kind":"deliver"[^\n]+\n$/);
  writeFileSync(path, SCENARIO.replace('state: delivered', 'state: lost'));
  const failed = await gsmSimHere('scenario', 'run', path);
  expect(failed.out).toMatch(/^FAIL two: 1 SMS in [\d.]+ s\n {2}FAIL message it: lost: delivered after [\d.]+ s\n$/);
  expect(failed.code).toBe(1);
  const json = JSON.parse((await gsmSimHere('--json', 'scenario', 'run', path)).out);
  expect(json).toMatchObject({ event: 'scenario', name: 'two', ok: false, sms: 1 });
  writeFileSync(path, SCENARIO.replace('to: anna', 'to: carla'));
  const one = await gsmSimHere('scenario', 'check', path);
  expect(one).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(
      /^gsm-sim: \S+\.yaml:7:\d+: steps\.0\.deliver\.to: no phone is called "carla": there are anna, crowd\n$/,
    ),
  });
  writeFileSync(path, SCENARIO.replace('at: 1s', 'at: soon').replace('count: 2', 'count: 0'));
  const two = await gsmSimHere('scenario', 'check', path);
  expect(two.err.trim().split('\n')).toHaveLength(3);
  expect(two.err).toMatch(/gsm-sim: 2 things are wrong with \S+\.yaml\n$/);
  expect((await gsmSimHere('scenario', 'check', tmpdir())).err).toMatch(/^gsm-sim: cannot read /);
  // One long comment: four million empty lines would keep the reader of YAML busy for seconds.
  writeFileSync(path, `${SCENARIO}#`.padEnd(4 * 1024 * 1024, '#'));
  expect((await gsmSimHere('scenario', 'check', path)).code).toBe(0);
  writeFileSync(path, Buffer.alloc(4 * 1024 * 1024 + 1, 0x20));
  expect((await gsmSimHere('scenario', 'check', path)).err).toMatch(/is larger than 4194304 octets\n$/);
});
