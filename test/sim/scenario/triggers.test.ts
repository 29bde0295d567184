import { describe, expect, test } from 'vitest';
import { addressOf, encodeTpdu, toHex } from '../../../modem/index.ts';
import { readScenario } from '../../../sim/index.ts';
import { ScenarioRun } from '../../../sim/scenario/scenario-run.ts';
import { eventFields } from '../../../sim/vocabulary/log-entry.ts';
import { type Host, hostOf, quietWorld } from '../host.ts';

const ANNA = '+393330000001';
const BRUNO = '+393330000002';
/** An SMS-COMMAND that deletes the message of TP-MR 0 to Bruno (3GPP TS 23.040, 9.2.2.4: TP-CT 2). */
const DELETE = toHex(
  encodeTpdu({
    type: 'COMMAND',
    messageReference: 0,
    commandType: 2,
    messageNumber: 0,
    destination: addressOf(BRUNO),
    data: Uint8Array.of(),
  }),
);

/** A step that makes an event, and what it makes it of. */
interface Cause {
  readonly steps: readonly string[];
  /** Each field by which an event can be chosen, with the value of this one. */
  readonly fields: Readonly<Record<string, string>>;
  /** What a program at Anna's line does after five seconds, when the event comes from there. */
  readonly typed?: (host: Host) => Promise<unknown>;
}

const hello = (more = '') => `at: 10s, send: { from: anna, to: bruno, text: Hello, as: hello${more} }`;
const away = 'at: 1s, change: { phone: bruno, covered: false }';
const fault = (action: string, more = '') => `at: 1s, fault: { action: { kind: ${action} }${more} }`;
const full = { from: 'anna', to: 'bruno', message: 'hello' };
const toBruno = { to: 'bruno', message: 'hello' };
const bruno = { number: 'bruno' };

const CAUSES: Readonly<Record<string, Cause>> = {
  profile: { steps: ['at: 10s, profile: none'], fields: {} },
  attach: { steps: [away, 'at: 10s, change: { phone: bruno, covered: true }'], fields: bruno },
  detach: { steps: [away], fields: bruno },
  plug: { steps: ['at: 1s, unplug: { phone: bruno }', 'at: 9s, plug: { phone: bruno }'], fields: bruno },
  unplug: { steps: ['at: 1s, unplug: { phone: bruno }'], fields: bruno },
  alert: { steps: [away, hello(), 'at: 20s, change: { phone: bruno, covered: true }'], fields: bruno },
  swap: { steps: ['at: 10s, swap: { phone: bruno, into: anna }'], fields: bruno },
  clone: { steps: ['at: 10s, clone: { phone: bruno, into: anna }'], fields: bruno },
  port: { steps: ["at: 10s, change: { phone: bruno, operator: '00102' }"], fields: bruno },
  coverage: { steps: [away], fields: bruno },
  power: { steps: ['at: 10s, change: { phone: bruno, powered: false }'], fields: bruno },
  connect: { steps: [], fields: { number: 'anna' }, typed: async () => {} },
  disconnect: { steps: [], fields: { number: 'anna' }, typed: (host) => host.close() },
  ussd: { steps: ["at: 10s, ussd: { phone: bruno, code: '*100#' }"], fields: bruno },
  submit: { steps: [hello()], fields: full },
  accept: { steps: [hello()], fields: full },
  command: {
    steps: [away, 'at: 2s, send: { from: anna, to: bruno, text: Hello, as: hello }'],
    fields: full,
    typed: async (host) => {
      await host.type(`AT+CMGC=${DELETE.length / 2}\r`);
      await host.type(`00${DELETE}\x1a`);
    },
  },
  refuse: { steps: [fault('refuse'), hello()], fields: full },
  lose: { steps: [fault('drop'), hello()], fields: toBruno },
  duplicate: { steps: [fault('duplicate'), hello()], fields: toBruno },
  attempt: { steps: [hello()], fields: full },
  deliver: { steps: [hello()], fields: full },
  wait: { steps: [away, hello()], fields: toBruno },
  fail: { steps: [fault('outcome, status: 70'), hello()], fields: toBruno },
  report: { steps: [hello(', statusReport: true')], fields: { to: 'anna', message: 'hello' } },
  replace: {
    steps: [
      away,
      'at: 10s, deliver: { from: BANK, to: bruno, text: one, pid: 65, as: hello }',
      'at: 20s, deliver: { from: BANK, to: bruno, text: two, pid: 65 }',
    ],
    fields: toBruno,
  },
  fault: { steps: [fault('delay, ms: 1s'), hello()], fields: full },
  'line-fault': { steps: [fault('reboot', ", modem: bruno, startsAt: '2010-03-01T09:00:05Z'")], fields: bruno },
};

/** A file whose first step waits for the event, and which counts its kind. */
function file(steps: readonly string[], pattern: string): string {
  return `
name: test
lasts: 30s
phones: [{ name: anna, number: '${ANNA}' }, { name: bruno, number: '${BRUNO}' }, { name: carla, number: '+393330000003' }]
steps:
  - { when: ${pattern}, change: { phone: carla, barred: true } }
  - { at: 1h, send: { from: carla, to: carla, text: x, as: other } }
${steps.map((step) => `  - { ${step} }`).join('\n')}
expect: [{ count: ${pattern.replace(/, nth: \d/, '')}, atLeast: 1 }]`;
}

