import { describe, expect, it } from 'vitest';
import { planEpisode, playEpisode } from '../../../sim/loop/episode.ts';
import { faultKinds, nameOf } from '../../../sim/loop/fault-script.ts';
import { LOOP_DEPTHS } from '../../../sim/loop/service-line.ts';
import { inFull } from '../../in-full.ts';

const SIZE = { payments: 40, customers: 6, shops: 2 } as const;

describe('an episode', () => {
  it('without faults pays, and breaks no rule', async () => {
    const { taken, paid, violations } = await playEpisode({ ...planEpisode('calm', SIZE), rail: 'card', faults: [] });
    expect(violations).toEqual([]);
    expect(taken).toBe(SIZE.payments);
    expect(paid).toBeGreaterThan(SIZE.payments / 2);
  });

  it.each(Array.from({ length: inFull(20, 4) }, (_, n) => `test/${n + 1}`))(
    'with everything going wrong breaks no rule (seed %s)',
    async (seed) => {
      const plan = planEpisode(seed, SIZE);
      const { violations, taken } = await playEpisode(plan);
      expect(violations).toEqual([]);
      // None of them need be paid: the payment host may be down all the time.
      expect(taken).toBeGreaterThan(SIZE.payments / 2);
    },
  );

  it.each(Array.from({ length: inFull(6, 1) }, (_, n) => `at/${n + 1}`))(
    'at the depth of AT, with a modem whose line fails, breaks no rule (seed %s)',
    async (seed) => {
      const { violations, taken } = await playEpisode(planEpisode(seed, { ...SIZE, payments: 12, depth: 'at' }));
      expect(violations).toEqual([]);
      expect(taken).toBeGreaterThan(6);
    },
  );

  it('is the same, event for event, when it is played again, and another one with another seed', async () => {
    const plan = { ...planEpisode('twice', SIZE), payments: 20 };
    const first = await playEpisode(plan);
    expect(await playEpisode(plan)).toEqual(first);
    expect((await playEpisode({ ...plan, seed: 'thrice' })).digest).not.toBe(first.digest);
  });
});

describe('the plan of an episode', () => {
  it.each(LOOP_DEPTHS)(
    'at the depth of %s has faults of some kinds and none of others, and each kind in one of fifty',
    (depth) => {
      const plans = Array.from({ length: 50 }, (_, n) => planEpisode(`plan/${n}`, { ...SIZE, payments: 400, depth }));
      const met = plans.map(({ faults }) => new Set(faults.map(nameOf)));
      for (const kind of faultKinds(depth)) {
        expect(
          met.some((kinds) => kinds.has(kind)),
          kind,
        ).toBe(true);
        expect(
          met.some((kinds) => !kinds.has(kind)),
          kind,
        ).toBe(true);
      }
      expect(new Set(plans.map(({ rail }) => rail)).size).toBe(6);
    },
  );
});
