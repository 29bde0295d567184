import { expect, test } from 'vitest';
import { Pace } from '../../../modem/at/pace.ts';

test.each<[what: string, took: readonly number[], ms: number]>([
  ['nothing yet', [], 0],
  ['a fast modem', [5, 99], 0],
  ['one that is no longer fast', [100], 100],
  ['one that takes long over some commands', [30_000, 2_500, 2_600], 2_500],
  ['one that was quick eight answers ago', [5, ...Array<number>(8).fill(1_500)], 1_500],
  ['one that was quick seven answers ago', [400, ...Array<number>(7).fill(1_500)], 400],
])('the pace of %s, which took %j, is %i ms', (_what, took, ms) => {
  const pace = new Pace();
  for (const tookMs of took) pace.answered(tookMs);
  expect(pace.ms).toBe(ms);
});
