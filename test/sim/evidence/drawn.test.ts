import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COLUMN_HEADS, dayOf, textLine, timeText } from '../../../sim/evidence/columns.ts';
import type { Conversation, Step } from '../../../sim/evidence/conversation.ts';
import type { LatencyRun } from '../../../sim/evidence/latency.ts';
import { latencyPlot } from '../../../sim/evidence/latency-plot.ts';
import { mermaidOf } from '../../../sim/evidence/mermaid.ts';
import { oneLine } from '../../../sim/evidence/message-view.ts';
import { sequenceDiagram } from '../../../sim/evidence/sequence-diagram.ts';
import { box, line, px, text, widthOf, wrapped } from '../../../sim/evidence/svg.ts';
import type { LogEntry } from '../../../sim/log.ts';

const AT = Date.UTC(2010, 2, 1, 9);
const PHONES = [
  { name: '1', role: 'phone' },
  { name: 'SMSC', role: 'service centre' },
  { name: '2', role: 'phone' },
] as const;

const arrow = (at: number, from: string, to: string, more: Partial<Extract<Step, { kind: 'arrow' }>> = {}): Step => ({
  ...{ kind: 'arrow', at: AT + at, from, to, carries: 'message', breaks: false, title: 'SMS 1', detail: '' },
  ...more,
});
const note = (at: number, over: string, more: Partial<Extract<Step, { kind: 'note' }>> = {}): Step => ({
  ...{ kind: 'note', at: AT + at, over, tone: 'plain', text: 'Note' },
  ...more,
});
const drawn = (steps: readonly Step[], more: Partial<Conversation> = {}) =>
  sequenceDiagram({ participants: PHONES, steps, ...more });

/** The words of a drawing, in their order. */
function wordsIn(svg: string): readonly string[] {
  return Array.from(svg.matchAll(/<text [^>]*>([^<]*)</g), ([, words = '']) => words);
}

/** What a diagram says about the time of its steps: left of the lifelines. */
const TIMES: readonly (readonly [name: string, steps: readonly Step[], times: readonly string[]])[] = [
  ['one', [note(0, '1')], ['09:00:00.000']],
  ['two at one moment', [note(0, '1'), note(0, '2')], ['09:00:00.000']],
  ['a moment between', [note(0, '1'), note(9_999, '2')], ['09:00:00.000', '09:00:09.999']],
  ['a pause', [note(0, '1'), note(10_000, '2')], ['09:00:00.000', '10 s later', '09:00:10.000']],
  ['another day', [note(0, '1'), note(15 * 3_600_000, '2')], ['09:00:00.000', '2010-03-02', '00:00:00.000']],
];

test.each(TIMES)('a diagram says the time of its steps: %s', (_name, steps, times) => {
  const said = wordsIn(drawn(steps)).filter((words) => /^\d\d:|later$|^2010-03-0\d$/.test(words));
  expect(said).toEqual(times);
});

test.each([
  ['nothing', [], 'SMS between 1 and 2', ''],
  ['a day', [note(0, '1'), note(1, '1')], 'SMS between 1 and 2', '2010-03-01 09:00:00.000 to 09:00:00.001 UTC'],
  [
    'two days',
    [note(0, '1'), note(86_400_000, '1')],
    'SMS between 1 and 2',
    '2010-03-01 09:00:00.000 to 2010-03-02 09:00:00.000 UTC',
  ],
] as const)('a diagram of %s says who and when', (_name, steps, title, span) => {
  const svg = drawn(steps);
  expect(wordsIn(svg).slice(0, 2)).toEqual([title, span]);
  expect(svg).toContain(`<title>${title}</title>`);
  expect(svg.includes('Nothing happened.')).toBe(steps.length === 0);
});

test.each([
  [[], 'SMS of nobody'],
  [[PHONES[1]], 'SMS of nobody'],
  [[PHONES[0], PHONES[1]], 'SMS of 1'],
  [[...PHONES, { name: 'BANK', role: 'outside' }], 'SMS among 3 participants'],
  [[...PHONES, { name: 'network', role: 'network' }], 'SMS between 1 and 2'],
] as const)('the title of %j', (participants, title) => {
  expect(wordsIn(sequenceDiagram({ participants, steps: [] }))[0]).toBe(title);
});

test('a diagram says what is left out, and names its lifelines again at the foot when it is high', () => {
  expect(wordsIn(drawn([note(0, '1')], { omitted: '3 more steps left out' })).at(-1)).toBe('… 3 more steps left out');
  const names = (steps: number) =>
    wordsIn(drawn(Array.from({ length: steps }, (_, i) => note(i, '1')))).filter((words) => words === 'service centre');
  expect(names(19)).toHaveLength(1);
  expect(names(20)).toHaveLength(2);
});

