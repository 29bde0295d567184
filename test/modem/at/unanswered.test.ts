import { expect, test } from 'vitest';
import { UnansweredCommands } from '../../../modem/at/unanswered.ts';

const response = (number: number) => ({ prefix: `+C${number}:` });

test('of 33 commands that timed out the oldest is forgotten', () => {
  const commands = new UnansweredCommands();
  for (let number = 1; number <= 33; number += 1) commands.add(response(number), 0);
  const known = [1, 2, 33].map((number) => commands.find(`+C${number}: 1`, 1)?.response?.prefix);
  expect(known).toEqual([undefined, '+C2:', '+C33:']);
});

test.each([
  [299_999, true],
  [300_000, false],
])('after %i ms the answer may still come: %s', (ms, isAlive) => {
  const commands = new UnansweredCommands();
  commands.add(response(1), 1_000);
  expect(commands.isAny(1_000 + ms)).toBe(isAlive);
  expect(commands.find('+C1: 1', 1_000 + ms) !== undefined).toBe(isAlive);
});

test('a final code settles the command that is named, or else the oldest', () => {
  const commands = new UnansweredCommands();
  for (const number of [1, 2, 3]) commands.add(response(number), 0);
  commands.settle(commands.find('+c2: 5', 1));
  commands.settle();
  expect([1, 2, 3].map((number) => commands.find(`+C${number}: 1`, 1) !== undefined)).toEqual([false, false, true]);
});

test('only a command of the same kind waits, 5 s and the pace of the modem from the last of that kind', () => {
  const commands = new UnansweredCommands();
  commands.add(response(1), 0);
  commands.add(response(1), 1_000);
  commands.add(undefined, 2_000);
  expect(commands.holdFor(response(1), 2_000, 0)).toBe(4_000);
  expect(commands.holdFor(response(1), 2_000, 700)).toBe(4_700);
  expect(commands.holdFor(response(1), 60_000, 0)).toBe(0);
  expect(commands.holdFor(response(2), 2_000, 700)).toBe(0);
  expect(commands.holdFor(undefined, 2_000, 700)).toBe(0);
});
