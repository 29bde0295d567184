import { expect, test } from 'vitest';
import { conversationOf, type Step } from '../../../sim/evidence/conversation.ts';
import { NETWORK, wordsOf } from '../../../sim/evidence/words.ts';
import type { LogEntry, WorldEvent } from '../../../sim/log.ts';
import { commandOf, DELIVER, ONE_OCTET, partOf, REPORT, TO_PORT, WANTS_REPORT } from './tpdus.ts';

const A = '+393330000001';
const B = '+393330000002';
const ROUTE = { sms: 5, from: A, to: B } as const;
const at = 1_000;

/** An event, and who it concerns and what happens, in the words of `gsm-sim log`. */
const WORDS: readonly (readonly [event: WorldEvent, who: string, what: string])[] = [
  [{ kind: 'start', seed: '7', smsc: '+399', profile: 'us02' }, NETWORK, 'seed 7, profile us02, service centre +399'],
  [
    { kind: 'start', seed: '7', smsc: '+399', profile: 'us02', forgotten: 3 },
    NETWORK,
    'seed 7, profile us02, service centre +399; 3 events after this are forgotten',
  ],
  [{ kind: 'profile', profile: 'us02' }, NETWORK, 'profile us02 from now on'],
  [{ kind: 'line-fault', fault: 'fault-1', action: 'late', number: A }, A, 'late (fault-1)'],
  [{ kind: 'line-fault', fault: 'fault-1', action: 'late' }, 'every modem', 'late (fault-1)'],
  [{ kind: 'attach', number: A }, A, 'registers with the network'],
  [{ kind: 'attach', number: A, operator: '00103' }, A, 'registers with the network of 00103'],
  [{ kind: 'detach', number: A }, A, 'leaves the network'],
  [{ kind: 'coverage', number: A, covered: true }, A, 'back in coverage'],
  [{ kind: 'coverage', number: A, covered: false }, A, 'out of coverage'],
  [{ kind: 'coverage', number: A, covered: true, reception: 'weak' }, A, 'reception: weak'],
  [{ kind: 'alert', number: A, reason: 'memory' }, A, 'has room for messages'],
  [{ kind: 'alert', number: A, reason: 'present' }, A, 'is there for messages'],
  [{ kind: 'swap', number: A, imsi: '00101' }, A, 'moves to the SIM 00101'],
  [{ kind: 'clone', number: A, imsi: '00101' }, A, 'has a second SIM 00101'],
  [{ kind: 'port', number: A, operator: '00102' }, A, 'goes to the operator 00102'],
  [{ kind: 'power', number: A, on: true }, A, 'switched on'],
  [{ kind: 'power', number: A, on: false }, A, 'switched off'],
  [{ kind: 'plug', number: A }, A, 'modem put back into its host'],
  [{ kind: 'unplug', number: A }, A, 'modem pulled out of its host'],
  [{ kind: 'connect', number: A, line: 2 }, A, 'a program opens line 2'],
  [{ kind: 'disconnect', number: A, line: 2 }, A, 'the program on line 2 leaves'],
  [{ kind: 'ussd', number: A, by: 'phone', text: '*100#' }, A, '→ network «*100#»'],
  [{ kind: 'ussd', number: A, by: 'network', text: '1\n2' }, NETWORK, `→ ${A} «1↵2»`],
  [{ kind: 'ussd', number: A, by: 'network', text: '' }, NETWORK, `→ ${A} not supported`],
  [{ kind: 'submit', ...ROUTE, tpdu: WANTS_REPORT }, A, `→ ${B} «Hi↵Bob», reference 7, wants a report`],
  [
    { kind: 'submit', ...ROUTE, tpdu: WANTS_REPORT, outside: true },
    A,
    `→ ${B} «Hi↵Bob», reference 7, wants a report, from outside`,
  ],
  [{ kind: 'submit', ...ROUTE, tpdu: partOf(3, 2) }, A, `→ ${B} «Ж», UCS-2, part 2 of 3, reference 8`],
  [{ kind: 'submit', ...ROUTE, tpdu: TO_PORT }, A, `→ ${B} 2 octets, 8-bit, port 7 to 16001, reference 8`],
  [{ kind: 'submit', ...ROUTE, tpdu: ONE_OCTET }, A, `→ ${B} 1 octet, 8-bit, reference 8`],
  [{ kind: 'submit', ...ROUTE, to: '', tpdu: '01' }, A, '→ ? unreadable'],
  [{ kind: 'submit', ...ROUTE, tpdu: commandOf(0) }, A, `→ ${B} asks for the message of reference 4, reference 1`],
  [
    { kind: 'submit', ...ROUTE, tpdu: commandOf(1) },
    A,
    `→ ${B} wants no report of the message of reference 4, reference 1`,
  ],
  [{ kind: 'submit', ...ROUTE, tpdu: commandOf(2) }, A, `→ ${B} deletes the message of reference 4, reference 1`],
  [
    { kind: 'submit', ...ROUTE, tpdu: commandOf(3) },
    A,
    `→ ${B} wants a report of the message of reference 4, reference 1`,
  ],
  [
    { kind: 'submit', ...ROUTE, tpdu: commandOf(4) },
    A,
    `→ ${B} wants something unknown of the message of reference 4, reference 1`,
  ],
  [
    { kind: 'submit', ...ROUTE, tpdu: commandOf(2).replace(/^0/, '2') },
    A,
    `→ ${B} deletes the message of reference 4, reference 1, wants a report`,
  ],
  [{ kind: 'accept', ...ROUTE }, A, 'the service centre has it'],
  [{ kind: 'command', ...ROUTE, command: 2, about: 4 }, A, 'deletes SMS 4'],
  [{ kind: 'command', ...ROUTE, command: 0, about: 0 }, A, `asks for a message to ${B} that there is not`],
  [{ kind: 'refuse', ...ROUTE, cause: 38 }, A, 'network out of order (38)'],
  [{ kind: 'refuse', ...ROUTE, cause: 999 }, A, 'unknown cause (999)'],
  [{ kind: 'lose', sms: 5, to: B }, B, 'lost on its way'],
  [{ kind: 'duplicate', sms: 5, original: 4, to: B }, B, 'a second copy of SMS 4'],
  [{ kind: 'attempt', ...ROUTE, tpdu: DELIVER }, B, 'on the air'],
  [{ kind: 'deliver', ...ROUTE, tpdu: DELIVER }, B, `← ${A} «Hi↵Bob»`],
  [
    { kind: 'deliver', ...ROUTE, tpdu: REPORT },
    B,
    `← ${A} report about ${B}: failed: validity period expired, reference 7`,
  ],
  [{ kind: 'wait', sms: 5, to: B, reason: 'absent', retryMs: 60_000 }, B, 'out of reach, again in 1 min'],
  [{ kind: 'wait', sms: 5, to: B, reason: 'no-answer', retryMs: 60_000 }, B, 'no answer, again in 1 min'],
  [{ kind: 'wait', sms: 5, to: B, reason: 'busy', retryMs: 60_000 }, B, 'busy, again in 1 min'],
  [{ kind: 'wait', sms: 5, to: B, reason: 'phone-error', retryMs: 5_000 }, B, 'error in the phone, again in 5 s'],
  [
    { kind: 'wait', sms: 5, to: B, reason: 'full', cause: 0xd0, retryMs: 300_000 },
    B,
    'no room, again in 5 min (SIM storage full)',
  ],
  [{ kind: 'fail', sms: 5, to: B, status: 0x46 }, B, 'failed: validity period expired (TP-ST 46)'],
  [
    { kind: 'fail', sms: 5, to: B, status: 0x46, cause: 0xd0 },
    B,
    'failed: validity period expired (TP-ST 46) (SIM storage full)',
  ],
  [{ kind: 'report', sms: 6, about: 5, to: A, status: 0 }, A, 'on SMS 5: delivered: received (TP-ST 00)'],
  [{ kind: 'replace', sms: 5, by: 8, to: B }, B, 'by SMS 8'],
  [{ kind: 'fault', fault: 'fault-1', action: 'drop', ...ROUTE }, A, `drop (fault-1), on the way to ${B}`],
];

