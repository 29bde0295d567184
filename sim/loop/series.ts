import { type EpisodePlan, type EpisodeResult, planEpisode, playEpisode } from './episode.ts';
import type { LoopDepth } from './service-line.ts';

/** How big a series is. */
export interface SeriesOptions {
  readonly seed: string;
  /** In all. */
  readonly payments: number;
  /** Of an episode. */
  readonly customers: number;
  readonly shops: number;
  readonly paymentsOfEpisode: number;
  /** Default: `sms`. */
  readonly depth?: LoopDepth;
  /** Seeds of episodes that were played before. */
  readonly played: ReadonlySet<string>;
}

/** An episode of a series that was played. */
export interface Played {
  readonly plan: EpisodePlan;
  readonly result: EpisodeResult;
}

/** Who plays the episodes of a series. */
export interface Players {
  play(plan: EpisodePlan): Promise<EpisodeResult>;
  /** How many episodes are begun before the first of them has ended. */
  readonly atOnce: number;
}

/**
 * Plays one episode after another, each in a town of its own with a seed of its own, so that memory does not grow and a failure is as small as
 * an episode. `SEED/3` is the third one: the same whatever was played before it, or beside it.
 * @param players default: this thread
 */
export async function* playSeries(
  options: SeriesOptions,
  { play, atOnce }: Players = { play: playEpisode, atOnce: 1 },
): AsyncGenerator<Played> {
  const begun: Promise<Played>[] = [];
  for (const plan of plansOf(options)) {
    const playing = play(plan).then((result) => ({ plan, result }));
    // Its turn may come long after it has failed.
    playing.catch(() => {});
    begun.push(playing);
    if (begun.length < atOnce) continue;
    const [first] = begun.splice(0, 1);
    if (first !== undefined) yield await first;
  }
  for (const playing of begun) yield await playing;
}

function* plansOf({ seed, payments, paymentsOfEpisode, customers, shops, depth = 'sms', played }: SeriesOptions) {
  const episodes = Math.ceil(payments / paymentsOfEpisode);
  for (let n = 1; n <= episodes; n += 1) {
    const left = Math.min(paymentsOfEpisode, payments - (n - 1) * paymentsOfEpisode);
    if (!played.has(`${seed}/${n}`)) yield planEpisode(`${seed}/${n}`, { payments: left, customers, shops, depth });
  }
}
