import { expect, test } from 'vitest';
import { faultText, readScenario } from '../../../sim/index.ts';

const PHONES = "phones: [{ name: anna, number: '+391' }, { name: bruno, number: '+392' }]";
const SEND = '{ at: 1s, send: { from: anna, to: bruno, text: hi, as: greeting } }';

/** A scenario of five lines or more, of which `steps` and `expect` can be replaced. */
function scenario({ phones = PHONES, steps = SEND, expectations = '' }): string {
  return [
    'name: test',
    phones,
    'steps:',
    `  - ${steps}`,
    ...(expectations ? ['expect:', `  - ${expectations}`] : []),
  ].join('\n');
}

const MISTAKES: readonly (readonly [what: string, file: string, fault: string])[] = [
  [
    'a number that is none',
    scenario({ phones: "phones: [{ name: a, number: 'x' }]", steps: '{ at: 0s, read: a }' }),
    's.yaml:2:29: phones.0.number: must be a number: 1 to 20 digits, with + when international',
  ],
  [
    'a number twice',
    scenario({
      phones: "phones: [{ name: a, number: '1', count: 3 }, { name: b, number: '3' }]",
      steps: '{ at: 0s, read: a }',
    }),
    's.yaml:2:29: phones.0.number: the number 3 is there twice',
  ],
  [
    'a name twice',
    scenario({ phones: "phones: [{ name: a, number: '1' }, { name: a, number: '3' }]", steps: '{ at: 0s, read: a }' }),
    's.yaml:2:44: phones.1.name: another phone has this name',
  ],
  [
    'a phone that is not there',
    scenario({ steps: '{ at: 1s, send: { from: anna, to: brno, text: hi } }' }),
    's.yaml:4:39: steps.0.send.to: no phone is called "brno": there are anna, bruno',
  ],
  [
    'a time that is none',
    scenario({ steps: '{ at: soon, read: anna }' }),
    's.yaml:4:11: steps.0.at: must be a length of time: 250ms, 10s, 5m, 2h, 7d, or a number of ms',
  ],
  ['no time', scenario({ steps: '{ read: anna }' }), 's.yaml:4:5: steps.0: must say when: either at or when'],
  ['nothing to do', scenario({ steps: '{ at: 1s }' }), 's.yaml:4:5: steps.0: must do one thing: '],
  [
    'a word that is not known',
    scenario({ steps: '{ at: 1s, sent: {} }' }),
    's.yaml:4:21: steps.0.sent: is not known here',
  ],
  [
    'no phones',
    scenario({ phones: 'phones: []', steps: '{ at: 1s, profile: none }' }),
    's.yaml:2:9: phones: must have 1 item at least',
  ],
  [
    'a word for true',
    scenario({ steps: '{ at: 1s, change: { phone: anna, covered: maybe } }' }),
    's.yaml:4:47: steps.0.change.covered: must be true or false',
  ],
  [
    'something missing',
    scenario({ steps: '{ at: 1s, send: { from: anna, text: hi } }' }),
    's.yaml:4:21: steps.0.send.to: is missing',
  ],
  [
    'no text',
    scenario({ steps: '{ at: 1s, send: { from: anna, to: bruno } }' }),
    's.yaml:4:21: steps.0.send: give either text or data',
  ],
  [
    'a fault that is none',
    scenario({ steps: '{ at: 1s, fault: { as: x, action: { kind: dorp } } }' }),
    's.yaml:4:22: steps.0.fault: is no fault: action.kind must be one of ',
  ],
  [
    'a fault of a crowd',
    scenario({
      phones: "phones: [{ name: a, number: '1', count: 3 }]",
      steps: '{ at: 0s, fault: { action: { kind: drop }, to: a } }',
    }),
    's.yaml:4:52: steps.0.fault.to: a fault is about one phone, and "a" are many',
  ],
  [
    'a fault of the line of a crowd',
    scenario({
      phones: "phones: [{ name: a, number: '1', count: 2 }]",
      steps: '{ at: 0s, fault: { action: { kind: split }, modem: a } }',
    }),
    's.yaml:4:56: steps.0.fault.modem: a fault is about one phone, and "a" are many',
  ],
  [
    'no text of a message from outside',
    scenario({ steps: '{ at: 1s, deliver: { from: BANK, to: bruno } }' }),
    's.yaml:4:24: steps.0.deliver: give either text or data',
  ],
  [
    'a fault of the line of nobody',
    scenario({ steps: "{ at: 0s, fault: { action: { kind: split }, modem: '+999' } }" }),
    's.yaml:4:56: steps.0.fault.modem: no phone is called "+999": there are anna, bruno',
  ],
  [
    'a fault of messages to nobody',
    scenario({ steps: '{ at: 0s, fault: { action: { kind: drop }, to: brno } }' }),
    's.yaml:4:52: steps.0.fault.to: no phone is called "brno": there are anna, bruno',
  ],
  [
    'an event that is none',
    scenario({ expectations: '{ count: { kind: delivr }, is: 0 }' }),
    's.yaml:6:22: expect.0.count.kind: must be one of profile, ',
  ],
  [
    'a fault that nobody arranged',
    scenario({ steps: '{ at: 1s, remove: storm }' }),
    's.yaml:4:23: steps.0.remove: no fault is called "storm": there are none',
  ],
  [
    'an expectation of a message that nobody sends',
    scenario({ expectations: '{ message: farewell, state: delivered }' }),
    's.yaml:6:16: expect.0.message: no step sends a message as "farewell": there is greeting',
  ],
  [
    'an expectation of nothing',
    scenario({ expectations: '{ message: greeting }' }),
    's.yaml:6:5: expect.0: must say what is expected: ',
  ],
  [
    'a count that is not compared',
    scenario({ expectations: '{ count: { kind: wait } }' }),
    's.yaml:6:5: expect.0: must say what is expected: is, atLeast, atMost',
  ],
  [
    'two things to do',
    scenario({ steps: '{ at: 1s, read: anna, fill: anna }' }),
    's.yaml:4:5: steps.0: must do one thing: send, deliver, ',
  ],
  [
    'two times',
    scenario({ steps: '{ at: 1s, when: { kind: wait }, read: anna }' }),
    's.yaml:4:5: steps.0: must say when: either at or when',
  ],
  [
    'a bound for messages',
    scenario({ expectations: '{ message: greeting, state: delivered, is: 1 }' }),
    's.yaml:6:5: expect.0: is, atLeast, atMost are for counts',
  ],
  [
    'a state for a count',
    scenario({ expectations: '{ count: { kind: wait }, is: 1, state: delivered }' }),
    's.yaml:6:5: expect.0: a count is compared by is, atLeast, atMost',
  ],
  [
    'messages and a count',
    scenario({ expectations: '{ message: greeting, count: { kind: wait }, is: 1 }' }),
    's.yaml:6:5: expect.0: must be about one thing: either message or count',
  ],
  [
    'a count of events of messages that nobody sends',
    scenario({ expectations: '{ count: { kind: wait, message: farewell }, is: 1 }' }),
    's.yaml:6:37: expect.0.count.message: no step sends a message as "farewell": there is greeting',
  ],
  [
    'an event of a message that nobody sends',
    scenario({ steps: '{ when: { kind: deliver, message: farewell }, read: anna }' }),
    's.yaml:4:39: steps.0.when.message: no step sends a message as "farewell": there are none',
  ],
  ['no YAML', 'name: [1\nphones: 2', 's.yaml:2:1: Flow sequence in block collection'],
  ['nothing', '', 's.yaml:1:1: must be an object'],
];

