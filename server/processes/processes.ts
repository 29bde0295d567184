import type { Cancel, Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { Row } from '../store/row.ts';
import { type Store, type Tx, UnreachableError } from '../store/store.ts';

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
export class Processes {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #name: string;
  readonly #modems: ModemCount;
  #id: ProcessId = 0;
  #aliveUntil = 0;
  #silences = new Map<ProcessId, Silence>();
  #work: WorkOutside | undefined;
  #next: Cancel = () => {};
  #renewing: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param name for people: host, process id and modems */
  constructor(store: Store, clock: Clock, journal: Journal, name: string, modems: ModemCount) {
    this.#store = store;
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
    await this.#register();
    await this.#lookAtOthers();
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
      const until = this.#clock.now() + LEASE_MS;
      const renewed = await this.#store.transaction(
        'renew a lease',
        (tx) =>
          tx.run(
            'UPDATE process SET alive_until = ?, ready_modems = ? WHERE id = ?',
            until,
            this.#modems.readyHere,
            this.#id,
          ),
        'fail',
      );
      if (renewed > 0) this.#aliveUntil = until;
      else await this.#register();
      await this.#lookAtOthers();
      await this.#work?.giveBackUnknown();
    } catch (error) {
      if (error instanceof UnreachableError) return;
      await recordFault(this.#store, this.#journal, error);
    }
  }

  async #register(): Promise<void> {
    const now = this.#clock.now();
    const id = await this.#store.transaction('process begins', (tx) =>
      tx.get(
        'INSERT INTO process (name, began_at, alive_until, ready_modems) VALUES (?, ?, ?, ?) RETURNING id',
        (row) => row.integer('id'),
        this.#name,
        now,
        now + LEASE_MS,
        this.#modems.readyHere,
      ),
    );
    if (id === undefined) throw new Error('INSERT returned no id');
    this.#id = id;
    this.#aliveUntil = now + LEASE_MS;
  }

  /** On a file all others are dead. */
  async #lookAtOthers(): Promise<void> {
    const others = await this.#store.read((tx) =>
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
    await this.#store.transaction('process is dead', async (tx) => {
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
