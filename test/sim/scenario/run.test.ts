import { expect, test, vi } from 'vitest';
import { viewMessage } from '../../../sim/evidence/message-view.ts';
import { type LogEntry, readScenario, runScenario, type ScenarioResult } from '../../../sim/index.ts';
import { ScenarioRun } from '../../../sim/scenario/scenario-run.ts';
import { hostOf, quietWorld } from '../host.ts';

/** Plays a scenario between two phones. */
async function play(steps: string, more = ''): Promise<ScenarioResult & { readonly log: readonly LogEntry[] }> {
  const text = `
name: test
profile: direct
phones:
  - { name: anna, number: '+393330000001' }
  - { name: bruno, number: '+393330000002', simCapacity: 2, reads: false }
${more}
steps:
${steps.replaceAll(/^/gm, '  ')}`;
  const read = readScenario(text);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const log: LogEntry[] = [];
  return { ...(await runScenario(read.scenario, (events) => events.listen((entry) => log.push(entry)))), log };
}

const HELLO = '- { at: 1s, send: { from: anna, to: bruno, text: Hello, as: hello } }';

/** An expectation, of a scenario in which it holds and of one in which it does not. */
const EXPECTATIONS: readonly (readonly [expectation: string, holds: string, fails: string])[] = [
  ['{ message: hello, state: delivered }', HELLO, `- { at: 0s, change: { phone: bruno, powered: false } }\n${HELLO}`],
  ['{ message: hello, state: lost }', `- { at: 0s, fault: { action: { kind: drop } } }\n${HELLO}`, HELLO],
  ['{ message: hello, within: 5s }', HELLO, `- { at: 0s, fault: { action: { kind: delay, ms: 10s } } }\n${HELLO}`],
  ['{ message: hello, deliveries: 1 }', HELLO, `- { at: 0s, fault: { action: { kind: duplicate } } }\n${HELLO}`],
  ['{ message: hello, answer: accepted }', HELLO, `- { at: 0s, fault: { action: { kind: refuse } } }\n${HELLO}`],
  ['{ message: hello, report: 0 }', HELLO.replace('Hello,', 'Hello, statusReport: true,'), HELLO],
  ['{ count: { kind: deliver, to: bruno }, is: 1 }', HELLO, `${HELLO}\n${HELLO}`],
  ['{ count: { kind: deliver, from: anna }, atLeast: 2 }', HELLO.replace('1s,', '1s, every: 1m, times: 2,'), HELLO],
  ['{ count: { kind: wait, message: hello }, atMost: 0 }', HELLO, `${HELLO}\n${HELLO}\n${HELLO}`],
];

test.each(EXPECTATIONS)('%s holds, and fails where it should', async (expectation, holds, fails) => {
  const expect_ = `lasts: 2h\nexpect: [${expectation}]`;
  expect((await play(holds, expect_)).judgements).toMatchObject([{ ok: true }]);
  const failed = await play(fails, expect_);
  expect(failed.judgements).toMatchObject([{ ok: false }]);
  expect(failed.ok).toBe(false);
});

test('a step waits for the nth event that it names', async () => {
  const { log } = await play(`
- { at: 0s, every: 10s, times: 3, deliver: { from: '4321', to: bruno, text: x } }
- { when: { kind: submit, to: bruno, nth: 3 }, after: 500ms, send: { from: anna, to: bruno, text: third } }`);
  const submits = log.filter(({ kind }) => kind === 'submit');
  expect(submits.map(({ at }) => at - (submits[0]?.at ?? 0))).toEqual([0, 10_000, 20_000, 20_500]);
});

test('an event that never comes is a failure', async () => {
  const { ok, judgements } = await play(`${HELLO}\n- { when: { kind: lose }, read: bruno }`, 'lasts: 1h');
  expect({ ok, judgements }).toEqual({
    ok: false,
    judgements: [{ what: 'steps.1', ok: false, found: 'its event never came' }],
  });
});

test('a step that cannot be done is a failure, and says why', async () => {
  const { judgements } = await play('- { at: 0s, send: { from: anna, to: bruno, text: ж, alphabet: gsm7 } }');
  expect(judgements).toEqual([{ what: 'steps.0', ok: false, found: expect.stringContaining('TP-UD') }]);
});

