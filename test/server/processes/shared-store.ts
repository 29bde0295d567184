import type { Cancel } from '../../../modem/index.ts';
import type { NewerTablesError, Store } from '../../../server/store/store.ts';
import type { VirtualClock } from '../../../sim/index.ts';

/** A database that several processes use, with one that a fault can be put into. */
export class SharedStore implements Store {
  readonly isShared: boolean = true;
  readonly isOpen: boolean = true;
  readonly #store: Store;
  fault: Error | undefined;
  /** Another version has changed the tables. */
  newer: NewerTablesError | undefined;
  /** The transaction of this name fails, so. */
  refused = '';
  refusal: Error = new Error('refused');
  /** Called before each transaction. */
  before: (name: string) => Promise<void> = async () => {};

  constructor(store: Store) {
    this.#store = store;
  }

  transaction: Store['transaction'] = async (name, work, whenUnable) => {
    if (this.fault !== undefined || name === this.refused) throw this.fault ?? this.refusal;
    await this.before(name);
    return this.#store.transaction(name, work, whenUnable);
  };
  read: Store['read'] = (work) => (this.fault === undefined ? this.#store.read(work) : Promise.reject(this.fault));
  requireOwnTables = (): Promise<void> => (this.newer === undefined ? Promise.resolve() : Promise.reject(this.newer));
  onWake: Store['onWake'] = (topic, listener) => this.#store.onWake(topic, listener);
  stopWaiting = (): void => this.#store.stopWaiting();
  close = (): Promise<void> => this.#store.close();
}

/** A clock whose timers do not fire while the process is stopped, but fire late when it goes on (SIGSTOP, SIGCONT). */
export class StoppedClock {
  readonly #clock: VirtualClock;
  readonly #late: (() => void)[] = [];
  isStopped = false;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  now = (): number => this.#clock.now();
  after = (delayMs: number, task: () => void): Cancel =>
    this.#clock.after(delayMs, () => {
      if (this.isStopped) this.#late.push(task);
      else task();
    });

  goOn(): void {
    this.isStopped = false;
    for (const task of this.#late.splice(0)) task();
  }
}