test.each(MISTAKES)('%s is said with its place', (_what, file, fault) => {
  const read = readScenario(file);
  const lines = read.ok ? [] : read.faults.map((found) => faultText('s.yaml', found));
  expect(lines[0]?.slice(0, fault.length)).toBe(fault);
});

/** Every place in which a step names a phone or a fault. */
const PLACES: readonly (readonly [place: string, step: string])[] = [
  ['send.from', 'send: { from: nobody, to: bruno, text: hi }'],
  ['send.to', 'send: { from: anna, to: nobody, text: hi }'],
  ['deliver.to', 'deliver: { from: BANK, to: nobody, text: hi }'],
  ['change.phone', 'change: { phone: nobody, covered: true }'],
  ['fault.from', 'fault: { action: { kind: drop }, from: nobody }'],
  ['fault.to', 'fault: { action: { kind: drop }, to: nobody }'],
  ['fault.modem', 'fault: { action: { kind: stall }, modem: nobody }'],
  ['switch.fault', 'switch: { fault: nobody, on: true }'],
  ['remove', 'remove: nobody'],
  ['swap.phone', 'swap: { phone: nobody, into: anna }'],
  ['swap.into', 'swap: { phone: anna, into: nobody }'],
  ['clone.phone', 'clone: { phone: nobody, into: anna }'],
  ['clone.into', 'clone: { phone: anna, into: nobody }'],
  ['fill', 'fill: nobody'],
  ['reboot', 'reboot: nobody'],
  ['unplug.phone', 'unplug: { phone: nobody }'],
  ['plug.phone', 'plug: { phone: nobody }'],
  ['read', 'read: nobody'],
  ['ussd.phone', "ussd: { phone: nobody, code: '*100#' }"],
  ['traffic.from', 'traffic: { from: nobody, to: anna, messages: 1, during: 1s }'],
  ['traffic.to', 'traffic: { from: anna, to: nobody, messages: 1, during: 1s }'],
];