test('a fault is switched off and on, and taken back, by its name', async () => {
  const send = (at: string) => `- { at: ${at}, send: { from: anna, to: bruno, text: x } }`;
  const { log } = await play(`
- { at: 0s, fault: { as: storm, action: { kind: drop }, to: bruno, times: 9 } }
${send('1s')}
- { at: 10s, switch: { fault: storm, on: false } }
${send('11s')}
- { at: 20s, switch: { fault: storm, on: true } }
${send('21s')}
- { at: 30s, remove: storm }
${send('31s')}`);
  expect(log.filter(({ kind }) => kind === 'lose' || kind === 'deliver').map(({ kind }) => kind)).toEqual([
    'lose',
    'deliver',
    'lose',
    'deliver',
  ]);
});

test('traffic goes between all phones, at times drawn from the seed', async () => {
  const { log } = await play(
    '- { at: 0s, traffic: { from: anna, to: bruno, messages: 20, during: 1h, as: chatter } }\n- { at: 0s, every: 1m, times: 90, read: bruno }',
    'expect: [{ message: chatter, state: delivered }]',
  );
  const times = log.filter(({ kind }) => kind === 'submit').map(({ at }) => at);
  expect(times).toHaveLength(20);
  expect(new Set(times.map((at) => Math.floor(at / 600_000))).size).toBeGreaterThan(3);
});

test('a phone asks for a service of the operator, and a fault of the beginning has a name too', async () => {
  const { log } = await play(
    "- { at: 1s, ussd: { phone: anna, code: '*100#' } }\n- { at: 2s, remove: storm }\n- { at: 3s, send: { from: anna, to: bruno, text: x } }",
    'faults: [{ as: storm, action: { kind: drop } }]',
  );
  expect(log.filter(({ kind }) => kind === 'ussd')).toMatchObject([
    { by: 'phone', text: '*100#' },
    { by: 'network', text: expect.stringContaining('balance') },
  ]);
  expect(log.some(({ kind }) => kind === 'deliver')).toBe(true);
});

test.each([
  ['nobody', 0],
  ['a program', 1],
])('a second after a message has come to a phone at whose line is %s, it holds %d', async (who, held) => {
  const { world, clock } = quietWorld();
  const read = readScenario(
    "{ name: test, lasts: 1m, phones: [{ name: anna, number: '+393330000001' }], steps: [{ at: 50s, read: anna }] }",
  );
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const run = new ScenarioRun(world, read.scenario, read.names);
  run.start();
  const modem = world.modem('+393330000001') ?? expect.fail('no modem');
  if (who !== 'nobody') await hostOf(modem, clock);
  world.deliver({ to: '+393330000001', from: '4321', content: { kind: 'text', text: 'x' } });
  await clock.advance(999);
  expect(modem.store('MT').used).toBe(1);
  await clock.advance(1_001);
  expect(modem.store('MT').used).toBe(held);
  run.finish();
});

/** Steps, and what the log says from the first of them on: kinds of events, and the phone, 1 or 2, that each is about. */
const STEPS: readonly (readonly [steps: readonly string[], events: string])[] = [
  [['swap: { phone: anna, into: bruno }'], 'swap 1, detach 1, detach 2, attach 1, submit 2, accept 2, wait 2'],
  [['clone: { phone: anna, into: bruno }'], 'clone 1, detach 2, attach 1, submit 2, accept 2, wait 2'],
  [['fill: bruno'], 'submit 2, accept 2, attempt 2, wait 2'],
  [['fill: bruno', 'read: bruno'], 'submit 2, accept 2, attempt 2, deliver 2'],
  [['change: { phone: bruno, covered: false }'], 'coverage 2, detach 2, submit 2, accept 2, wait 2'],
  [['reboot: bruno'], 'power 2, detach 2, power 2, attach 2, submit 2, accept 2, attempt 2, deliver 2'],
  [['unplug: { phone: bruno }'], 'unplug 2, power 2, detach 2, submit 2, accept 2, wait 2'],
  [
    ['unplug: { phone: bruno, for: 5s }'],
    'unplug 2, power 2, detach 2, plug 2, power 2, attach 2, submit 2, accept 2, attempt 2, deliver 2',
  ],
  [
    ['unplug: { phone: bruno }', 'plug: { phone: bruno }'],
    'unplug 2, power 2, detach 2, plug 2, power 2, attach 2, submit 2, accept 2, attempt 2, deliver 2',
  ],
  [['profile: none'], 'profile, submit 2, accept 2, attempt 2, deliver 2'],
  [['fault: { action: { kind: drop }, from: bruno }'], 'submit 2, accept 2, attempt 2, deliver 2'],
];

