import type { Cancel, Clock } from '../../modem/index.ts';

/** Pause before writing is tried again after the disk was full, ms. */
const AGAIN_AFTER_MS = 5_000;

/** How long nothing may have failed before it counts that there is room again, ms: a small transaction finds room on a full disk. */
const QUIET_MS = 60_000;

/** Whether the disk has room for the database, as far as the last writings tell. */
export class DiskRoom {
  readonly #clock: Clock;
  readonly #tell: (hasRoom: boolean) => void;
  #toldFull = false;
  #failedAt = 0;
  #pause: Cancel | undefined;

  /** @param tell hears once that the disk is full, and once that there is room again. */
  constructor(clock: Clock, tell: (hasRoom: boolean) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** False for a while after writing has failed. */
  get mayWrite(): boolean {
    return this.#pause === undefined;
  }

  /** There was no room. @param again called when writing may be tried again */
  failed(again: () => void): void {
    this.#failedAt = this.#clock.now();
    this.#pause?.();
    this.#pause = this.#clock.after(AGAIN_AFTER_MS, () => {
      this.#pause = undefined;
      again();
    });
    if (this.#toldFull) return;
    this.#toldFull = true;
    this.#tell(false);
  }

  /** A commit is on disk. */
  written(): void {
    if (!this.#toldFull || this.#clock.now() - this.#failedAt < QUIET_MS) return;
    this.#toldFull = false;
    this.#tell(true);
  }

  /** Writing is not tried again. */
  close(): void {
    this.#pause?.();
  }
}