test.each(PLACES)('%s is looked up', (place, step) => {
  const read = readScenario(scenario({ steps: `{ at: 1s, ${step} }` }));
  expect(read).toMatchObject({
    ok: false,
    faults: [{ path: `steps.0.${place}`, message: expect.stringMatching(/^no (phone|fault) is called "nobody"/) }],
  });
});

test('what steps name themselves is known: messages and faults', () => {
  const steps = [
    SEND,
    '{ at: 1s, deliver: { from: BANK, to: anna, text: hi, as: news } }',
    '{ at: 1s, traffic: { from: anna, to: bruno, messages: 1, during: 1s, as: chat } }',
    '{ at: 1s, fault: { action: { kind: drop }, as: storm } }',
    '{ at: 2s, switch: { fault: storm, on: false } }',
    '{ at: 3s, remove: storm }',
    '{ when: { kind: deliver, message: news, nth: 2 }, after: 5s, read: anna }',
  ].join('\n  - ');
  const expectations = ['greeting', 'news', 'chat'].map((name) => `{ message: ${name}, state: delivered }`);
  const read = readScenario(scenario({ steps, expectations: expectations.join('\n  - ') }));
  expect(read).toMatchObject({ ok: true });
  expect(read.ok && read.scenario.steps.at(-1)?.moment).toEqual({
    kind: 'event',
    event: { kind: 'deliver', message: 'news' },
    nth: 2,
    after: 5_000,
  });
});

test('all that is wrong is said at once', () => {
  const read = readScenario(
    scenario({ steps: '{ at: soon, read: anna, reboot: anna, x: 1 }', expectations: '{ message: 1 }' }),
  );
  expect(read.ok ? 0 : read.faults.length).toBeGreaterThanOrEqual(3);
});

test('of what is wrong 20 things are said', () => {
  const steps = Array.from({ length: 21 }, () => '{ at: 1s, read: nobody }').join('\n  - ');
  const read = readScenario(scenario({ steps }));
  expect(read.ok ? 0 : read.faults.length).toBe(20);
});

test('a phone is named by its number too', () => {
  expect(readScenario(scenario({ steps: "{ at: 1s, reboot: '+391' }" })).ok).toBe(true);
});

test('what is left out has its default, and lengths of time are ms', () => {
  const read = readScenario(scenario({ steps: '{ at: 1.5m, send: { from: anna, to: bruno, text: hi } }' }));
  expect(read).toMatchObject({
    ok: true,
    scenario: {
      seed: 1,
      profile: 'direct',
      start: Date.UTC(2010, 2, 1, 9),
      steps: [{ moment: { kind: 'at', ms: 90_000 }, every: 0, times: 1 }],
    },
  });
});

const long = (length: number) => 'x'.repeat(length);
const phoneOf = (more: string) => ({ phones: `phones: [{ ${more} }]`, steps: '{ at: 1s, profile: none }' });

/** What each field takes at its ends, and what it does not take any more. */
test.each<
  [field: string, file: (value: string | number) => string, taken: (string | number)[], refused: (string | number)[]]
