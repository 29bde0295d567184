import { type EpisodePlan, type EpisodeResult, playEpisode } from './episode.ts';
import type { LoopFault } from './fault-script.ts';

/** A shorter plan that breaks the same rule. */
export interface Minimised {
  readonly plan: EpisodePlan;
  readonly result: EpisodeResult;
  /** How many episodes were played to find it. */
  readonly played: number;
}

/**
 * Looks for the shortest plan that still breaks the rule. First the shops close early, after one customer each, after two, four …; then faults
 * are left out (delta debugging, Zeller and Hildebrandt: halves, quarters …, then one by one): what is left is a fault script that a person
 * can read.
 * @param broken the result of the whole plan, which breaks the rule
 * @param told hears each shorter plan
 * @param play plays a plan. Default: {@link playEpisode}
 */
export async function minimise(
  plan: EpisodePlan,
  broken: EpisodeResult,
  rule: string,
  told: (shorter: EpisodePlan) => void = () => {},
  play: (plan: EpisodePlan) => Promise<EpisodeResult> = playEpisode,
): Promise<Minimised> {
  let best: Minimised = { plan, result: broken, played: 0 };
  let played = 0;
  const breaks = async (shorter: EpisodePlan): Promise<boolean> => {
    played += 1;
    const result = await play(shorter);
    if (!result.violations.some((violation) => violation.rule === rule)) return false;
    best = { plan: shorter, result, played };
    told(shorter);
    return true;
  };
  for (let payments = plan.shops; payments < plan.payments; payments *= 2) {
    if (await breaks({ ...plan, payments })) break;
  }
  const { payments } = best.plan;
  await leaveOut(plan.faults, (faults: readonly LoopFault[]) => breaks({ ...plan, payments, faults }));
  return { ...best, played };
}

/** Calls `breaks` with ever shorter lists, each of which is a part of the last one for which it said yes. */
async function leaveOut<T>(whole: readonly T[], breaks: (part: readonly T[]) => Promise<boolean>): Promise<void> {
  let left = whole;
  for (let size = Math.ceil(left.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < left.length; ) {
      const rest = [...left.slice(0, from), ...left.slice(from + size)];
      if (await breaks(rest)) left = rest;
      else from += size;
    }
  }
}