test('the head of a lifeline is as wide as its name', () => {
  const widthOfHead = (name: string) => {
    const svg = sequenceDiagram({ participants: [{ name, role: 'phone' }], steps: [] });
    return Number(/<rect x="[\d.]+" y="74" width="([\d.]+)"/.exec(svg)?.[1]);
  };
  expect([widthOfHead('1'), widthOfHead('x'.repeat(40))]).toEqual([150, 324.4]);
});

test('notes of one moment stand in one row from left to right, others below each other', () => {
  const rows = (...steps: readonly Step[]) =>
    new Set(Array.from(drawn(steps).matchAll(/<text [^>]*y="([\d.]+)"[^>]*>Note</g), ([, y]) => y)).size;
  expect(rows(note(0, '1'), note(0, '2'))).toBe(1);
  expect(rows(note(0, '2'), note(0, '1'))).toBe(2);
  expect(rows(note(0, '1'), note(0, '1'))).toBe(2);
  expect(rows(note(0, '1'), note(1, '2'))).toBe(2);
});

/**
 * Everything that a drawing has at once. Whoever changes how it is drawn looks at the file that the failing test names, and
 * puts the new digest here.
 */
const STEPS: readonly Step[] = [
  arrow(0, '1', 'SMSC', { title: 'SMS 1 → 2', detail: 'A text that goes on and on, '.repeat(8) }),
  arrow(500, 'SMSC', '2', { carries: 'report', title: 'Status report', detail: 'delivered' }),
  arrow(900, 'SMSC', '1', { carries: 'answer', breaks: true, title: 'An answer that is lost' }),
  arrow(1_000, '2', 'SMSC', { carries: 'ussd', title: '«*100#»', detail: 'USSD' }),
  note(2_000, '1', { away: true, text: 'not registered' }),
  note(2_000, '2', { tone: 'trouble', text: 'fault: a text that is far too wide for the lane in which it stands' }),
  note(20_000, '1', { away: false, text: 'registered' }),
  arrow(90_000_000, 'SMSC', '1', { breaks: true }),
];
const RUNS: readonly LatencyRun[] = [
  {
    profile: 'pt2008',
    latencies: Array.from({ length: 1_500 }, (_, i) => 900 + i * 7),
    attempts: [1_300, 150, 49, 0, 1],
    ...{ lost: 1, failed: 2, refused: 3, open: 4 },
  },
  { profile: 'us02', latencies: [], attempts: [0, 0, 0, 0, 0], lost: 1, failed: 0, refused: 0, open: 0 },
  { profile: 'none', latencies: [0, 1], attempts: [2, 0, 0, 0, 0], lost: 0, failed: 0, refused: 0, open: 0 },
];

test.each([
  ['a conversation', drawn(STEPS, { omitted: '1 more step left out' }), 'efefeed1735cb104'],
  ['latencies', latencyPlot(RUNS), '40b018a4fe44ce61'],
])('the drawing of %s is as it was', (name, svg, digest) => {
  const path = join(mkdtempSync(join(tmpdir(), 'drawn-')), `${name}.svg`);
  writeFileSync(path, svg);
  expect(createHash('sha256').update(svg).digest('hex').slice(0, 16), path).toBe(digest);
});

test('what a latency plot says', () => {
  const words = wordsIn(latencyPlot(RUNS));
  for (const said of [
    'From the beginning of the submission to the phone that has it',
    '1,510 SMS, 99.3 % delivered, 0.1 % lost, 0.1 % given up, 0.2 % refused, 0.3 % under way',
    'p50 6.1 s',
    'p95 11 s',
    'p99 11 s',
    '1,300 (86.7 %)',
    '1 (0.1 %)',
    '5 or more',
    'None was delivered.',
    '100 %',
  ]) {
    expect(words).toContain(said);
  }
  expect(wordsIn(latencyPlot([]))).toEqual([
    'Latency of SMS',
    'From the beginning of the submission to the phone that has it',
    'No SMS was sent.',
  ]);
});

