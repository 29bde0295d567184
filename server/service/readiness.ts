import type { Cancel } from '../../modem/index.ts';
import type { ModemCount } from '../processes/processes.ts';
import type { Modems } from './modems.ts';
import type { Waits } from './waits.ts';

/**
 * Whether the service does its work: all modems of this process are ready, or some; none is, neither here nor at another process, so
 * that no SMS is sent; nothing can be written, because the database does not work or its disk is full.
 */
export type Readiness = 'ok' | 'degraded' | 'no-modem' | 'no-database' | 'no-room';

/** Watches modems, here and elsewhere, and the database. */
export class ServiceReadiness implements ModemCount {
  readonly #modems: Modems;
  readonly #hasBearer: boolean;
  readonly #listeners = new Set<() => void>();
  #elsewhere = 0;
  #isDatabaseWorking = true;
  #hasRoom = true;

  /** @param hasBearer false: this process neither sends nor receives */
  constructor(modems: Modems, hasBearer: boolean) {
    this.#modems = modems;
    this.#hasBearer = hasBearer;
    modems.onChange(() => this.#tell());
  }

  get status(): Readiness {
    if (!this.#isDatabaseWorking) return 'no-database';
    if (!this.#hasRoom) return 'no-room';
    if (this.#hasBearer && this.#modems.reachability !== 'no-modem') return this.#modems.reachability;
    if (this.#elsewhere === 0) return 'no-modem';
    return this.#hasBearer ? 'degraded' : 'ok';
  }

  /** Modems of other processes on the same database that are ready, as of some seconds ago. */
  get elsewhere(): number {
    return this.#elsewhere;
  }

  /** A bearer whose modems are not watched counts as one. */
  get readyHere(): number {
    const { standings } = this.#modems;
    if (standings.length === 0) return this.#hasBearer ? 1 : 0;
    return standings.filter(({ state }) => state === 'ready').length;
  }

  readyElsewhere(count: number): void {
    this.#elsewhere = count;
    this.#tell();
  }

  /** PostgreSQL works, or does not. */
  database(isWorking: boolean): void {
    this.#isDatabaseWorking = isWorking;
    this.#tell();
  }

  /** The disk has room, or is full. */
  room(hasRoom: boolean): void {
    this.#hasRoom = hasRoom;
    this.#tell();
  }

  /** Calls `listener` when the status may be another one. */
  onChange(listener: () => void): Cancel {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves as soon as the status is another than `known`, or after `limitMs`. */
  async after(known: Readiness, limitMs: number, waits: Waits): Promise<void> {
    const isOther = () => this.status !== known;
    if (!isOther()) await waits.until(limitMs, (end) => this.onChange(() => isOther() && end()));
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}