>([
  [
    'the name of a phone',
    (value) => scenario(phoneOf(`name: ${value}, number: '1'`)),
    ['x', long(40), 'Zoë-2'],
    [long(41), '1x', '-'],
  ],
  [
    'count',
    (value) => scenario(phoneOf(`name: a, number: '+390000000001', count: ${value}`)),
    [1, 10_000],
    [0, 10_001, 1.5],
  ],
  ['times', (value) => scenario({ steps: `{ at: 1s, times: ${value}, read: anna }` }), [1, 100_000], [0, 100_001]],
  ['nth', (value) => scenario({ steps: `{ when: { kind: wait, nth: ${value} }, read: anna }` }), [1, 1_000_000], [0]],
  ['report', (value) => scenario({ expectations: `{ message: greeting, report: ${value} }` }), [0, 255], [-1, 256]],
  ['deliveries', (value) => scenario({ expectations: `{ message: greeting, deliveries: ${value} }` }), [0, 9], [-1]],
  [
    'share',
    (value) => scenario({ expectations: `{ message: greeting, state: lost, share: ${value} }` }),
    [0, 0.5, 1],
    [-0.1, 1.1],
  ],
  ['is', (value) => scenario({ expectations: `{ count: { kind: wait }, is: ${value} }` }), [0, 9], [-1]],
  ['atLeast', (value) => scenario({ expectations: `{ count: { kind: wait }, atLeast: ${value} }` }), [0, 9], [-1]],
  ['the name', (value) => scenario({}).replace('name: test', `name: '${value}'`), ['x', long(200)], ['', long(201)]],
  ['atMost', (value) => scenario({ expectations: `{ count: { kind: wait }, atMost: ${value} }` }), [0, 9], [-1, 0.5]],
  [
    'code',
    (value) => scenario({ steps: `{ at: 1s, ussd: { phone: anna, code: '${value}' } }` }),
    ['#', '1'.repeat(40)],
    ['', '1'.repeat(41), 'a'],
  ],
  [
    'messages',
    (value) => scenario({ steps: `{ at: 1s, traffic: { from: anna, to: bruno, messages: ${value}, during: 1s } }` }),
    [1, 1_000_000],
    [0, 1_000_001],
  ],
  [
    'text',
    (value) =>
      scenario({ steps: `{ at: 1s, traffic: { from: anna, to: bruno, messages: 1, during: 1s, text: '${value}' } }` }),
    ['', long(1_000)],
    [long(1_001)],
  ],
  [
    'as',
    (value) => scenario({ steps: `{ at: 1s, send: { from: anna, to: bruno, text: hi, as: '${value}' } }` }),
    ['x', long(40)],
    ['', long(41)],
  ],
  [
    'state',
    (value) => scenario({ expectations: `{ message: greeting, state: ${value} }` }),
    ['on-the-way', 'waiting', 'delivered', 'lost', 'refused', 'failed', 'replaced'],
    ['gone'],
  ],
  [
    'answer',
    (value) => scenario({ expectations: `{ message: greeting, answer: ${value} }` }),
    ['accepted', 'refused', 'lost'],
    ['maybe'],
  ],
])('%s', (_field, file, taken, refused) => {
  expect(taken.filter((value) => !readScenario(file(value)).ok)).toEqual([]);
  expect(refused.filter((value) => readScenario(file(value)).ok)).toEqual([]);
});

test('a modem that is unplugged stays away until it is plugged in, and a scenario lasts 8 days, unless told otherwise', () => {
  const read = readScenario(scenario({ steps: '{ at: 1s, unplug: { phone: anna } }' }));
  expect(read).toMatchObject({
    ok: true,
    scenario: {
      lasts: 8 * 86_400_000,
      phones: [{ name: 'anna', count: 1, reads: true }, { name: 'bruno' }],
      faults: [],
      expect: [],
      steps: [{ action: { name: 'unplug', what: { phone: 'anna', for: 0, renamed: false } } }],
    },
  });
});

test('JSON is read too', () => {
  const file = { name: 'x', phones: [{ name: 'a', number: '1' }], steps: [{ at: 5, read: 'a' }] };
  expect(readScenario(JSON.stringify(file, null, 2))).toMatchObject({ ok: true, scenario: { name: 'x' } });
});

test('numbers of phones need no quotes', () => {
  const phones = 'phones: [{ name: anna, number: +393330000001 }, { name: bruno, number: 0039 }]';
  const read = readScenario(
    scenario({ phones, steps: '{ at: 1s, deliver: { from: +393471234567, to: bruno, text: 1.10 } }' }),
  );
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  expect(read.scenario.phones.map(({ number }) => number)).toEqual(['+393330000001', '0039']);
  expect(read.scenario.steps[0]?.action.what).toMatchObject({ from: '+393471234567', text: '1.10' });
});
