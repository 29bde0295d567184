import type { Cancel, Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { Row } from '../store/row.ts';
import { type Store, type Tx, UnreachableError } from '../store/store.ts';

/** How long a process counts as alive after it has said so, ms. */
const LEASE_MS = 15_000;

/** How often it says so, ms. */
const RENEW_MS = 4_000;

/** The clocks of two machines may differ by this, ms: so long a lease is left alone after its end. */
const CLOCKS_APART_MS = 4_000;

/** The number of a process in the database. A process that lost its lease comes back under another one. */
export type ProcessId = number;

/** What a process has begun outside the database. */
export interface WorkOutside {
  /** It is another's now, when its process is dead. */
  takeOver(tx: Tx, dead: ProcessId): Promise<void>;
  /** Called with each renewal of the lease: what this process holds by its rows, and does not know of, is given back; what waits is taken. */
  giveBackUnknown(): Promise<void>;
}

interface DeadProcess {
  readonly id: ProcessId;
  readonly name: string;
}

/**
 * The processes that share the database, as rows with a lease: each says every few seconds that it is alive. Work that is done
 * inside a transaction needs no lease; an SMS that the bearer has does, and its row names the process. When a lease has ended,
 * whoever notices it first takes the work over and writes an alarm; the dead one, should it wake, finds its row gone and
 * concludes nothing any more. On a file of SQLite there is one process, and all others are dead.
 */
export class Processes {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #name: string;
  #id: ProcessId = 0;
  #aliveUntil = 0;
  /** Since when the lease holds without a gap. */
  #heldSince = 0;
  #work: WorkOutside | undefined;
  #next: Cancel = () => {};
  #renewing: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param name for people: host, process id and modems */
  constructor(store: Store, clock: Clock, journal: Journal, name: string) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
    this.#name = name;
  }

  /** The number of this process. */
  get id(): ProcessId {
    return this.#id;
  }

  /** Whether the lease of this process holds, as far as it knows: it may have been stopped for a while. */
  get isAlive(): boolean {
    return !this.#store.isShared || this.#clock.now() < this.#aliveUntil;
  }

  /** Takes a lease. On a file this process takes over at once from those before it. */
  async start(work: WorkOutside): Promise<void> {
    this.#work = work;
    this.#heldSince = this.#clock.now();
    await this.#register();
    if (!this.#isNew) await this.#buryDead();
    this.#renewLater();
  }

  /** Gives the lease back: nothing is left to take over. Call it when the bearer has no frame any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#next();
    await this.#renewing;
    if (this.#store.isOpen)
      await this.#store.transaction('process ends', (tx) => this.#bury(tx, this.#id)).catch(() => {});
  }

  #renewLater(): void {
    if (this.#stopped || !this.#store.isShared) return;
    this.#next = this.#clock.after(RENEW_MS, () => {
      this.#renewing = this.#renew().finally(() => this.#renewLater());
    });
  }

  /** A database that is gone gives no lease: it is tried again after the usual pause. */
  async #renew(): Promise<void> {
    if (!this.#store.isOpen) return;
    try {
      if (!this.isAlive) this.#heldSince = this.#clock.now();
      const until = this.#clock.now() + LEASE_MS;
      const renewed = await this.#store.transaction(
        'renew a lease',
        (tx) => tx.run('UPDATE process SET alive_until = ? WHERE id = ?', until, this.#id),
        'fail',
      );
      if (renewed > 0) this.#aliveUntil = until;
      else await this.#register();
      if (!this.#isNew) await this.#buryDead();
      await this.#work?.giveBackUnknown();
    } catch (error) {
      if (error instanceof UnreachableError) return;
      await recordFault(this.#store, this.#journal, error);
    }
  }

  /**
   * Whether this process has begun, or come back, so shortly before that the database may have been away: then the others have had no
   * lease either, and each gets the time to renew it.
   */
  get #isNew(): boolean {
    return this.#store.isShared && this.#clock.now() < this.#heldSince + LEASE_MS;
  }

  async #register(): Promise<void> {
    const now = this.#clock.now();
    const id = await this.#store.transaction('process begins', (tx) =>
      tx.get(
        'INSERT INTO process (name, began_at, alive_until) VALUES (?, ?, ?) RETURNING id',
        (row) => row.integer('id'),
        this.#name,
        now,
        now + LEASE_MS,
      ),
    );
    if (id === undefined) throw new Error('INSERT returned no id');
    this.#id = id;
    this.#aliveUntil = now + LEASE_MS;
  }

  async #buryDead(): Promise<void> {
    const before = this.#store.isShared ? this.#clock.now() - CLOCKS_APART_MS : Number.MAX_SAFE_INTEGER;
    const dead = await this.#store.read((tx) =>
      tx.all('SELECT id, name FROM process WHERE alive_until < ? AND id <> ? ORDER BY id', readDead, before, this.#id),
    );
    for (const { id, name } of dead) {
      await this.#store.transaction('process is dead', async (tx) => {
        const buried = await this.#bury(tx, id, before);
        if (buried && this.#store.isShared) {
          await this.#journal.record(tx, { kind: 'alarm', alarm: 'process-lost', ref: name });
        }
      });
    }
  }

  /** @returns false when another process was quicker, or the process lives */
  async #bury(tx: Tx, id: ProcessId, before: number = Number.MAX_SAFE_INTEGER): Promise<boolean> {
    const buried = await tx.run('DELETE FROM process WHERE id = ? AND alive_until < ?', id, before);
    if (buried > 0) await this.#work?.takeOver(tx, id);
    return buried > 0;
  }
}

function readDead(row: Row): DeadProcess {
  return { id: row.integer('id'), name: row.text('name') };
}
