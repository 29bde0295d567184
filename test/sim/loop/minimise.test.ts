import { expect, it } from 'vitest';
import type { EpisodePlan, EpisodeResult } from '../../../sim/loop/episode.ts';
import type { LoopFault } from '../../../sim/loop/fault-script.ts';
import { minimise } from '../../../sim/loop/minimise.ts';

const FAULTS: readonly LoopFault[] = Array.from({ length: 40 }, (_, at) => ({ at, kind: 'pause', ms: 1_000 }));
const PLAN: EpisodePlan = {
  seed: 's',
  payments: 100,
  customers: 1,
  shops: 1,
  rail: 'ledger',
  depth: 'sms',
  faults: FAULTS,
};
const RESULT = { taken: 1, paid: 1, kills: 0, pinChanges: 0, faults: {}, transitions: {}, digest: '' } as const;

const BROKEN = { rule: 'rule', text: '', customer: '+393400000001' } as const;

/** An episode that breaks `rule` as long as all these faults happen before so many payments, and another rule whatever happens. */
function breaksWith(needed: readonly number[], least = 1) {
  return async ({ faults, payments }: EpisodePlan): Promise<EpisodeResult> => {
    const isBroken = payments >= least && needed.every((at) => faults.some((fault) => fault.at === at));
    const other = { ...BROKEN, rule: 'another' };
    return { ...RESULT, violations: isBroken ? [other, BROKEN] : [other] };
  };
}

it.each([[[7]], [[0, 39]], [[3, 4, 20]], [[]]])(
  'leaves the faults that are needed, in their order: %j',
  async (needed) => {
    const play = breaksWith(needed);
    const told: EpisodePlan[] = [];
    const { plan, result, played } = await minimise(PLAN, await play(PLAN), 'rule', (left) => told.push(left), play);
    expect(plan.faults.map(({ at }) => at)).toEqual(needed);
    expect(plan).toEqual({ ...PLAN, payments: 1, faults: plan.faults });
    expect(result.violations).toContainEqual(BROKEN);
    expect(told.at(-1)).toEqual(plan);
    expect(played).toBeLessThan(120);
  },
);

it.each([
  [3, 4],
  [64, 64],
  [65, 100],
])('lets the shops close early: of 100 payments, %d of which are needed, %d are left', async (least, left) => {
  const play = breaksWith([7], least);
  const { plan } = await minimise(PLAN, await play(PLAN), 'rule', () => {}, play);
  expect(plan).toMatchObject({ payments: left, faults: [{ at: 7 }] });
});

it('leaves the whole script when each fault is needed', async () => {
  const play = breaksWith(
    FAULTS.map(({ at }) => at),
    PLAN.payments,
  );
  const { plan } = await minimise(PLAN, await play(PLAN), 'rule', () => {}, play);
  expect(plan).toEqual(PLAN);
});
