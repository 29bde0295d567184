import { expect, it } from 'vitest';
import { Unopened } from '../../../server/intake/unopened.ts';
import { STANDARD_LIMITS } from '../../../server/limits/limits.ts';
import { VirtualClock } from '../../../sim/index.ts';

const SECOND = 1_000;
const LIMITS = {
  ...STANDARD_LIMITS,
  unopened: { atOnce: 3, everyMs: SECOND },
  unopenedElsewhere: { atOnce: 5, everyMs: SECOND },
};

function counted() {
  const clock = new VirtualClock(0);
  const unopened = new Unopened({ limits: LIMITS, clock });
  /** How many of ten frames that do not open are tried. */
  const tried = (deviceId: number, isOwn: boolean) => {
    let count = 0;
    for (let n = 0; n < 10; n += 1) {
      if (!unopened.mayTry(deviceId, isOwn)) continue;
      unopened.note(deviceId, isOwn);
      count += 1;
    }
    return count;
  };
  return { clock, tried };
}

it('tries a few frames of one phone, its own number and others apart; other phones have theirs', () => {
  const { tried } = counted();
  expect([tried(1, true), tried(1, true), tried(1, false), tried(1, false)]).toEqual([3, 0, 3, 0]);
  expect(tried(2, true)).toBe(3);
});

it('tries a few from other numbers of all phones together, which those from own numbers do not use up', () => {
  const { tried } = counted();
  expect([tried(1, true), tried(2, true)]).toEqual([3, 3]);
  expect([tried(1, false), tried(2, false), tried(3, false)]).toEqual([3, 2, 0]);
  expect(tried(3, true)).toBe(3);
});

it('tries one more after each pause', async () => {
  const { clock, tried } = counted();
  expect([tried(1, false), tried(2, false)]).toEqual([3, 2]);
  await clock.advance(SECOND);
  expect([tried(2, false), tried(1, false)]).toEqual([1, 0]);
});
