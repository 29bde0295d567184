import { type Clock, sleep } from '../../modem/index.ts';
import {
  NewerTablesError,
  type ReadTx,
  type Store,
  type Topic,
  type Tx,
  UnreachableError,
  type WakeListener,
} from '../store/store.ts';

/** Pause before the lease is asked for again while the database cannot give it, ms. */
const AGAIN_AFTER_MS = 1_000;

/** What a process has on a database that it shares. */
export interface Lease {
  /** False when it has run out, as after the process was stopped for a while (SIGSTOP, a laptop that slept). */
  readonly isAlive: boolean;
  /** Takes it again. @throws UnreachableError; NewerTablesError when this program may not use the tables any more */
  renew(): Promise<void>;
}

/** The lease ran out before the transaction's first statement. */
class RunOut extends Error {}

/**
 * A store that does nothing while the lease of its process has run out: the lease is taken again first. A newer version of the program changes
 * the tables when nobody has a lease; so a process that was stopped meanwhile does none of its old work on them. A transaction that
 * was under way when the process was stopped is none of this: PostgreSQL has ended it.
 */
export class LeasedStore implements Store {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #lease: Lease;
  #isEnding = false;

  constructor(store: Store, clock: Clock, lease: Lease) {
    this.#store = store;
    this.#clock = clock;
    this.#lease = lease;
  }

  transaction<T>(name: string, work: (tx: Tx) => Promise<T>, whenUnable: 'wait' | 'fail' = 'wait'): Promise<T> {
    // Looked at by each try: the process may have been stopped between two of them.
    const body = (tx: Tx) => (this.#lease.isAlive ? work(tx) : Promise.reject(new RunOut()));
    const begin = () => this.#store.transaction(name, body, whenUnable);
    const again = async (error: unknown): Promise<T> => {
      if (!(error instanceof RunOut)) throw error;
      await this.#renewed(whenUnable);
      return begin().catch(again);
    };
    return begin().catch(again);
  }

  read<T>(work: (tx: ReadTx) => Promise<T>): Promise<T> {
    if (this.#lease.isAlive) return this.#store.read(work);
    return this.#renewed('fail').then(() => this.#store.read(work));
  }

  onWake(topic: Topic, listener: WakeListener): () => void {
    return this.#store.onWake(topic, listener);
  }

  requireOwnTables(tx: ReadTx): Promise<void> {
    return this.#store.requireOwnTables(tx);
  }

  get isShared(): boolean {
    return this.#store.isShared;
  }

  get isOpen(): boolean {
    return this.#store.isOpen;
  }

  stopWaiting(): void {
    this.#isEnding = true;
    this.#store.stopWaiting();
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  /** Who may wait asks for the lease until the database gives it. */
  async #renewed(whenUnable: 'wait' | 'fail'): Promise<void> {
    for (;;) {
      try {
        await this.#lease.renew();
        return;
      } catch (error) {
        const isForNow = error instanceof UnreachableError && !(error instanceof NewerTablesError);
        if (whenUnable === 'fail' || !isForNow || this.#isEnding) throw error;
        await sleep(this.#clock, AGAIN_AFTER_MS);
      }
    }
  }
}
