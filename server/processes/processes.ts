import type { Cancel, Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { Row } from '../store/row.ts';
import { NewerTablesError, type Store, type Tx, UnreachableError } from '../store/store.ts';
import { type Lease, LeasedStore } from './leased-store.ts';

/** How long a process counts as alive after it has said so, ms. */
const LEASE_MS = 15_000;

/** How often it says so, ms. */
const RENEW_MS = 4_000;

/**
 * How many looks in a row must find that a process has said nothing since the one before, until it counts as dead. A look is a renewal of
 * the own lease, so five take 20 s, longer than a lease. Nothing is compared with a clock, which may be wrong or be set.
 */
const SILENT_LOOKS = 5;

/** The number of a process in the database. A process that lost its lease comes back under another one. */
export type ProcessId = number;

/** What a process has begun outside the database. */
export interface WorkOutside {
  /** It is another's now, when its process is dead. */
  takeOver(tx: Tx, dead: ProcessId): Promise<void>;
  /** Called with each renewal of the lease: what this process holds by its rows, and does not know of, is given back; what waits is taken. */
  giveBackUnknown(): Promise<void>;
}

/** Modems, as processes tell each other of them. */
export interface ModemCount {
  /** How many this process has that are ready. */
  readonly readyHere: number;
  /** Called with each look: how many the others have. */
  readyElsewhere(count: number): void;
}

interface OtherProcess {
  readonly id: ProcessId;
  readonly name: string;
  readonly aliveUntil: number;
  readonly readyModems: number;
}

/** What the last looks have found of a process. */
interface Silence {
  readonly aliveUntil: number;
  readonly looks: number;
}

/**
 * The processes that share the database, as rows with a lease: each says every few seconds that it is alive. Work that is done
 * inside a transaction needs no lease; an SMS that the bearer has does, and its row names the process. When one says nothing for 20 s,
 * whoever notices it first takes the work over and writes an alarm; the dead one, should it wake, finds its row gone and
 * concludes nothing any more. On a file of SQLite there is one process, and all others are dead.
 */
export class Processes implements Lease {
  /** For all work but that of this class: it is done with a lease. */
  readonly leased: Store;
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #name: string;
  readonly #modems: ModemCount;
  readonly #onNewerTables: (error: NewerTablesError) => void;
  #id: ProcessId = 0;
  /** Before the start nothing can run out. */
  #aliveUntil = Number.POSITIVE_INFINITY;
  #taking: Promise<void> | undefined;
  /** Why this process has no lease, and gets none any more. */
  #overtaken: NewerTablesError | undefined;
  #silences = new Map<ProcessId, Silence>();
  #work: WorkOutside | undefined;
  #next: Cancel = () => {};
  #renewing: Promise<void> = Promise.resolve();
  #stopped = false;

  /**
   * @param name for people: host, process id and modems
   * @param onNewerTables hears once that a newer version of the program has changed the tables: from then on nothing is written or read
   */
  constructor(
    store: Store,
    clock: Clock,
    journal: Journal,
    name: string,
    modems: ModemCount,
    onNewerTables: (error: NewerTablesError) => void = () => {},
  ) {
    this.leased = store.isShared ? new LeasedStore(store, clock, this) : store;
    this.#store = store;
    this.#onNewerTables = onNewerTables;
    this.#clock = clock;
    this.#journal = journal;
    this.#name = name;
    this.#modems = modems;
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
    await this.#takeLease('wait');
    await this.#lookAtOthers();
    this.#renewLater();
  }

  /** Gives the lease back: nothing is left to take over. Call it when the bearer has no frame any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#next();
    await this.#renewing;
    if (this.#store.isOpen && this.#overtaken === undefined)
      await this.#store.transaction('process ends', (tx) => this.#bury(tx, this.#id)).catch(() => {});
  }

  /** Says that this process is alive. One that was missed meanwhile is another process now. */
  renew(): Promise<void> {
    this.#taking ??= this.#takeLease('fail').finally(() => {
      this.#taking = undefined;
    });
    return this.#taking;
  }

  async #takeLease(whenUnable: 'wait' | 'fail'): Promise<void> {
    if (this.#overtaken !== undefined) throw this.#overtaken;
    const until = this.#clock.now() + LEASE_MS;
    try {
      this.#id = await this.#store.transaction('renew a lease', (tx) => this.#writeLease(tx, until), whenUnable);
      this.#aliveUntil = until;
    } catch (error) {
      if (error instanceof NewerTablesError) this.#end(error);
      throw error;
    }
  }

  /** @returns the number of this process from now on */
  async #writeLease(tx: Tx, until: number): Promise<ProcessId> {
    const ready = this.#modems.readyHere;
    const renewed = await tx.run(
      'UPDATE process SET alive_until = ?, ready_modems = ? WHERE id = ?',
      until,
      ready,
      this.#id,
    );
    const id = renewed > 0 ? this.#id : await this.#register(tx, until, ready);
    await this.#store.requireOwnTables(tx);
    return id;
  }

  async #register(tx: Tx, until: number, ready: number): Promise<ProcessId> {
    const id = await tx.insert(
      'INSERT INTO process (name, began_at, alive_until, ready_modems) VALUES (?, ?, ?, ?)',
      'id',
      this.#name,
      this.#clock.now(),
      until,
      ready,
    );
    if (id === undefined) throw new Error('INSERT returned no id');
    return id;
  }

  #end(error: NewerTablesError): void {
    this.#overtaken = error;
    this.#aliveUntil = Number.NEGATIVE_INFINITY;
    this.#onNewerTables(error);
  }

  #renewLater(): void {
    if (this.#stopped || this.#overtaken !== undefined || !this.#store.isShared) return;
    this.#next = this.#clock.after(RENEW_MS, () => {
      this.#renewing = this.#beat().finally(() => this.#renewLater());
    });
  }

  /** A database that is gone gives no lease: it is tried again after the usual pause. */
  async #beat(): Promise<void> {
    if (!this.#store.isOpen) return;
    try {
      await this.renew();
      await this.#lookAtOthers();
      await this.#work?.giveBackUnknown();
    } catch (error) {
      if (error instanceof UnreachableError) return;
      await recordFault(this.leased, this.#journal, error);
    }
  }

  /** On a file all others are dead. */
  async #lookAtOthers(): Promise<void> {
    const others = await this.leased.read((tx) =>
      tx.all('SELECT * FROM process WHERE id <> ? ORDER BY id', readOther, this.#id),
    );
    const before = this.#silences;
    this.#silences = new Map(others.map((other) => [other.id, silenceOf(other, before.get(other.id))]));
    for (const other of others) if (this.#isDead(other)) await this.#buryLost(other);
    const living = others.filter((other) => !this.#isDead(other));
    this.#modems.readyElsewhere(living.reduce((sum, { readyModems }) => sum + readyModems, 0));
  }

  #isDead({ id }: OtherProcess): boolean {
    return !this.#store.isShared || (this.#silences.get(id)?.looks ?? 0) >= SILENT_LOOKS;
  }

  /** Nothing happens when another process was quicker, or this one has said something since the look. */
  async #buryLost({ id, name, aliveUntil }: OtherProcess): Promise<void> {
    await this.leased.transaction('process is dead', async (tx) => {
      const isBuried = await this.#bury(tx, id, aliveUntil);
      if (isBuried && this.#store.isShared) {
        await this.#journal.record(tx, { kind: 'alarm', alarm: 'process-lost', ref: name });
      }
    });
  }

  /** @param aliveUntil of the lease that it must have @returns false when there is none */
  async #bury(tx: Tx, id: ProcessId, aliveUntil?: number): Promise<boolean> {
    const buried =
      aliveUntil === undefined
        ? await tx.run('DELETE FROM process WHERE id = ?', id)
        : await tx.run('DELETE FROM process WHERE id = ? AND alive_until = ?', id, aliveUntil);
    if (buried > 0) await this.#work?.takeOver(tx, id);
    return buried > 0;
  }
}

function silenceOf({ aliveUntil }: OtherProcess, before: Silence | undefined): Silence {
  return { aliveUntil, looks: before?.aliveUntil === aliveUntil ? before.looks + 1 : 0 };
}

function readOther(row: Row): OtherProcess {
  return {
    id: row.integer('id'),
    name: row.text('name'),
    aliveUntil: row.integer('alive_until'),
    readyModems: row.integer('ready_modems'),
  };
}