test.each(WORDS)('%j is in words: %s %s', (event, who, what) => {
  expect(wordsOf({ seq: 1, at, ...event })).toEqual({ who, what });
});

/** Events at one moment each, and the steps in which a conversation tells of them. */
const arrow = (
  from: string,
  to: string,
  carries: 'message' | 'report' | 'answer' | 'ussd',
  title: string,
  detail = '',
) => ({ kind: 'arrow', from, to, carries, breaks: false, title, detail }) as const;
const broken = (...words: Parameters<typeof arrow>) => ({ ...arrow(...words), breaks: true }) as const;
const note = (over: string, text: string) => ({ kind: 'note', over, tone: 'plain', text }) as const;
const trouble = (over: string, text: string) => ({ kind: 'note', over, tone: 'trouble', text }) as const;
const SMSC = 'SMSC';

const submit = { kind: 'submit', ...ROUTE, tpdu: WANTS_REPORT } as const;
const attempt = { kind: 'attempt', ...ROUTE, tpdu: DELIVER } as const;
const deliver = { kind: 'deliver', ...ROUTE, tpdu: DELIVER } as const;
const absent = { kind: 'wait', sms: 5, to: B, reason: 'absent', retryMs: 60_000 } as const;
const full = { kind: 'wait', sms: 5, to: B, reason: 'full', cause: 0xd0, retryMs: 60_000 } as const;
const expired = { kind: 'fail', sms: 5, to: B, status: 0x46 } as const;
const report = { kind: 'report', sms: 6, about: 5, to: A, status: 0 } as const;
const loseAnswer = { kind: 'fault', fault: 'f', action: 'lose-answer', ...ROUTE } as const;
const accept = { kind: 'accept', ...ROUTE } as const;

