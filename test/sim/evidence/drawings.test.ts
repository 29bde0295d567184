import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { textLine } from '../../../sim/evidence/columns.ts';
import { conversationOf, type Step } from '../../../sim/evidence/conversation.ts';
import { figuresOf, latencyOf, percentile } from '../../../sim/evidence/latency.ts';
import { latencyPlot } from '../../../sim/evidence/latency-plot.ts';
import { mermaidOf } from '../../../sim/evidence/mermaid.ts';
import { type Selection, select } from '../../../sim/evidence/selection.ts';
import { sequenceDiagram } from '../../../sim/evidence/sequence-diagram.ts';
import { widthOf, wrapped } from '../../../sim/evidence/svg.ts';
import type { LogEntry, WorldEvent } from '../../../sim/log.ts';
import { anyCharacter } from '../../any-text.ts';
import { ALICE, BOB, story } from './story.ts';

const entries = (await story()).log.entries();

/** A step in one line: `A -> B message: title` or `A: note`; `-x` where an arrow breaks. */
function lineOf(step: Step): string {
  if (step.kind === 'note') return `${step.over}: ${step.text}`;
  return `${step.from} ${step.breaks ? '-x' : '->'} ${step.to} ${step.carries}: ${step.title}`;
}

const TALES: readonly (readonly [name: string, sms: readonly number[], steps: readonly string[]])[] = [
  [
    'a message and its report',
    [1],
    [
      `${ALICE} -> SMSC message: SMS 1 → ${BOB}`,
      `SMSC -> ${BOB} message: SMS 1 ← ${ALICE}`,
      `SMSC -> ${ALICE} report: SMS 2, status report`,
    ],
  ],
  [
    'a phone without room',
    [6],
    [
      `BANK -> SMSC message: SMS 6 → ${BOB}`,
      `SMSC -x ${BOB} message: SMS 6: no room (SIM storage full)`,
      `SMSC -x ${BOB} message: SMS 6: no room (SIM storage full)`,
      `SMSC -> ${BOB} message: SMS 6 ← BANK`,
    ],
  ],
  [
    'a message that is lost',
    [10],
    [
      `${ALICE} -> SMSC message: SMS 10 → ${BOB}`,
      'SMSC: fault: drop, SMS 10',
      `SMSC -x ${BOB} message: SMS 10 lost on its way`,
    ],
  ],
  [
    'an answer that is lost',
    [13],
    [
      `${ALICE} -> SMSC message: SMS 13 → ${BOB}`,
      'SMSC: fault: lose-answer, SMS 13',
      `SMSC -x ${ALICE} answer: answer to SMS 13 lost`,
      `SMSC -> ${BOB} message: SMS 13 ← ${ALICE}`,
    ],
  ],
  [
    'an acknowledgement that is lost',
    [14],
    [
      `${ALICE} -> SMSC message: SMS 14 → ${BOB}`,
      `SMSC -> ${BOB} message: SMS 14 ← ${ALICE}`,
      'SMSC: fault: lose-acknowledgement, SMS 14',
      `${BOB} -x SMSC answer: acknowledgement of SMS 14 lost`,
      `SMSC -> ${BOB} message: SMS 14 ← ${ALICE}`,
    ],
  ],
  [
    'a refusal',
    [16],
    [
      `${ALICE} -> SMSC message: SMS 16 → ${BOB}`,
      'SMSC: fault: refuse, SMS 16',
      `SMSC -> ${ALICE} answer: SMS 16 refused`,
    ],
  ],
];

describe('a conversation', () => {
  it.each(TALES)('tells of %s', (_name, sms, steps) => {
    expect(conversationOf(select(entries, { sms })).steps.map(lineOf)).toEqual(steps);
  });

  it('has the first sender on the left and the service centre in the middle', () => {
    const namesOf = (selection: Selection) =>
      conversationOf(select(entries, selection)).participants.map(({ name }) => name);
    expect(namesOf({ sms: [1] })).toEqual([ALICE, 'SMSC', BOB]);
    expect(namesOf({ sms: [16] })).toEqual([ALICE, 'SMSC']);
    expect(namesOf({})).toEqual([ALICE, BOB, 'SMSC', 'BANK', 'network']);
  });

  it('says what it leaves out', () => {
    expect(conversationOf(entries, { steps: 5 }).omitted).toMatch(
      /^\d+ more steps left out, with 2 more participants$/,
    );
    const { participants, omitted } = conversationOf(entries, { participants: 3 });
    expect([participants.length, omitted]).toEqual([3, expect.stringMatching(/ left out, with 2 more participants$/)]);
    expect(conversationOf(select(entries, { sms: [1] })).omitted).toBeUndefined();
  });
});

