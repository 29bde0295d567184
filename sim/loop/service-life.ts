import { type Clock, sleep } from '../../modem/index.ts';
import { openService, type Rail, type Service, type ServiceOptions, StoreError } from '../../server/index.ts';
import { Lifeline } from './lifeline.ts';
import type { ServiceLine } from './service-line.ts';

/** How long a client waits before it asks again after the connection ended, ms. */
const ASK_AGAIN_MS = 1_000;

/** What the database of a process says that was killed, and one on a full disk. */
export const KILLED = 'this process was killed';
export const DISK_FULL = 'there is no room on the disk';

/** What SQLite says on a full disk, and the statements that need no room. */
const SQLITE_FULL = 13;
const READS = /^\s*(SELECT|WITH|PRAGMA)/;

/** What all lives of the service have in common. */
export interface ServiceLifeOptions extends Pick<ServiceOptions, 'database' | 'keys' | 'number' | 'limits' | 'log'> {
  readonly line: ServiceLine;
  /** The world's, for those who ask. */
  readonly clock: Clock;
  /** Of the service's machine. */
  readonly ownClock: Clock;
  readonly hold: (work: Promise<unknown>) => void;
  /** Chance for a life; `life` counts from 1. */
  readonly random: (life: number) => ServiceOptions['random'];
  /** The rails of a life, on its own line to the hosts. */
  readonly rails: (lifeline: Lifeline) => readonly Rail[];
}

/** The service on its file, which dies at commits and is opened again: what was committed is all that the next life has. */
export class ServiceLife {
  readonly #options: ServiceLifeOptions;
  #lifeline = new Lifeline();
  #service: Service | undefined;
  #lives = 0;
  #commitsLeft: number | undefined;
  #whenDead: () => void = () => {};
  /** How often it was killed. */
  kills = 0;
  /** Its disk takes nothing more. */
  isDiskFull = false;

  constructor(options: ServiceLifeOptions) {
    this.#options = options;
  }

  get isAlive(): boolean {
    return this.#service !== undefined && this.#lifeline.isAlive;
  }

  /**
   * Opens the service, for the first time or after a kill; again when there is no room on the disk. A kill that comes while it opens ends
   * it, and the next opening goes on.
   */
  async open(): Promise<void> {
    while (!(await this.#open())) await sleep(this.#options.clock, ASK_AGAIN_MS);
  }

  /** @returns false when the disk is full */
  async #open(): Promise<boolean> {
    const { rails, random, line, clock: _, ownClock, hold, ...options } = this.#options;
    const lifeline = new Lifeline();
    this.#lifeline = lifeline;
    this.#service = undefined;
    this.#lives += 1;
    try {
      const bearer = await line(lifeline, ownClock);
      const opening = openService({
        ...options,
        alone: true,
        bearer,
        clock: lifeline.clock(ownClock),
        random: random(this.#lives),
        rails: rails(lifeline),
        hold,
        probe: {
          afterCommit: () => lifeline.isAlive && this.#committed(),
          beforeStatement: (sql) => {
            if (!lifeline.isAlive) throw new Error(KILLED);
            if (this.isDiskFull && !READS.test(sql))
              throw Object.assign(new Error(DISK_FULL), { errcode: SQLITE_FULL });
          },
        },
      });
      hold(opening);
      const service = await opening;
      if (lifeline.isAlive) this.#service = service;
    } catch (error) {
      if (lifeline.isAlive && error instanceof StoreError) return false;
      if (lifeline.isAlive) throw error;
    }
    return true;
  }

  /** Kills the service at the `commits`th commit from now, before anybody hears of it. @param whenDead is called then */
  killAfter(commits: number, whenDead: () => void): void {
    this.#commitsLeft = commits;
    this.#whenDead = whenDead;
  }

  /** Stops the process, as a laptop that is closed, until the returned function is called. */
  pause(): () => void {
    const lifeline = this.#lifeline;
    lifeline.stop();
    return () => lifeline.goOn();
  }

  /**
   * Asks the service as a client over HTTP does: when the connection ends before the answer, or there is no room on the service's disk, the
   * same question is asked again.
   * @throws what the service answers
   */
  async asked<T>(question: (service: Service) => Promise<T>): Promise<T> {
    for (;;) {
      const [service, lifeline] = [this.#service, this.#lifeline];
      if (service !== undefined && lifeline.isAlive) {
        const answer = await heard(lifeline, question(service));
        if (answer?.status === 'fulfilled') return answer.value;
        if (answer !== undefined && !(answer.reason instanceof StoreError)) throw answer.reason;
      }
      await sleep(this.#options.clock, ASK_AGAIN_MS);
    }
  }

  async close(): Promise<void> {
    if (this.isAlive) await this.#service?.close();
  }

  #committed(): void {
    if (this.#commitsLeft === undefined || this.#service === undefined) return;
    this.#commitsLeft -= 1;
    if (this.#commitsLeft > 0) return;
    this.#commitsLeft = undefined;
    this.kills += 1;
    this.#lifeline.kill();
    this.#whenDead();
  }
}

/** The answer, or `undefined` when the process died first: what it says then nobody hears, and it may never say anything. */
async function heard<T>(lifeline: Lifeline, answer: Promise<T>): Promise<PromiseSettledResult<T> | undefined> {
  const settled = await Promise.race([Promise.allSettled([answer]), lifeline.ended]);
  return lifeline.isAlive ? settled?.[0] : undefined;
}
