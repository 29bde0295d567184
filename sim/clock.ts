import type { Cancel, Clock } from '../modem/index.ts';

/** When a virtual world begins unless told otherwise: 2010-03-01T09:00:00Z. */
export const VIRTUAL_START: number = Date.UTC(2010, 2, 1, 9);

const DAY_MS = 86_400_000;

interface Timer {
  readonly at: number;
  /** Timers due at the same instant fire in the order they were set. */
  readonly order: number;
  /** Gone once fired or cancelled. */
  task: (() => void) | undefined;
}

/** Cancelled timers are swept out of the heap when there are this many, and more of them than live ones. */
const SWEEP_FROM = 1_000;

/**
 * A clock that moves only when told to, so that a day takes a second and twice the same.
 * Between two timers all promise work settles (one turn of `setImmediate`), and time stands still
 * while a {@link hold} is outstanding.
 */
export class VirtualClock implements Clock {
  #now: number;
  #order = 0;
  #cancelled = 0;
  #heap: Timer[] = [];
  readonly #held = new Set<Promise<unknown>>();
  #running = false;

  /** @param start ms since 1970. */
  constructor(start: number = VIRTUAL_START) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(delayMs: number, task: () => void): Cancel {
    const timer: Timer = { at: this.#now + Math.max(0, delayMs), order: this.#order, task };
    this.#order += 1;
    push(this.#heap, timer);
    return () => {
      if (timer.task === undefined) return;
      timer.task = undefined;
      this.#cancelled += 1;
      this.#sweep();
    };
  }

  /** Keeps time still until `promise` settles: for work that waits on something real, as a socket or a worker thread. */
  hold<T>(promise: Promise<T>): Promise<T> {
    const release = () => {
      this.#held.delete(settled);
    };
    const settled = promise.then(release, release);
    this.#held.add(settled);
    return promise;
  }

  /** Moves on by `ms`, firing each timer at its instant. @throws Error when the clock is already being moved. */
  async advance(ms: number): Promise<void> {
    await this.runUntil(() => false, ms);
  }

  /**
   * Moves on from timer to timer until `predicate` holds, `limitMs` at most. Says whether it came to hold; if not, the
   * whole limit has passed. @throws Error when the clock is already being moved.
   */
  async runUntil(predicate: () => boolean, limitMs: number): Promise<boolean> {
    const limit = this.#now + limitMs;
    const stopped = await this.runDue(() => (predicate() ? undefined : limit));
    if (stopped) return true;
    this.#now = limit;
    return predicate();
  }

  /**
   * Moves on until `promise` settles, and gives what it gives. @throws Error when it has not after `limitMs`, a day by
   * default, or when the clock is already being moved; else what `promise` is rejected with.
   */
  async run<T>(promise: Promise<T>, limitMs: number = DAY_MS): Promise<T> {
    let settled = false;
    const settle = () => {
      settled = true;
    };
    promise.then(settle, settle);
    if (!(await this.runUntil(() => settled, limitMs))) {
      throw new Error(`It has not ended within ${limitMs / 1000} s of the virtual clock`);
    }
    return promise;
  }

  /**
   * Fires timer after timer that is due at the moment that `until` says, which is asked before each; `undefined` ends it.
   * Says whether that was how it ended. Time is then that of the last timer. @throws Error when the clock is already being moved.
   */
  async runDue(until: () => number | undefined): Promise<boolean> {
    if (this.#running) throw new Error('The virtual clock is already being moved');
    this.#running = true;
    try {
      for (;;) {
        await this.#settle();
        const limit = until();
        if (limit === undefined) return true;
        const timer = this.#takeDue(limit);
        if (timer === undefined) return false;
        this.#now = Math.max(this.#now, timer.at);
        const { task } = timer;
        timer.task = undefined;
        task?.();
      }
    } finally {
      this.#running = false;
    }
  }

  /** When the next timer is due, ms since 1970. */
  get next(): number | undefined {
    return this.#earliest()?.at;
  }

  /** Lets time pass until `at`, or until the next timer, which is not fired. Never goes back. */
  passTo(at: number): void {
    this.#now = Math.max(this.#now, Math.min(at, this.next ?? at));
  }

  async #settle(): Promise<void> {
    await turn();
    while (this.#held.size > 0) {
      await Promise.race(this.#held);
      await turn();
    }
  }

  #takeDue(limit: number): Timer | undefined {
    const first = this.#earliest();
    if (first === undefined || first.at > limit) return undefined;
    pop(this.#heap);
    return first;
  }

  /** The earliest timer that was not cancelled; the cancelled ones before it are thrown away. */
  #earliest(): Timer | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.task !== undefined) return first;
      pop(this.#heap);
      this.#cancelled -= 1;
    }
  }

  #sweep(): void {
    if (this.#cancelled < SWEEP_FROM || this.#cancelled * 2 < this.#heap.length) return;
    this.#heap = this.#heap.filter((timer) => timer.task !== undefined).sort((a, b) => (before(a, b) ? -1 : 1));
    this.#cancelled = 0;
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function before(a: Timer, b: Timer): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Adds to a binary heap whose first element is the earliest. */
function push(heap: Timer[], timer: Timer): void {
  let hole = heap.length;
  heap.push(timer);
  while (hole > 0) {
    const parent = (hole - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || before(above, timer)) break;
    heap[hole] = above;
    hole = parent;
  }
  heap[hole] = timer;
}

/** Removes the first element of the heap. */
function pop(heap: Timer[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let hole = 0;
  for (;;) {
    const left = heap[2 * hole + 1];
    const right = heap[2 * hole + 2];
    if (left === undefined) break;
    const goRight = right !== undefined && before(right, left);
    const child = goRight ? right : left;
    if (before(last, child)) break;
    heap[hole] = child;
    hole = goRight ? 2 * hole + 2 : 2 * hole + 1;
  }
  heap[hole] = last;
}