const GIVEN = arrow(SMSC, B, 'message', `SMS 5 ← ${A}`, '«Hi↵Bob»');
const TAKEN = arrow(A, SMSC, 'message', `SMS 5 → ${B}`, '«Hi↵Bob», reference 7, wants a report');
const EXPIRED = trouble(SMSC, 'SMS 5 failed: validity period expired');

type Told = Step extends infer One ? (One extends Step ? Omit<One, 'at'> : never) : never;

const STEPS: readonly (readonly [name: string, events: readonly WorldEvent[], steps: readonly Told[]])[] = [
  ['submission, delivery', [submit, accept, attempt, deliver], [TAKEN, GIVEN]],
  [
    'to nobody that can be read',
    [{ ...submit, to: '', tpdu: '01' }],
    [arrow(A, SMSC, 'message', 'SMS 5 → ?', 'unreadable')],
  ],
  [
    'an answer that a fault loses; the next is given in silence',
    [loseAnswer, accept, accept],
    [trouble(SMSC, 'fault: lose-answer, SMS 5'), broken(SMSC, A, 'answer', 'answer to SMS 5 lost')],
  ],
  ['commands', [{ kind: 'command', ...ROUTE, command: 2, about: 4 }], [note(SMSC, 'deletes SMS 4')]],
  [
    'a command about nothing',
    [{ kind: 'command', ...ROUTE, command: 0, about: 0 }],
    [note(SMSC, 'asks for nothing that is there')],
  ],
  [
    'a refusal',
    [{ kind: 'refuse', ...ROUTE, cause: 38 }],
    [arrow(SMSC, A, 'answer', 'SMS 5 refused', 'network out of order (38)')],
  ],
  ['a loss', [{ kind: 'lose', sms: 5, to: B }], [broken(SMSC, B, 'message', 'SMS 5 lost on its way')]],
  [
    'a report that is lost',
    [report, { kind: 'lose', sms: 6, to: A }],
    [broken(SMSC, A, 'report', 'SMS 6 lost on its way')],
  ],
  [
    'a report that comes',
    [report, { kind: 'deliver', sms: 6, from: B, to: A, tpdu: REPORT }],
    [
      arrow(
        SMSC,
        A,
        'report',
        'SMS 6, status report',
        `report about ${B}: failed: validity period expired, reference 7`,
      ),
    ],
  ],
  ['a copy', [{ kind: 'duplicate', sms: 7, original: 5, to: B }], [trouble(SMSC, 'SMS 7 is a second copy of SMS 5')]],
  ['a message that is replaced', [{ kind: 'replace', sms: 5, by: 8, to: B }], [note(SMSC, 'SMS 5 replaced by SMS 8')]],
  ['a phone that is away', [absent], [broken(SMSC, B, 'message', 'SMS 5: out of reach', 'again in 1 min')]],
  [
    'a phone without room',
    [attempt, full],
    [broken(SMSC, B, 'message', 'SMS 5: no room (SIM storage full)', 'again in 1 min')],
  ],
  [
    'an acknowledgement that is lost, once',
    [attempt, deliver, absent, absent],
    [
      GIVEN,
      broken(B, SMSC, 'answer', 'acknowledgement of SMS 5 lost', 'again in 1 min'),
      broken(SMSC, B, 'message', 'SMS 5: out of reach', 'again in 1 min'),
    ],
  ],
  [
    'a phone that does not answer the second time, though it has the first',
    [attempt, deliver, attempt, absent],
    [GIVEN, broken(SMSC, B, 'message', 'SMS 5: out of reach', 'again in 1 min')],
  ],
  ['a message that is given up while it waits', [expired], [EXPIRED]],
  [
    'a message that is given up on the air',
    [attempt, { ...expired, cause: 0xd0 }],
    [broken(SMSC, B, 'message', 'SMS 5 not taken', 'SIM storage full'), EXPIRED],
  ],
  [
    'a message that was on the air once, and is given up later',
    [attempt, full, expired],
    [broken(SMSC, B, 'message', 'SMS 5: no room (SIM storage full)', 'again in 1 min'), EXPIRED],
  ],
  [
    'registration',
    [
      { kind: 'attach', number: A },
      { kind: 'detach', number: A },
      { kind: 'attach', number: A, operator: '00103' },
    ],
    [
      { ...note(A, 'registered'), away: false },
      { ...note(A, 'not registered'), away: true },
      { ...note(A, 'registered with 00103'), away: false },
    ],
  ],
  [
    'what happens to a phone',
    [
      { kind: 'coverage', number: A, covered: false },
      { kind: 'power', number: A, on: false },
      { kind: 'plug', number: A },
      { kind: 'unplug', number: A },
      { kind: 'swap', number: A, imsi: '1' },
      { kind: 'clone', number: A, imsi: '1' },
      { kind: 'port', number: A, operator: '00102' },
    ],
    [
      'out of coverage',
      'switched off',
      'modem put back into its host',
      'modem pulled out of its host',
      'moves to the SIM 1',
      'has a second SIM 1',
      'goes to the operator 00102',
    ].map((text) => note(A, text)),
  ],
  [
    'faults of a line',
    [
      { kind: 'line-fault', fault: 'f', action: 'late', number: A },
      { kind: 'line-fault', fault: 'f', action: 'late' },
    ],
    [trouble(A, 'fault: late')],
  ],
  [
    'USSD',
    [
      { kind: 'ussd', number: A, by: 'phone', text: '*1#' },
      { kind: 'ussd', number: A, by: 'network', text: '' },
    ],
    [arrow(A, NETWORK, 'ussd', '«*1#»', 'USSD'), arrow(NETWORK, A, 'ussd', 'not supported', 'USSD')],
  ],
  [
    'what programs at the line do: nothing is told',
    [
      { kind: 'connect', number: A, line: 1 },
      { kind: 'disconnect', number: A, line: 1 },
      { kind: 'alert', number: A, reason: 'memory' },
      { kind: 'profile', profile: 'direct' },
    ],
    [],
  ],
];

