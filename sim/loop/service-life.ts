import { type Clock, sleep } from '../../modem/index.ts';
import { openService, type Rail, type Service, type ServiceOptions, StoreError } from '../../server/index.ts';
import { Lifeline } from './lifeline.ts';
import type { ServiceLine } from './service-line.ts';
import { WriteAhead } from './write-ahead.ts';

/** How long a client waits before it asks again after the connection ended, ms: at first, and at most, twice as long each time. */
const ASK_AGAIN_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/** What the database of a process says that was killed, and one on a full disk. */
export const KILLED = 'this process was killed';
export const DISK_FULL = 'there is no room on the disk';

/** What SQLite says on a full disk, and the statements that need no room. */
const SQLITE_FULL = 13;
const READS = /^\s*(SELECT|WITH|PRAGMA)/;

/**
 * When a process dies: before its nth commit from now is on disk; after it, before anybody hears of it; or when something has left it for
 * the nth time, whatever it was about to do next.
 */
export const KILL_MOMENTS = ['before-commit', 'after-commit', 'after-sending'] as const;
export type KillMoment = (typeof KILL_MOMENTS)[number];

/** When somebody finds out that a disk is full: at a statement that writes, or at the commit. */
export const FULL_MOMENTS = ['statement', 'commit'] as const;
export type FullMoment = (typeof FULL_MOMENTS)[number];

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
  /** Hears in words of what left the service before it was on disk. */
  readonly tooEarly: (text: string) => void;
}

/** The service on its file, which dies at any moment and is opened again: what was committed is all that the next life has. */
export class ServiceLife {
  readonly #options: ServiceLifeOptions;
  #lifeline = new Lifeline();
  #service: Service | undefined;
  #lives = 0;
  #planned: PlannedKill | undefined;
  /** How often it was killed. */
  kills = 0;
  /** Its disk takes nothing more, which is found at this moment. */
  diskFull: FullMoment | undefined;

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
    const { rails, random, line, clock: _, ownClock, hold, tooEarly, ...options } = this.#options;
    const lifeline: Lifeline = new Lifeline(() => lifeline.isAlive && this.#reached('after-sending'));
    this.#lifeline = lifeline;
    this.#service = undefined;
    this.#lives += 1;
    const ahead = new WriteAhead(options.database, tooEarly);
    void lifeline.ended.then(() => ahead.close());
    try {
      // When the disk is full the opening waits for room, and the clock must not wait for the opening.
      const noRoom = Promise.withResolvers<void>();
      const bearer = ahead.bearer(await line(lifeline, ownClock));
      const opening = openService({
        ...options,
        alone: true,
        bearer,
        clock: lifeline.clock(ownClock),
        random: random(this.#lives),
        rails: rails(lifeline).map((rail) => ahead.rail(rail)),
        hold,
        probe: {
          beforeCommit: () => {
            if (lifeline.isAlive) this.#reached('before-commit');
            this.#mustRun(lifeline);
            if (this.diskFull !== 'commit') return;
            noRoom.resolve();
            throw diskFull();
          },
          afterCommit: () => lifeline.isAlive && this.#reached('after-commit'),
          beforeStatement: (sql) => {
            this.#mustRun(lifeline);
            if (this.diskFull === 'statement' && !READS.test(sql)) throw diskFull();
          },
        },
      });
      hold(Promise.race([opening, noRoom.promise, lifeline.ended]));
      const service = await opening;
      if (lifeline.isAlive) this.#service = service;
    } catch (error) {
      if (lifeline.isAlive && error instanceof StoreError) return false;
      if (lifeline.isAlive) throw error;
    }
    return true;
  }

  /** Kills the service when it has come to this moment for the `nth` time from now. @param whenDead is called then */
  killAt(moment: KillMoment, nth: number, whenDead: () => void): void {
    this.#planned = { moment, left: nth, whenDead };
  }

  /** A kill that has not come is called off. */
  spare(): void {
    this.#planned = undefined;
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
    for (let pause = ASK_AGAIN_MS; ; pause = Math.min(2 * pause, LONGEST_WAIT_MS)) {
      const [service, lifeline] = [this.#service, this.#lifeline];
      if (service !== undefined && lifeline.isAlive) {
        const answer = await heard(lifeline, question(service));
        if (answer?.status === 'fulfilled') return answer.value;
        if (answer !== undefined && !(answer.reason instanceof StoreError)) throw answer.reason;
      }
      await sleep(this.#options.clock, pause);
    }
  }

  async close(): Promise<void> {
    if (this.isAlive) await this.#service?.close();
    this.#lifeline.kill();
  }

  #mustRun(lifeline: Lifeline): void {
    if (!lifeline.isAlive) throw new Error(KILLED);
  }

  /** The process that lives has come to such a moment. */
  #reached(moment: KillMoment): void {
    const planned = this.#planned;
    if (planned?.moment !== moment) return;
    planned.left -= 1;
    if (planned.left > 0) return;
    this.#planned = undefined;
    this.kills += 1;
    this.#lifeline.kill();
    planned.whenDead();
  }
}

interface PlannedKill {
  readonly moment: KillMoment;
  /** How often the process still comes to it. */
  left: number;
  readonly whenDead: () => void;
}

function diskFull(): Error {
  return Object.assign(new Error(DISK_FULL), { errcode: SQLITE_FULL });
}

/** The answer, or `undefined` when the process died first: what it says then nobody hears, and it may never say anything. */
async function heard<T>(lifeline: Lifeline, answer: Promise<T>): Promise<PromiseSettledResult<T> | undefined> {
  const settled = await Promise.race([Promise.allSettled([answer]), lifeline.ended]);
  return lifeline.isAlive ? settled?.[0] : undefined;
}
