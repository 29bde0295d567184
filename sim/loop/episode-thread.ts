import { parentPort } from 'node:worker_threads';
import { type EpisodePlan, playEpisode } from './episode.ts';

/** The thread of {@link EpisodeThreads}: plays each plan that comes, one at a time. What it throws ends the thread. */
parentPort?.on('message', (plan: EpisodePlan) => {
  void playEpisode(plan).then((result) => parentPort?.postMessage(result));
});
