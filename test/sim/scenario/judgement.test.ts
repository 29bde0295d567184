import { expect, test } from 'vitest';
import type { MessageState } from '../../../sim/message-states.ts';
import { type Fate, judgeCount, judgeMessages } from '../../../sim/scenario/judgement.ts';
import type { CountExpectation, MessageExpectation } from '../../../sim/scenario/schema.ts';

const COUNTS: readonly (readonly [bounds: Omit<CountExpectation, 'count'>, ok: readonly number[]])[] = [
  [{ is: 2 }, [2]],
  [{ atLeast: 2 }, [2, 3, 4]],
  [{ atMost: 2 }, [0, 1, 2]],
  [{ atLeast: 1, atMost: 3 }, [1, 2, 3]],
  [{ is: 0 }, [0]],
];

test.each(COUNTS)('as many as %j holds for %j of 0 to 4', (bounds, ok) => {
  const judged = [0, 1, 2, 3, 4].map((found) => judgeCount({ count: { kind: 'deliver' }, ...bounds }, found));
  expect(judged.flatMap((judgement, found) => (judgement.ok ? [found] : []))).toEqual(ok);
  expect(judged.map(({ found }) => found)).toEqual(['0', '1', '2', '3', '4']);
});

test('a count is said with its bounds, its kind and its fields', () => {
  const what = (expectation: CountExpectation) => judgeCount(expectation, 0).what;
  expect(what({ count: { kind: 'deliver', to: 'anna' }, is: 1 })).toBe('1 × deliver to anna');
  expect(what({ count: { kind: 'wait' }, atLeast: 2, atMost: 5 })).toBe('at least 2, at most 5 × wait');
});

/** A message that was delivered 5 s after it was sent, its sender told 30 and then 00. */
const state = (more: Partial<MessageState> = {}): MessageState => ({
  sms: 1,
  isReport: false,
  from: '1',
  to: '2',
  sentAt: 1_000,
  endedAt: 6_000,
  state: 'delivered',
  deliveries: 1,
  reports: [0x30, 0],
  ...more,
});
const { endedAt: _endedAt, ...UNDER_WAY } = state({ state: 'waiting' });
const fate = (states: Fate['states'], answers: Fate['answers'] = ['accepted']): Fate => ({ states, answers });

const FATES: readonly (readonly [expected: Partial<MessageExpectation>, fate: Fate, ok: boolean])[] = [
  [{ state: 'delivered' }, fate([state()]), true],
  [{ state: 'lost' }, fate([state()]), false],
  [{}, fate([]), false],
  [{}, fate([undefined]), false],
  [{ within: 5_000 }, fate([state()]), true],
  [{ within: 4_999 }, fate([state()]), false],
  [{ within: 5_000 }, fate([{ ...state(), endedAt: Number.NaN }]), false],
  [{ within: 5_000 }, fate([UNDER_WAY]), false],
  [{ deliveries: 1 }, fate([state()]), true],
  [{ deliveries: 2 }, fate([state()]), false],
  [{ report: 0 }, fate([state()]), true],
  [{ report: 0x30 }, fate([state()]), false],
  [{ report: 0 }, fate([state({ reports: [] })]), false],
  [{ answer: 'accepted' }, fate([state()]), true],
  [{ answer: 'accepted' }, fate([state()], []), false],
  [{ answer: 'accepted' }, fate([state(), state()], ['accepted', 'refused']), false],
  [{ state: 'delivered', share: 0.5 }, fate([state(), state({ state: 'lost' })]), true],
  [{ state: 'delivered', share: 0.5 }, fate([state(), state({ state: 'lost' }), state({ state: 'lost' })]), false],
  [{ state: 'delivered' }, fate([state(), state({ state: 'lost' })]), false],
];

test.each(FATES)('%j of %j', (expected, found, ok) => {
  expect(judgeMessages({ message: 'm', share: 1, ...expected }, found).ok).toBe(ok);
});

test('what was expected and what was found is said in words', () => {
  const expected = { state: 'lost', within: 60_000, deliveries: 2, report: 1, answer: 'lost' } as const;
  expect(judgeMessages({ message: 'm', share: 0.5, ...expected }, fate([state({ deliveries: 3 })]))).toMatchObject({
    what: 'message m: lost, within 1 min, given to the phone 2 times, report 1, answer lost, 50 % of them',
    found: 'delivered after 5 s given to the phone 3 times report 48, 0 answer accepted',
  });
  expect(judgeMessages({ message: 'm', share: 1 }, fate([state()])).found).toBe(
    'delivered after 5 s report 48, 0 answer accepted',
  );
  expect(
    judgeMessages({ message: 'm', share: 1 }, fate([state({ state: 'failed', status: 70, reports: [] })], [])).found,
  ).toBe('failed after 5 s status 70');
  const waiting = { sms: 1, isReport: false, from: '1', to: '2', sentAt: 0, deliveries: 0, reports: [] } as const;
  expect(
    judgeMessages({ message: 'm', share: 1 }, fate([{ ...waiting, state: 'waiting', reason: 'full' }], [])).found,
  ).toBe('waiting (full)');
  expect(judgeMessages({ message: 'm', share: 1 }, fate([undefined])).found).toBe('it was never sent');
});

test('of several, the median and the longest time of those that came are said', () => {
  const states = [3_000, 1_000, 10_000].map((ms) => state({ sentAt: 0, endedAt: ms }));
  const lost = state({ state: 'lost', endedAt: 99_000 });
  expect(judgeMessages({ message: 'm', share: 1, state: 'delivered' }, fate([...states, lost])).found).toBe(
    '3 of 4, 3 delivered, median 3 s, longest 10 s',
  );
  expect(judgeMessages({ message: 'm', share: 1, state: 'delivered' }, fate([lost, lost])).found).toBe('0 of 2');
});
