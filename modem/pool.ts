import type { OutgoingSms, SendOutcome, SmsBearer, SmsReceiver } from './bearer.ts';
import { type Cancel, type Clock, steadyClock } from './clock.ts';
import type { Modem } from './modem.ts';

/** What a pool needs of a modem. */
export type PoolModem = Pick<Modem, 'state' | 'onState' | 'send' | 'receive' | 'close'>;

/** A modem of a pool, and what it is for. */
export interface PoolMember {
  readonly modem: PoolModem;
  /** Prefixes such as `+39`: destinations with them go to this modem before modems without prefixes. Default: any destination. */
  readonly prefixes?: readonly string[];
  /** How many messages this modem may begin in a minute. Default: no limit. */
  readonly perMinute?: number;
}

/** Messages that may wait for a modem; one more fails at once. */
const WAITING_LIMIT = 10_000;

/** How long a message waits for a ready modem that may take it, in ms, before it fails. */
const READY_LIMIT_MS = 60_000;

/** A member and its state in the pool. */
interface Worker extends PoolMember {
  isBusy: boolean;
  /** Messages in a row that this modem could not send: modems with fewer failures come first. */
  failures: number;
  /** The earliest time of its next message, by `perMinute`. */
  notBefore: number;
  sent: number;
}

interface Job {
  readonly message: OutgoingSms;
  readonly finish: (outcome: SendOutcome) => void;
  /** Workers that could not send this message. */
  readonly triedBy: Set<Worker>;
  /** Cancels the timer that fails the message when no modem becomes ready. */
  stranded: Cancel;
}

/** Several modems as one bearer. */
export interface ModemPool extends SmsBearer {
  readonly members: readonly PoolMember[];
}

/**
 * Makes one bearer of several modems. A message goes to a modem that is ready and idle; among several, one with its prefix
 * first, then the one with the fewest failures, then the one that has sent least. A message that a modem could not send is
 * given to another modem; one that was perhaps sent (`unknown`) never is.
 */
export function createPool(members: readonly PoolMember[], clock: Clock = steadyClock): ModemPool {
  return new Pool(members, clock);
}

class Pool implements ModemPool {
  readonly members: readonly PoolMember[];
  readonly #clock: Clock;
  readonly #workers: readonly Worker[];
  readonly #cancels: readonly Cancel[];
  #queue: Job[] = [];
  #isClosed = false;

  constructor(members: readonly PoolMember[], clock: Clock) {
    this.members = members;
    this.#clock = clock;
    this.#workers = members.map((member) => ({ ...member, isBusy: false, failures: 0, notBefore: 0, sent: 0 }));
    this.#cancels = members.map(({ modem }) => modem.onState(() => this.#dispatch()));
  }

  send(message: OutgoingSms): Promise<SendOutcome> {
    return new Promise((finish) => {
      const fail = (reason: string, retry: boolean) => finish({ kind: 'failed', reason, retry });
      if (this.#isClosed) return fail('the pool is closed', true);
      if (this.#queue.length >= WAITING_LIMIT) return fail(`${WAITING_LIMIT} messages are waiting already`, true);
      if (!this.#workers.some((worker) => accepts(worker, message.destination))) {
        return fail(`no modem of the pool is for ${message.destination}`, false);
      }
      this.#enqueue({ message, finish, triedBy: new Set(), stranded: () => {} });
    });
  }

  receive(receiver: SmsReceiver): void {
    for (const { modem } of this.#workers) modem.receive(receiver);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const cancel of this.#cancels) cancel();
    for (const job of this.#queue.splice(0))
      this.#finish(job, { kind: 'failed', reason: 'the pool was closed', retry: true });
    await Promise.all(this.#workers.map(({ modem }) => modem.close()));
  }

  #enqueue(job: Job, place = this.#queue.length): void {
    this.#queue.splice(place, 0, job);
    this.#watch(job);
    this.#dispatch();
  }

  /** Fails the job when no modem has been ready for it for too long. */
  #watch(job: Job): void {
    job.stranded = this.#clock.after(READY_LIMIT_MS, () => {
      if (this.#workers.some((worker) => isReady(worker) && accepts(worker, job.message.destination))) {
        this.#watch(job);
        return;
      }
      this.#queue = this.#queue.filter((other) => other !== job);
      this.#finish(job, { kind: 'failed', reason: 'no modem of the pool is ready', retry: true });
    });
  }

  #finish(job: Job, outcome: SendOutcome): void {
    job.stranded();
    job.finish(outcome);
  }

  #dispatch(): void {
    // Thousands of messages may wait: they are looked through only when a modem can take one.
    if (!this.#workers.some((worker) => this.#isFree(worker))) return;
    const waiting: Job[] = [];
    for (const job of this.#queue) {
      const worker = this.#workerFor(job);
      if (worker === undefined) waiting.push(job);
      else void this.#work(worker, job);
    }
    this.#queue = waiting;
  }

  #workerFor(job: Job): Worker | undefined {
    const { destination } = job.message;
    const [best] = this.#workers
      .filter((worker) => this.#isFree(worker) && !job.triedBy.has(worker))
      .filter((worker) => accepts(worker, destination))
      .sort(
        (one, other) =>
          matchLength(other, destination) - matchLength(one, destination) ||
          one.failures - other.failures ||
          one.sent - other.sent,
      );
    return best;
  }

  #isFree(worker: Worker): boolean {
    return isReady(worker) && !worker.isBusy && worker.notBefore <= this.#clock.now();
  }

  async #work(worker: Worker, job: Job): Promise<void> {
    worker.isBusy = true;
    job.stranded();
    if (worker.perMinute !== undefined) {
      const pauseMs = 60_000 / worker.perMinute;
      worker.notBefore = this.#clock.now() + pauseMs;
      this.#clock.after(pauseMs, () => this.#dispatch());
    }
    const outcome = await worker.modem.send(job.message);
    worker.isBusy = false;
    worker.failures = outcome.kind === 'sent' ? 0 : worker.failures + 1;
    if (outcome.kind === 'sent') worker.sent += 1;
    job.triedBy.add(worker);
    if (this.#canGoOn(job, outcome)) this.#enqueue(job, 0);
    else this.#finish(job, outcome);
    this.#dispatch();
  }

  /** Whether another modem may send what this one surely did not. */
  #canGoOn({ message, triedBy }: Job, outcome: SendOutcome): boolean {
    if (outcome.kind !== 'failed' || !outcome.retry || this.#isClosed) return false;
    return this.#workers.some((worker) => !triedBy.has(worker) && accepts(worker, message.destination));
  }
}

function isReady({ modem }: Worker): boolean {
  return modem.state.kind === 'ready';
}

function accepts({ prefixes }: Worker, destination: string): boolean {
  return prefixes === undefined || prefixes.some((prefix) => destination.startsWith(prefix));
}

/** The length of the worker's longest prefix that matches the destination; 0 when the worker has no prefixes. */
function matchLength({ prefixes = [] }: Worker, destination: string): number {
  return Math.max(0, ...prefixes.filter((prefix) => destination.startsWith(prefix)).map(({ length }) => length));
}
