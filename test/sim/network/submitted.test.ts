import { expect, test } from 'vitest';
import { type Submitted, SubmittedMessages } from '../../../sim/network/submitted.ts';

const message = (at: number, from: string): Submitted => ({ at, from, to: '1', tpdu: '' });

test('what each sent is told apart, in order; 100,000 messages at least are remembered, 200,000 at most', () => {
  const submitted = new SubmittedMessages();
  for (let i = 0; i <= 200_000; i += 1) submitted.add(message(i, i % 2 === 0 ? 'even' : 'odd'));
  expect(submitted.of('even')).toHaveLength(50_001);
  expect(submitted.of('odd').slice(0, 2)).toEqual([message(100_001, 'odd'), message(100_003, 'odd')]);
  expect(submitted.of('even').at(-1)?.at).toBe(200_000);
  expect(submitted.of('nobody')).toEqual([]);
});

test('what was asked for does not change under the one who asked', () => {
  const submitted = new SubmittedMessages();
  submitted.add(message(1, 'a'));
  const before = submitted.of('a');
  submitted.add(message(2, 'a'));
  expect(before).toHaveLength(1);
});