test('the elements of a drawing', () => {
  expect(line(0.04, 1.05, 2, 3, 'rule')).toBe(
    '<line x1="0" y1="1.1" x2="2" y2="3" class="stroke-rule" stroke-width="1"/>',
  );
  expect(line(0, 0, 0, 0, 'ink', 2, '1 4')).toContain('stroke-width="2" stroke-dasharray="1 4"/>');
  expect(box(1, 2, 3, 4, 'panel', 'rule')).toBe(
    '<rect x="1" y="2" width="3" height="4" rx="6" class="fill-panel stroke-rule"/>',
  );
  expect(text(1, 2, '<&>"\'', { size: 10, ink: 'ink' })).toBe(
    '<text x="1" y="2" font-size="10" class="fill-ink">&#60;&#38;&#62;&#34;&#39;</text>',
  );
  expect(text(1, 2, 'a', { size: 10, ink: 'ink', anchor: 'end', bold: true, seam: true })).toBe(
    '<text x="1" y="2" font-size="10" class="fill-ink seam" text-anchor="end" font-weight="600">a</text>',
  );
  expect([px(1.25), px(-0.26), px(10)]).toEqual(['1.3', '-0.3', '10']);
  expect([widthOf('aa', 10), widthOf('你', 10), widthOf('e\u0301', 10)].map(px)).toEqual(['11.4', '11.4', '5.7']);
});

test.each([
  ['abc def', 1_000, 2, ['abc def']],
  ['  abc  ', 1_000, 2, ['abc']],
  ['', 1_000, 2, []],
  ['abcd efgh', 40, 2, ['abcd', 'efgh']],
  ['abcd efgh', 40, 1, ['abcd…']],
  ['a bcdefghijk', 40, 3, ['a bcdef', 'ghijk']],
  ['abcdefgh ij', 30, 3, ['abcde', 'fgh', 'ij']],
  ['你你你', 6, 2, ['你', '你…']],
])('%j in lines of %i px, %i at most', (words, width, lines, wanted) => {
  expect(wrapped(words, 10, width, lines)).toEqual(wanted);
});

test('a conversation in Mermaid has an arrow of its own for what it carries', () => {
  const carried = (['message', 'report', 'answer', 'ussd'] as const).flatMap((carries) => [
    arrow(0, '1', 'SMSC', { carries, detail: carries }),
    arrow(0, 'SMSC', '1', { carries, breaks: true }),
  ]);
  expect(mermaidOf({ participants: PHONES, steps: carried, omitted: 'much; more' }).split('\n').slice(4)).toEqual([
    '    p1->>p2: 09:00:00.000 SMS 1<br/>message',
    '    p2-xp1: 09:00:00.000 SMS 1',
    '    p1-->>p2: 09:00:00.000 SMS 1<br/>report',
    '    p2--xp1: 09:00:00.000 SMS 1',
    '    p1-->>p2: 09:00:00.000 SMS 1<br/>answer',
    '    p2--xp1: 09:00:00.000 SMS 1',
    '    p1->>p2: 09:00:00.000 SMS 1<br/>ussd',
    '    p2-xp1: 09:00:00.000 SMS 1',
    '    Note over p1,p3: much#59; more',
    '',
  ]);
  expect(mermaidOf({ participants: PHONES.slice(0, 1), steps: [], omitted: 'x' })).toBe(
    'sequenceDiagram\n    participant p1 as 1\n    Note over p1: x\n',
  );
  expect(mermaidOf({ participants: PHONES.slice(0, 1), steps: [note(0, '1', { text: '#;<>&%"`{}\\a' })] })).toContain(
    '#35;#59;#60;#62;#38;#37;#34;#96;#123;#125;#92;a',
  );
});

test('the columns of a log, octet by octet', () => {
  expect(COLUMN_HEADS).toBe('TIME           SMS  WHO            EVENT      WHAT');
  const entry: LogEntry = { seq: 1, at: AT + 1, kind: 'lose', sms: 7, to: '+39' };
  expect(textLine(entry)).toBe('09:00:00.001     7  +39            lose       lost on its way');
  expect([timeText(AT), dayOf({ at: AT - 1 })]).toEqual(['09:00:00.000', '2010-03-01']);
  expect(dayOf({ at: AT - 9 * 3_600_000 - 1 })).toBe('2010-02-28');
});

test.each([
  [59, 64],
  [60, 60],
  [63, 63],
  [64, 64],
  [65, 64],
])('a line of 64 cells on a terminal of %i has %i', (width, cells) => {
  const said: LogEntry = { seq: 1, at: AT, kind: 'lose', sms: 7, to: '+'.repeat(17) };
  expect(textLine(said)).toHaveLength(64);
  const shown = textLine(said, width);
  expect([...shown]).toHaveLength(cells);
  expect(shown.endsWith('…')).toBe(cells < 64);
});

test('what would move a terminal is replaced, what joins an emoji is not', () => {
  expect(oneLine('a\r\nb\rc\nd')).toBe('a↵b↵c↵d');
  expect(oneLine('\x00\x1b\u2028\u2029\u202e\ufeff\ud800')).toBe('·······');
  expect(oneLine('👩\u200d🚀 \u200c')).toBe('👩\u200d🚀 \u200c');
});
