import { type EpisodePlan, type EpisodeResult, planEpisode, playEpisode } from './episode.ts';

/** How big a series is. */
export interface SeriesOptions {
  readonly seed: string;
  /** In all. */
  readonly payments: number;
  /** Of an episode. */
  readonly customers: number;
  readonly shops: number;
  readonly paymentsOfEpisode: number;
  /** Seeds of episodes that were played before. */
  readonly played: ReadonlySet<string>;
}

/** An episode of a series that was played. */
export interface Played {
  readonly plan: EpisodePlan;
  readonly result: EpisodeResult;
}

/**
 * Plays one episode after another, each in a town of its own with a seed of its own, so that memory does not grow and a failure is as small as
 * an episode. `SEED/3` is the third one: the same whatever was played before it.
 */
export async function* playSeries(options: SeriesOptions): AsyncGenerator<Played> {
  const { seed, payments, paymentsOfEpisode, customers, shops, played } = options;
  const episodes = Math.ceil(payments / paymentsOfEpisode);
  for (let n = 1; n <= episodes; n += 1) {
    const name = `${seed}/${n}`;
    if (played.has(name)) continue;
    const left = Math.min(paymentsOfEpisode, payments - (n - 1) * paymentsOfEpisode);
    const plan = planEpisode(name, { payments: left, customers, shops });
    yield { plan, result: await playEpisode(plan) };
  }
}
