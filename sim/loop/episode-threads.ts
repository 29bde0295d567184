import { Worker } from 'node:worker_threads';
import { packageFile } from '../../modem/package-file.ts';
import type { EpisodePlan, EpisodeResult } from './episode.ts';

/** The file that a thread runs: built, or as it was written. */
const THREAD = packageFile(
  import.meta.filename.endsWith('.ts') ? 'sim/loop/episode-thread.ts' : 'dist/sim/loop/episode-thread.js',
);

interface Waiting {
  readonly plan: EpisodePlan;
  resolve(result: EpisodeResult): void;
  reject(error: unknown): void;
}

/** Plays episodes in threads of their own, for machines with several cores. An episode is a world apart, so it is the same in any thread. */
export class EpisodeThreads {
  readonly #threads: readonly Worker[];
  readonly #idle: Worker[];
  readonly #waiting: Waiting[] = [];

  constructor(count: number) {
    this.#threads = Array.from({ length: count }, () => new Worker(THREAD));
    this.#idle = [...this.#threads];
  }

  /** Plays the plan as soon as a thread is idle. @throws Error when the thread fails */
  play(plan: EpisodePlan): Promise<EpisodeResult> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ plan, resolve, reject });
      this.#next();
    });
  }

  /** Ends the threads, whatever they play. */
  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  #next(): void {
    const [thread] = this.#idle;
    const waiting = thread && this.#waiting.shift();
    if (thread === undefined || waiting === undefined) return;
    this.#idle.shift();
    // A thread that has failed has ended, and is not used again.
    const failed = (error: unknown) => waiting.reject(error);
    thread.once('error', failed);
    thread.once('message', (result: EpisodeResult) => {
      thread.off('error', failed);
      this.#idle.push(thread);
      waiting.resolve(result);
      this.#next();
    });
    thread.postMessage(waiting.plan);
  }
}