test('a conversation in Mermaid: participants, broken arrows, and nothing that Mermaid would take for its own', () => {
  const text = mermaidOf(conversationOf(select(entries, { sms: [10] })));
  expect(text.replaceAll(/\d\d:\d\d:\d\d\.\d{3}/g, 'T')).toBe(
    [
      'sequenceDiagram',
      `    participant p1 as ${ALICE}`,
      '    participant p2 as SMSC',
      `    participant p3 as ${BOB}`,
      `    p1->>p2: T SMS 10 → ${BOB}<br/>«This one meets drop.», reference 5`,
      '    Note over p2: T<br/>fault: drop, SMS 10',
      '    p2-xp3: T SMS 10 lost on its way',
      '',
    ].join('\n'),
  );
  const code = mermaidOf(conversationOf(entries.filter(({ kind }) => kind === 'ussd')));
  expect(code).toContain('«*100#35;»');
});

/** The elements of an SVG that are open at its end: none, when it is well formed. */
function openElements(svg: string): readonly string[] {
  const open: string[] = [];
  for (const [, close, name = '', , selfClosed] of svg.matchAll(/<(\/?)([a-z]+)((?:\s[^<>]*?)?)(\/?)>/gi)) {
    if (close === '/') expect(open.pop()).toBe(name);
    else if (selfClosed !== '/') open.push(name);
  }
  return open;
}

interface Placed {
  readonly left: number;
  readonly right: number;
  readonly base: number;
  readonly size: number;
  readonly words: string;
}

/** Where the texts of a drawing are, as wide as the widest of the common fonts makes them. */
function textsOf(svg: string): readonly Placed[] {
  return Array.from(
    svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" font-size="([\d.]+)"([^>]*)>([^<]*)</g),
    (match) => {
      const [x, base, size] = [Number(match[1]), Number(match[2]), Number(match[3])];
      const words = match[5] ?? '';
      const width = widthOf(words.replaceAll(/&#\d+;/g, '-'), size);
      const [, anchor = 'start'] = /text-anchor="(\w+)"/.exec(match[4] ?? '') ?? [];
      const left = anchor === 'middle' ? x - width / 2 : anchor === 'end' ? x - width : x;
      return { left, right: left + width, base, size, words };
    },
  );
}

function overlaps(svg: string): readonly (readonly [string, string])[] {
  const texts = textsOf(svg);
  return texts.flatMap((one, i) =>
    texts
      .slice(i + 1)
      .filter((other) => Math.abs(one.base - other.base) < Math.min(one.size, other.size) * 0.75)
      .filter((other) => one.left < other.right && other.left < one.right)
      .map((other) => [one.words, other.words] as const),
  );
}

const CHOICES: readonly (readonly [name: string, Selection])[] = [
  ['the whole story', {}],
  ['a conversation', { numbers: [ALICE, BOB] }],
  ['one message', { sms: [6] }],
  ['nothing', { sms: [999] }],
];

describe('a sequence diagram', () => {
  it.each(CHOICES)('of %s is well formed, and its texts stand apart within it', (_name, selection) => {
    const svg = sequenceDiagram(conversationOf(select(entries, selection)));
    expect(openElements(svg)).toEqual([]);
    expect(overlaps(svg)).toEqual([]);
    const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
    for (const { left, right } of textsOf(svg)) {
      expect(left).toBeGreaterThanOrEqual(0);
      expect(right).toBeLessThanOrEqual(width);
    }
  });

  it('has colours for light and for dark', () => {
    expect(sequenceDiagram(conversationOf(entries))).toMatch(/prefers-color-scheme:dark/);
  });

  it('shows any text as text', () => {
    const said: WorldEvent = { kind: 'ussd', number: ALICE, by: 'phone', text: '</text><script>&"\'' };
    const svg = sequenceDiagram(conversationOf([{ seq: 1, at: 0, ...said }]));
    expect(svg).not.toContain('<script>');
    expect(openElements(svg)).toEqual([]);
  });
});

test('whatever is said and whoever says it, a diagram stays what it is', () => {
  const anything = fc.oneof(
    fc.string({ unit: anyCharacter, maxLength: 30 }),
    fc.constantFrom('\n', 'a\r\nend\n', '%%', '#;', '\f'),
  );
  fc.assert(
    fc.property(anything, anything, (number, text) => {
      const said: WorldEvent = { kind: 'ussd', number, by: 'phone', text };
      const conversation = conversationOf([{ seq: 1, at: 0, ...said }]);
      expect(mermaidOf(conversation).split('\n')).toHaveLength(conversation.participants.length + 3);
      const svg = sequenceDiagram(conversation);
      expect(openElements(svg)).toEqual([]);
      expect(svg).not.toMatch(/[^\n\P{Cc}]/u);
      expect(textLine({ seq: 1, at: 0, ...said })).not.toMatch(/\p{Cc}/u);
    }),
  );
});

test('text is broken into lines that fit, without losing or adding any of it but at the end', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 60, max: 400 }), (words, width) => {
      const lines = wrapped(words, 10, width, 3);
      expect(lines.length).toBeLessThanOrEqual(3);
      for (const line of lines) expect(widthOf(line, 10)).toBeLessThanOrEqual(width + 10);
      const said = lines.join('').replace(/…$/, '').replaceAll(/\s/g, '');
      expect(words.replaceAll(/\s/g, '').startsWith(said)).toBe(true);
    }),
  );
});

