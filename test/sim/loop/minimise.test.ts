import { expect, it } from 'vitest';
import type { EpisodePlan, EpisodeResult } from '../../../sim/loop/episode.ts';
import type { LoopFault } from '../../../sim/loop/fault-script.ts';
import { minimise } from '../../../sim/loop/minimise.ts';

const FAULTS: readonly LoopFault[] = Array.from({ length: 40 }, (_, at) => ({ at, kind: 'pause', ms: 1_000 }));
const PLAN: EpisodePlan = { seed: 's', payments: 1, customers: 1, shops: 1, rail: 'ledger', faults: FAULTS };
const RESULT = { taken: 1, paid: 1, kills: 0, faults: {}, transitions: {}, digest: '' } as const;

/** An episode that breaks `rule` as long as all these faults happen, and another rule whatever happens. */
function breaksWith(...needed: number[]) {
  return async ({ faults }: EpisodePlan): Promise<EpisodeResult> => {
    const isBroken = needed.every((at) => faults.some((fault) => fault.at === at));
    const other = { rule: 'another', text: '' };
    return { ...RESULT, violations: isBroken ? [other, { rule: 'rule', text: '' }] : [other] };
  };
}

it.each([[[7]], [[0, 39]], [[3, 4, 20]], [[]]])(
  'leaves the faults that are needed, in their order: %j',
  async (needed) => {
    const play = breaksWith(...needed);
    const told: number[] = [];
    const { plan, result, played } = await minimise(PLAN, await play(PLAN), 'rule', (left) => told.push(left), play);
    expect(plan.faults.map(({ at }) => at)).toEqual(needed);
    expect(plan).toEqual({ ...PLAN, faults: plan.faults });
    expect(result.violations).toContainEqual({ rule: 'rule', text: '' });
    expect(told.at(-1)).toBe(needed.length);
    expect(played).toBeLessThan(120);
  },
);

it('leaves the whole script when each fault is needed', async () => {
  const play = breaksWith(...FAULTS.map(({ at }) => at));
  const { plan } = await minimise(PLAN, await play(PLAN), 'rule', () => {}, play);
  expect(plan).toEqual(PLAN);
});
