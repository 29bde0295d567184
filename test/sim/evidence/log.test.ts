import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualClock } from '../../../sim/clock.ts';
import { COLUMN_HEADS, textLine } from '../../../sim/evidence/columns.ts';
import { LogError, readLog } from '../../../sim/evidence/read-log.ts';
import { type Selection, select } from '../../../sim/evidence/selection.ts';
import { EventLog, jsonLine, type LogEntry } from '../../../sim/log.ts';
import { ALICE, BOB, story } from './story.ts';

const entries = (await story()).log.entries();
const kindsOf = (some: readonly LogEntry[]) => new Set(some.map(({ kind }) => kind));

describe('the log', () => {
  it('tells of everything that happens in the story', () => {
    expect(kindsOf(entries)).toEqual(
      new Set([
        ...[
          'start',
          'attach',
          'detach',
          'alert',
          'coverage',
          'power',
          'plug',
          'unplug',
          'connect',
          'disconnect',
          'ussd',
        ],
        ...['submit', 'accept', 'refuse', 'attempt', 'deliver', 'wait', 'fail', 'report', 'lose', 'duplicate', 'fault'],
      ]),
    );
  });

  it('has every message begin once and come to at most one answer of the service centre', () => {
    const counts = new Map<number, Record<string, number>>();
    for (const entry of entries) {
      if (!('sms' in entry)) continue;
      const count = counts.get(entry.sms) ?? {};
      count[entry.kind] = (count[entry.kind] ?? 0) + 1;
      counts.set(entry.sms, count);
    }
    for (const { submit = 0, report = 0, duplicate = 0, accept = 0, refuse = 0 } of counts.values()) {
      expect(submit + report + duplicate).toBe(1);
      expect(accept + refuse).toBe(submit);
    }
  });

  it('is read back from JSON lines as it was', () => {
    expect(readLog(entries.map(jsonLine).join('\n'))).toEqual(entries);
  });

  it.each([
    ['no JSON', 'hello', /^Line 1 of the log: it is not JSON/],
    [
      'a kind that there is not',
      '{"seq":1,"at":"2010-03-01T09:00:00.000Z","kind":"nap"}',
      /^Line 1 of the log: it is no event of a log; give a file of JSON lines, as gsm-sim log --json prints them$/,
    ],
    [
      'no hex',
      '{"seq":1,"at":"2010-03-01T09:00:00.000Z","kind":"attempt","sms":1,"from":"1","to":"2","tpdu":"x"}',
      /tpdu: must be hex/,
    ],
  ])('says what is wrong with %s', (_name, text, message) => {
    expect(() => readLog(text)).toThrow(LogError);
    expect(() => readLog(text)).toThrow(message);
  });

  it('keeps the latest entries, and says how many it forgot', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(100), fc.nat(120), (keep, count, after) => {
        const log = new EventLog(new VirtualClock(), keep);
        for (let i = 0; i < count; i += 1) log.add({ kind: 'attach', number: String(i) });
        const kept = log.entries();
        expect(kept.length).toBeGreaterThanOrEqual(Math.min(keep, count));
        expect(kept.length).toBeLessThanOrEqual(2 * keep);
        expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, i) => log.forgotten + i + 1));
        expect(log.entries(after)).toEqual(kept.filter(({ seq }) => seq > after));
      }),
    );
  });
});

describe('a log that has forgotten its beginning', () => {
  const log = new EventLog(new VirtualClock(), 10);
  log.add({ kind: 'start', seed: '1', smsc: '+393990000001', profile: 'direct' });
  for (const profile of ['pt2008', 'us02']) log.add({ kind: 'profile', profile });
  for (let i = 0; i < 30; i += 1) log.add({ kind: 'attach', number: String(i) });

  it('still knows how the world began, the profile that held, and how much is missing', () => {
    const [start, next, ...more] = log.entries();
    expect(start).toMatchObject({ seq: 1, kind: 'start', smsc: '+393990000001', profile: 'us02', forgotten: 19 });
    expect([next?.seq, more.at(-1)?.seq]).toEqual([21, 33]);
    const [line] = log.entries().map((entry) => textLine(entry));
    expect(line).toMatch(/; 19 events after this are forgotten$/);
  });

  it('says so once: what comes after an event is only that', () => {
    expect(log.entries(30).map(({ seq }) => seq)).toEqual([31, 32, 33]);
  });
});

describe('the columns', () => {
  it('stand under their heads in every line', () => {
    const at = (head: string) => COLUMN_HEADS.indexOf(head);
    for (const entry of entries) {
      const line = textLine(entry);
      expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} /);
      expect(line.slice(at('EVENT')).split(' ')[0]).toBe(entry.kind);
      expect(line.charAt(at('WHO'))).not.toBe(' ');
      expect(line.charAt(at('WHAT') - 1)).toBe(' ');
    }
  });

  it.each([80, 120])('fit a terminal of %d columns', (width) => {
    for (const entry of entries) expect([...textLine(entry, width)].length).toBeLessThanOrEqual(width);
  });

  it('count the two cells of East Asian characters, and none for marks', () => {
    const said = (text: string): LogEntry => ({ seq: 1, at: 0, kind: 'ussd', number: ALICE, by: 'phone', text });
    expect(textLine(said('你'.repeat(40)), 80)).toMatch(/ «你{10,12}…$/);
    expect(textLine(said('é'.normalize('NFD').repeat(20)), 80)).toMatch(/»$/);
  });

  it('show line ends, and nothing that moves a terminal', () => {
    const line = textLine({ seq: 1, at: 0, kind: 'ussd', number: ALICE, by: 'phone', text: 'a\r\nb\x1b[2J‮c' });
    expect(line).toContain('«a↵b·[2J·c»');
  });
});

const SELECTIONS: readonly (readonly [name: string, Selection, sms: readonly number[]])[] = [
  ['a message, with its report', { sms: [1] }, [1, 2]],
  ['a message, with its copy', { sms: [11] }, [11, 12]],
  ['a conversation', { numbers: [ALICE, BOB] }, [1, 2, 3, 4, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]],
  ['what concerns a number', { numbers: ['BANK'] }, [5, 6]],
  ['a span of time', { since: Date.UTC(2010, 2, 1, 9, 2, 35), until: Date.UTC(2010, 2, 1, 9, 2, 40) }, [7]],
];

describe('a selection', () => {
  it.each(SELECTIONS)('of %s', (_name, selection, sms) => {
    const selected = select(entries, selection);
    expect([...new Set(selected.flatMap((entry) => ('sms' in entry ? [entry.sms] : [])))]).toEqual(sms);
    expect(selected[0]?.kind).toBe('start');
  });

  it('of nothing in particular is everything', () => {
    expect(select(entries, {})).toEqual(entries);
  });
});
