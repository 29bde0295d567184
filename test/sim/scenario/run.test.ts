import { expect, test } from 'vitest';
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