test.each(STEPS)('after the steps %j a message from one phone to the other', async (steps, events) => {
  const { log } = await play(
    [
      ...steps.map((step, i) => `- { at: ${i + 1}s, ${step} }`),
      '- { at: 10s, send: { from: anna, to: bruno, text: x } }',
    ].join('\n'),
    'lasts: 40s',
  );
  const told = log.flatMap((entry) => {
    if (entry.at <= (log[0]?.at ?? 0)) return [];
    const phone = 'number' in entry ? entry.number : 'to' in entry ? entry.to : '';
    return [`${entry.kind} ${phone?.slice(-1)}`.trim()];
  });
  expect(told.join(', ')).toBe(events);
});

test('faults are about numbers, whatever the phones are called', () => {
  const { world } = quietWorld();
  const read = readScenario(`
name: test
phones: [{ name: anna, number: '+393330000001' }, { name: bruno, number: '+393330000002' }]
faults:
  - { action: { kind: drop }, from: anna, to: bruno }
  - { action: { kind: drop }, from: '4321' }
  - { action: { kind: noise }, modem: bruno }
  - { action: { kind: late } }
steps: [{ at: 1s, read: anna }]`);
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const run = new ScenarioRun(world, read.scenario, read.names);
  run.start();
  expect(
    world.faults.list().map((fault) => {
      const { from, to, modem }: { from?: string; to?: string; modem?: string } = fault;
      return [from, to, modem];
    }),
  ).toEqual([
    ['+393330000001', '+393330000002', undefined],
    ['4321', undefined, undefined],
    [undefined, undefined, '+393330000002'],
    [undefined, undefined, undefined],
  ]);
  run.finish();
});

test('a scenario ends when nothing is on its way for two seconds, and says how long it was and how many SMS it had', async () => {
  const once = await play("- { at: 10s, deliver: { from: '4321', to: bruno, text: x } }", 'lasts: 1h');
  const delivered = once.log.find(({ kind }) => kind === 'deliver')?.at ?? 0;
  expect([once.sms, once.lastedMs]).toEqual([1, delivered - (once.log[0]?.at ?? 0) + 2_000]);
  const long = await play(`- { at: 10s, deliver: { from: '4321', to: bruno, text: ${'x'.repeat(161)} } }`, 'lasts: 1h');
  expect(long.sms).toBe(2);
});

test('a step that has no time left was not done', async () => {
  const { ok, judgements, lastedMs } = await play(`${HELLO}\n- { at: 50s, read: bruno }`, 'lasts: 40s');
  expect({ ok, judgements, lastedMs }).toEqual({
    ok: false,
    judgements: [{ what: 'steps.1', ok: false, found: 'was not done in time' }],
    lastedMs: 40_000,
  });
});

test.each([
  ['{ kind: coverage, number: bruno }', 1],
  ['{ kind: coverage, number: anna }', 0],
  ['{ kind: detach }', 1],
  ['{ kind: deliver, to: bruno, from: anna }', 1],
  ['{ kind: deliver, to: bruno, from: bruno }', 0],
  ["{ kind: deliver, to: '3330000002' }", 1],
  ['{ kind: report, message: hello }', 1],
  ['{ kind: accept, message: hello }', 1],
])('of events %s there are %i', async (count, is) => {
  const { judgements } = await play(
    `${HELLO.replace('Hello,', 'Hello, statusReport: true,')}\n- { at: 20s, change: { phone: bruno, covered: false } }`,
    `expect: [{ count: ${count}, is: ${is} }]`,
  );
  expect(judgements).toMatchObject([{ ok: true }]);
});