/** A log of messages that each took so long, or got lost. */
function logOf(profile: string, latencies: readonly (number | 'lost')[]): readonly LogEntry[] {
  const events: (WorldEvent & { at: number })[] = [{ at: 0, kind: 'start', seed: '1', smsc: '1', profile }];
  latencies.forEach((latency, i) => {
    const route = { sms: i + 1, from: ALICE, to: BOB } as const;
    events.push({ at: i, kind: 'submit', ...route, tpdu: '' }, { at: i, kind: 'accept', ...route });
    if (latency === 'lost') events.push({ at: i, kind: 'lose', sms: i + 1, to: BOB });
    else
      events.push(
        { at: i, kind: 'attempt', ...route, tpdu: '' },
        { at: i + latency, kind: 'deliver', ...route, tpdu: '' },
      );
  });
  return events.map((event, i) => ({ ...event, seq: i + 1 }));
}

describe('the latency of a run', () => {
  it('counts from the submission to the first delivery, and what never came', () => {
    const [run] = latencyOf(entries);
    if (run === undefined) throw new Error('a run was expected');
    expect(figuresOf(run)).toMatchObject({
      profile: 'direct',
      sms: 14,
      delivered: 10,
      lost: 1,
      failed: 1,
      refused: 2,
      open: 0,
      attempts: [9, 0, 1, 0, 0],
    });
  });

  it('has percentiles by nearest rank', () => {
    const sorted = Array.from({ length: 100 }, (_, i) => i + 1);
    expect([0.5, 0.95, 0.99, 1].map((share) => percentile(sorted, share))).toEqual([50, 95, 99, 100]);
    expect([0, 0.33, 0.34, 0.5, 0.67, 1].map((share) => percentile([1, 2, 3], share))).toEqual([1, 1, 2, 2, 3, 3]);
    expect(percentile([7], 0.5)).toBe(7);
    expect(percentile([], 0.5)).toBeUndefined();
  });

  const RUNS: readonly (readonly [name: string, readonly (number | 'lost')[]])[] = [
    ['nothing', []],
    ['one message', [800]],
    ['no time at all', [0, 0, 0]],
    ['losses only', ['lost', 'lost']],
    ['from ms to days', [1, 50, 900, 20_000, 3_600_000, 400_000_000]],
    ['the story', []],
  ];

  it.each(RUNS)('is drawn: %s', (name, latencies) => {
    const svg = latencyPlot(latencyOf(name === 'the story' ? entries : logOf('pt2008', latencies)));
    expect(openElements(svg)).toEqual([]);
    expect(overlaps(svg)).toEqual([]);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it('of several profiles has a panel for each', () => {
    const [first = [], second = []] = [logOf('direct', [800, 900]), logOf('us02', [20_000])];
    const later = second.map((entry): LogEntry => {
      const at = entry.at + 1_000;
      if (entry.kind === 'start') return { seq: entry.seq, at, kind: 'profile', profile: entry.profile };
      return 'sms' in entry ? { ...entry, at, sms: entry.sms + 10 } : entry;
    });
    const runs = latencyOf([...first, ...later]);
    expect(runs.map(({ profile, latencies }) => [profile, latencies])).toEqual([
      ['direct', [800, 900]],
      ['us02', [20_000]],
    ]);
    expect(latencyPlot(runs)).toMatch(/>direct<[\s\S]*>us02</);
  });
});
