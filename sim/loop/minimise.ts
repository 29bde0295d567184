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
 * Leaves out faults of a plan as long as the episode still breaks the rule (delta debugging, Zeller and Hildebrandt: halves, quarters …, then
 * one by one): what is left is a fault script that a person can read.
 * @param broken the result of the whole plan, which breaks the rule
 * @param told hears how many faults are left
 * @param play plays a plan. Default: {@link playEpisode}
 */
export async function minimise(
  plan: EpisodePlan,
  broken: EpisodeResult,
  rule: string,
  told: (faults: number) => void = () => {},
  play: (plan: EpisodePlan) => Promise<EpisodeResult> = playEpisode,
): Promise<Minimised> {
  let best: Minimised = { plan, result: broken, played: 0 };
  let played = 0;
  const breaks = async (faults: readonly LoopFault[]): Promise<boolean> => {
    const shorter = { ...plan, faults };
    played += 1;
    const result = await play(shorter);
    if (!result.violations.some((violation) => violation.rule === rule)) return false;
    best = { plan: shorter, result, played };
    told(faults.length);
    return true;
  };
  await leaveOut(plan.faults, breaks);
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