test.each(STEPS)('a conversation tells of %s', (_name, events, steps) => {
  // So that notes on one participant take part, though nobody sends anything.
  const talk: readonly WorldEvent[] = [A, B].map((number) => ({ kind: 'ussd', number, by: 'phone', text: 'x' }));
  const centre: WorldEvent = { kind: 'lose', sms: 1, to: B };
  const entries = [...events, ...talk, centre].map((event, i): LogEntry => ({ seq: i + 1, at: i * 1_000, ...event }));
  const told = conversationOf(entries).steps.slice(0, -3);
  expect(told.map(({ at: _at, ...step }) => step)).toEqual(steps);
});

/** Notes that happen at once, and what is joined. */
const on = { kind: 'power', number: A, on: true } as const;
const plugged = { kind: 'plug', number: A } as const;
const lineFault = { kind: 'line-fault', fault: 'f', action: 'late', number: A } as const;

test.each([
  ['plain ones of one phone at one moment', [on, plugged], [0, 0], ['switched on, modem put back into its host']],
  ['of two moments', [on, plugged], [0, 1], ['switched on', 'modem put back into its host']],
  ['of two phones', [on, { ...plugged, number: B }], [0, 0], ['switched on', 'modem put back into its host']],
  ['trouble before', [lineFault, on], [0, 0], ['fault: late', 'switched on']],
  ['trouble after', [on, lineFault], [0, 0], ['switched on', 'fault: late']],
  ['a coming back after another note', [on, { kind: 'attach', number: A }], [0, 0], ['switched on, registered']],
] as const)('notes are one note when they are %s', (_name, events, times, texts) => {
  const entries = events.map((event, i): LogEntry => ({ seq: i + 1, at: times[i] ?? 0, ...event }));
  const steps = conversationOf(entries).steps;
  expect(steps.map((step) => (step.kind === 'note' ? step.text : step.title))).toEqual(texts);
});

