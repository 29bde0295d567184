import { expect, it } from 'vitest';
import { VirtualClock } from '../../../sim/index.ts';
import { SteppedClock } from '../../../sim/loop/stepped-clock.ts';

it.each([
  [0, 0, 0],
  [0.75, 0, 0],
  [1_000.5, 60_000, 61_000],
  [1_000.5, -400, 600],
])('after %d ms a clock that is %d ms ahead shows %d, in whole milliseconds', async (passed, aheadMs, shown) => {
  const clock = new VirtualClock(0);
  const stepped = new SteppedClock(clock);
  stepped.aheadMs = aheadMs;
  await clock.advance(passed);
  expect(stepped.now()).toBe(shown);
});
