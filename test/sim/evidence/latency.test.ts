import { expect, test } from 'vitest';
import { figuresOf, type LatencyRun, latencyOf } from '../../../sim/evidence/latency.ts';
import { figuresText } from '../../../sim/evidence/latency-plot.ts';
import type { LogEntry, WorldEvent } from '../../../sim/log.ts';

const ROUTE = { sms: 1, from: '+391', to: '+392' } as const;
const submit = { kind: 'submit', ...ROUTE, tpdu: '' } as const;
const attempt = { kind: 'attempt', ...ROUTE, tpdu: '' } as const;
const deliver = { kind: 'deliver', ...ROUTE, tpdu: '' } as const;
const wait = (reason: 'absent' | 'full') => ({ kind: 'wait', sms: 1, to: '+392', reason, retryMs: 1 }) as const;
const lose = { kind: 'lose', sms: 1, to: '+392' } as const;
const fail = { kind: 'fail', sms: 1, to: '+392', status: 0x46 } as const;
const refuse = { kind: 'refuse', ...ROUTE, cause: 38 } as const;
const copy = { kind: 'duplicate', sms: 2, original: 1, to: '+392' } as const;

/** Events a second apart, the first at 1 s. */
function runOf(events: readonly WorldEvent[]): LatencyRun | undefined {
  return latencyOf(events.map((event, i): LogEntry => ({ seq: i + 1, at: (i + 1) * 1_000, ...event })))[0];
}

const NONE = { latencies: [], attempts: [0, 0, 0, 0, 0], lost: 0, failed: 0, refused: 0, open: 0 } as const;
const busy = (count: number): readonly WorldEvent[] => Array.from({ length: count }, () => attempt);

const FATES: readonly (readonly [name: string, events: readonly WorldEvent[], run: Partial<LatencyRun>])[] = [
  ['on its way', [submit], { open: 1 }],
  ['delivered', [submit, attempt, deliver], { latencies: [2_000], attempts: [1, 0, 0, 0, 0] }],
  ['delivered without an attempt in the log', [submit, deliver], { latencies: [1_000], attempts: [1, 0, 0, 0, 0] }],
  [
    'tried in vain: the phone is away',
    [submit, wait('absent'), attempt, deliver],
    {
      latencies: [3_000],
      attempts: [0, 1, 0, 0, 0],
    },
  ],
  [
    'refused by a full phone: the attempt is counted once',
    [submit, attempt, wait('full'), attempt, deliver],
    {
      latencies: [4_000],
      attempts: [0, 1, 0, 0, 0],
    },
  ],
  ['four attempts', [submit, ...busy(4), deliver], { latencies: [5_000], attempts: [0, 0, 0, 1, 0] }],
  ['five attempts', [submit, ...busy(5), deliver], { latencies: [6_000], attempts: [0, 0, 0, 0, 1] }],
  ['six attempts', [submit, ...busy(6), deliver], { latencies: [7_000], attempts: [0, 0, 0, 0, 1] }],
  [
    'delivered twice: the first counts',
    [submit, attempt, deliver, attempt, deliver],
    {
      latencies: [2_000],
      attempts: [1, 0, 0, 0, 0],
    },
  ],
  ['delivered, then failed', [submit, attempt, deliver, fail], { latencies: [2_000], attempts: [1, 0, 0, 0, 0] }],
  ['lost', [submit, lose], { lost: 1 }],
  ['given up', [submit, fail], { failed: 1 }],
  ['refused', [submit, refuse], { refused: 1 }],
  [
    'lost, but its copy comes',
    [submit, copy, lose, { ...deliver, sms: 2 }],
    {
      latencies: [3_000],
      attempts: [1, 0, 0, 0, 0],
    },
  ],
  ['a copy is no other message', [submit, copy], { open: 1 }],
];

test.each(FATES)('the latency of a message: %s', (_name, events, run) => {
  expect(runOf(events)).toEqual({ profile: 'unknown', ...NONE, ...run });
});

test('reports, copies of what is not in the log, and other events count for nothing', () => {
  expect(
    runOf([{ ...copy, original: 9 }, deliver, { kind: 'report', sms: 3, about: 1, to: '+391', status: 0 }]),
  ).toBeUndefined();
});

test('the profile is the one under which a message was sent', () => {
  const start: WorldEvent = { kind: 'start', seed: '1', smsc: '1', profile: 'direct' };
  const events: readonly WorldEvent[] = [
    start,
    submit,
    { kind: 'profile', profile: 'us02' },
    deliver,
    { ...submit, sms: 2 },
  ];
  const runs = latencyOf(events.map((event, i): LogEntry => ({ seq: i + 1, at: i, ...event })));
  expect(runs.map(({ profile, latencies, open }) => [profile, latencies.length, open])).toEqual([
    ['direct', 1, 0],
    ['us02', 0, 1],
  ]);
});

const RUN: LatencyRun = {
  profile: 'pt2008',
  latencies: [50, 99, 100, 61_000],
  attempts: [3, 1, 0, 0, 0],
  lost: 1,
  failed: 2,
  refused: 3,
  open: 990,
};

test('a run in figures', () => {
  expect(figuresOf(RUN)).toEqual({
    profile: 'pt2008',
    sms: 1_000,
    delivered: 4,
    lost: 1,
    failed: 2,
    refused: 3,
    open: 990,
    lostShare: 0.001,
    p50: 99,
    p95: 61_000,
    p99: 61_000,
    longest: 61_000,
    attempts: [3, 1, 0, 0, 0],
  });
  expect(figuresOf({ profile: 'x', ...NONE })).toEqual({
    profile: 'x',
    sms: 0,
    delivered: 0,
    lost: 0,
    failed: 0,
    refused: 0,
    open: 0,
    lostShare: 0,
    attempts: [0, 0, 0, 0, 0],
  });
});

test.each([
  [
    RUN,
    'pt2008: 1,000 SMS, 0.4 % delivered, 0.1 % lost, 0.2 % given up, 0.3 % refused, 99 % under way, p50 99 ms, p95 1 min 1 s, p99 1 min 1 s, longest 1 min 1 s',
  ],
  [
    { ...RUN, latencies: [100], lost: 0, failed: 0, refused: 0, open: 0 },
    'pt2008: 1 SMS, 100 % delivered, p50 0.1 s, p95 0.1 s, p99 0.1 s, longest 0.1 s',
  ],
  [{ ...RUN, latencies: [], open: 0, failed: 0, refused: 0 }, 'pt2008: 1 SMS, 100 % lost'],
])('a run in words', (run, text) => {
  expect(figuresText(run)).toBe(text);
});