test('a phone that is back is drawn so, also when the note says more', () => {
  const events = [on, { kind: 'attach', number: A } as const];
  const [step] = conversationOf(events.map((event, i): LogEntry => ({ seq: i + 1, at, ...event }))).steps;
  expect(step).toMatchObject({ away: false });
});

test('who takes part: phones, the service centre, the network, and who is outside', () => {
  const events: readonly WorldEvent[] = [
    { ...submit, from: 'BANK', outside: true },
    deliver,
    { kind: 'ussd', number: B, by: 'phone', text: 'x' },
  ];
  const { participants } = conversationOf(events.map((event, i): LogEntry => ({ seq: i + 1, at, ...event })));
  expect(participants).toEqual([
    { name: 'BANK', role: 'outside' },
    { name: SMSC, role: 'service centre' },
    { name: B, role: 'phone' },
    { name: NETWORK, role: 'network' },
  ]);
});

/** Phones that write to the service centre one after the other. */
function crowd(count: number, messages = 1): readonly LogEntry[] {
  return Array.from({ length: count * messages }, (_, i): LogEntry => {
    const from = String((i % count) + 1);
    return { seq: i + 1, at: i, kind: 'submit', sms: i + 1, from, to: '9', tpdu: WANTS_REPORT };
  });
}

test.each([
  [7, 1, {}, 8, 7, undefined],
  [8, 1, {}, 8, 7, '1 more step left out, with 1 more participant'],
  [9, 1, {}, 8, 7, '2 more steps left out, with 2 more participants'],
  [1, 80, {}, 2, 80, undefined],
  [1, 81, {}, 2, 80, '1 more step left out'],
  [1, 3, { steps: 1 }, 2, 1, '2 more steps left out'],
  [3, 1, { participants: 2 }, 2, 1, '2 more steps left out, with 2 more participants'],
] as const)('%i phones with %i messages each, limits %j', (count, messages, limits, participants, steps, omitted) => {
  const conversation = conversationOf(crowd(count, messages), limits);
  expect([conversation.participants.length, conversation.steps.length]).toEqual([participants, steps]);
  expect(conversation.omitted).toBe(omitted);
});

test.each([
  [1, ['1', SMSC]],
  [2, ['1', SMSC, '2']],
  [3, ['1', SMSC, '2', '3']],
  [4, ['1', '2', SMSC, '3', '4']],
])('of %i phones the service centre stands in the middle', (count, names) => {
  expect(conversationOf(crowd(count)).participants.map(({ name }) => name)).toEqual(names);
});