/** Whether the step that waits for the event was done; the count says the same. */
async function isHeard({ steps, typed }: Omit<Cause, 'fields'>, pattern: string): Promise<boolean> {
  const read = readScenario(file(steps, pattern));
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  const { world, clock } = quietWorld();
  await clock.advance(read.scenario.start - clock.now());
  const run = new ScenarioRun(world, read.scenario, read.names);
  run.start();
  await clock.advance(5_000);
  if (typed !== undefined) await typed(await hostOf(world.modem(ANNA) ?? expect.fail('no modem'), clock));
  await clock.advance(30_000);
  const { judgements } = run.result();
  const heard = !judgements.some(({ what }) => what === 'steps.0');
  if (!pattern.includes('nth')) expect(judgements.at(-1)?.ok).toBe(heard);
  return heard;
}

test('every kind of event that a scenario can hear has its cause here', () => {
  expect(['start', ...Object.keys(CAUSES)].sort()).toEqual([...eventFields.keys()].sort());
});

/** A phone, or a message, that the event is not about. */
const OTHERS: Readonly<Record<string, string>> = { from: 'carla', to: 'carla', number: 'carla', message: 'other' };

describe.each(Object.entries(CAUSES))('an event %s', (kind, cause) => {
  test.each([
    ['its kind', `{ kind: ${kind} }`],
    ...Object.entries(cause.fields).map(([field, value]) => [field, `{ kind: ${kind}, ${field}: ${value} }`]),
  ])('is heard by %s', async (_what, pattern) => {
    expect(await isHeard(cause, pattern)).toBe(true);
  });

  test.each(Object.keys(cause.fields))('is not heard by another %s', async (field) => {
    expect(await isHeard(cause, `{ kind: ${kind}, ${field}: ${OTHERS[field]} }`)).toBe(false);
  });

  test.each(Object.keys(OTHERS).filter((field) => !(field in cause.fields)))(
    'has no %s, and a file that names one is told so',
    (field) => {
      const pattern = `{ kind: ${kind}, ${field}: ${OTHERS[field]} }`;
      const fields = Object.keys(cause.fields);
      const message = `an event "${kind}" has no ${field}: it has ${fields.length === 0 ? 'none of these' : fields.join(', ')}`;
      const faults = [
        { path: `steps.0.when.${field}`, message },
        { path: `expect.0.count.${field}`, message },
      ];
      expect(readScenario(file(cause.steps, pattern))).toMatchObject({ ok: false, faults });
    },
  );
});

const deliver = 'at: 10s, deliver: { from: BANK, to: bruno, text: News, as: hello }';
const national = "at: 10s, deliver: { from: '3330000001', to: bruno, text: News, as: hello }";
const traffic = 'at: 10s, traffic: { from: anna, to: bruno, messages: 1, during: 1s, as: hello }';

test.each([
  ['a message from outside, from the first event on', [deliver], '{ kind: submit, message: hello }', true],
  ['a message from outside, when the service centre has it', [deliver], '{ kind: accept, message: hello }', true],
  ['a message of a traffic', [traffic], '{ kind: submit, message: hello }', true],
  [
    'the second part of a long message',
    [deliver.replace('News', 'x'.repeat(161))],
    '{ kind: submit, message: hello, nth: 2 }',
    true,
  ],
  ['a second part that is not there', [deliver], '{ kind: submit, message: hello, nth: 2 }', false],
  ['the copy of a message', [fault('duplicate'), hello()], '{ kind: deliver, message: hello, nth: 2 }', true],
  ['a sender of letters', [deliver], '{ kind: deliver, from: BANK }', true],
  ['a sender whom a fault made', [fault("spoof, sender: 'POSTE'"), hello()], '{ kind: deliver, from: POSTE }', true],
  [
    'a phone whose number a message from outside has without its country',
    [national],
    '{ kind: deliver, from: anna, to: bruno }',
    true,
  ],
  ['a number without its country', [hello()], "{ kind: deliver, from: '3330000001', to: '3330000002' }", true],
  [
    'a fault that strikes every line',
    [fault('reboot', ", startsAt: '2010-03-01T09:00:05Z'")],
    '{ kind: line-fault, number: bruno }',
    true,
  ],
] as const)('%s is heard as its name says', async (_what, steps, pattern, heard) => {
  expect(await isHeard({ steps }, pattern)).toBe(heard);
});

test.each([
  ['deliver', 'from'],
  ['deliver', 'to'],
  ['coverage', 'number'],
])('an event %s of a name in %s that nobody has is refused', (kind, field) => {
  const message = 'no phone is called "ana": there are anna, bruno, carla';
  expect(readScenario(file([], `{ kind: ${kind}, ${field}: ana }`))).toMatchObject({
    ok: false,
    faults: [
      { path: `steps.0.when.${field}`, message },
      { path: `expect.0.count.${field}`, message },
    ],
  });
});