/** Plays steps with a crowd of two phones and another one, whose messages stay where they are. */
async function playCrowd(steps: readonly string[], more = '') {
  const { world, clock } = quietWorld();
  const read = readScenario(
    [
      'name: test',
      'lasts: 1h',
      more,
      "phones: [{ name: crowd, number: '+393330000001', count: 2, reads: false }, { name: anna, number: '+393330000009', reads: false }]",
      'steps:',
      ...steps.map((step) => `  - { ${step} }`),
    ].join('\n'),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const run = new ScenarioRun(world, read.scenario, read.names);
  run.start();
  const crowd = ['+393330000001', '+393330000002'].map((number) => world.modem(number) ?? expect.fail('no modem'));
  return { world, clock, run, crowd };
}

test('what is done to a crowd is done to each of its phones', async () => {
  const { world, clock, run, crowd } = await playCrowd([
    'at: 1s, change: { phone: crowd, barred: true }',
    'at: 2s, fill: crowd',
    'at: 10s, read: crowd',
    'at: 20s, unplug: { phone: crowd, for: 5s, renamed: true }',
    'at: 30s, unplug: { phone: crowd }',
    'at: 31s, plug: { phone: crowd, renamed: true }',
  ]);
  const unplugged = crowd.map((modem) => vi.spyOn(modem, 'unplug'));
  const plugged = crowd.map((modem) => vi.spyOn(modem, 'plugIn'));
  await clock.advance(5_000);
  expect(crowd.map(({ number }) => world.subscriber(number)?.barred)).toEqual([true, true]);
  expect(crowd.map((modem) => modem.store('MT').used)).toEqual([130, 130]);
  await clock.advance(10_000);
  expect(crowd.map((modem) => modem.store('MT').used)).toEqual([0, 0]);
  await clock.advance(30_000);
  for (const spy of unplugged)
    expect(spy.mock.calls).toEqual([
      [5_000, true],
      [0, false],
    ]);
  for (const spy of plugged) expect(spy.mock.calls.at(-1)).toEqual([true]);
  run.finish();
});

test('a message has its validity, its TP-PID and its report, that of a traffic its text and its report', async () => {
  const { log } = await play(
    [
      '- { at: 1s, send: { from: anna, to: bruno, text: x, validity: 5m, pid: 65, statusReport: true } }',
      '- { at: 9s, traffic: { from: anna, to: bruno, messages: 1, during: 1ms, statusReport: true } }',
    ].join('\n'),
  );
  const tpdus = log.flatMap((entry) => (entry.kind === 'submit' ? [entry.tpdu] : []));
  expect(tpdus.map((tpdu) => viewMessage(tpdu, 'mobile-originated'))).toMatchObject([
    { body: '«x»', wantsReport: true },
    { body: '«Message 1»', wantsReport: true },
  ]);
  // TP-VP, relative: 5 minutes are 00 (3GPP TS 23.040, 9.2.3.12.1); TP-PID 41.
  expect(tpdus[0]).toMatch(/^31000C919333030000204100000178$/);
});

test('the sender of a long message was told what it was told of each part', async () => {
  const { judgements } = await play(
    `- { at: 1s, send: { from: anna, to: bruno, text: ${'x'.repeat(161)}, as: long } }`,
    'faults: [{ action: { kind: refuse }, nth: 2 }]\nexpect: [{ message: long, answer: accepted }]\nlasts: 1h',
  );
  expect(judgements).toMatchObject([{ ok: false }]);
});

test('steps draw each for itself, and all from the seed', async () => {
  const traffic = '- { at: 0s, traffic: { from: anna, to: bruno, messages: 5, during: 1h } }';
  const times = async (more: string) =>
    (await play(`${traffic}\n${traffic}`, more)).log.flatMap((entry) => (entry.kind === 'submit' ? [entry.at] : []));
  const first = await times('seed: 1');
  expect(new Set(first).size).toBe(10);
  expect(await times('seed: 1')).toEqual(first);
  expect(await times('seed: 2')).not.toEqual(first);
});

test('a scenario that is over does nothing any more, and stays as it was', async () => {
  const { world, clock, run } = await playCrowd([
    'at: 1s, every: 1s, times: 9, send: { from: anna, to: crowd, text: x }',
  ]);
  await clock.advance(2_500);
  run.finish();
  const { sms, lastedMs } = run.result();
  await clock.advance(60_000);
  run.finish();
  world.deliver({ to: '+393330000009', from: '4321', content: { kind: 'text', text: 'x' } });
  expect(run.result()).toMatchObject({ sms, lastedMs });
  expect([sms, lastedMs]).toEqual([2, 2_500]);
  expect(world.submitted('+393330000009')).toHaveLength(2);
});

test('a world of its own begins at the time, under the profile and from the seed of the scenario', async () => {
  const read = readScenario(
    "{ name: t, seed: 7, start: '2011-01-01T00:00:00Z', profile: us02, phones: [{ name: a, number: '1' }], steps: [{ at: 0s, read: a }] }",
  );
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  let first: LogEntry | undefined;
  await runScenario(read.scenario, (log) => {
    [first] = log.entries();
  });
  expect(first).toMatchObject({ kind: 'start', at: Date.UTC(2011, 0, 1), seed: '7', profile: 'us02' });
});
