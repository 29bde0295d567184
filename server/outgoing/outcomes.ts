import type { Clock, SendOutcome } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { ProcessId } from '../processes/processes.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Timers } from '../time/timers.ts';
import type { DeviceId } from '../vocabulary/ids.ts';

/** Pauses before another try, ms. A message that failed once more than there are pauses is given up. */
const RETRY_PAUSES_MS: readonly number[] = [5_000, 15_000, 60_000, 300_000, 900_000];

/** Pause after a fault of the database, ms: then the outcomes that it kept from being written are written. */
const AGAIN_AFTER_MS = 5_000;

/** A frame that the bearer had. */
export interface HandedFrame {
  /** Of its row. */
  readonly id: number;
  /** The process that handed it over. Another one may have it by now: then only that it was sent is news. */
  readonly holder: ProcessId;
  readonly deviceId: DeviceId;
  readonly message: string;
  /** How often it was handed over before. */
  readonly tries: number;
}

/** The lease of this process had ended, and the bearer did not get the frame: it waits again, and that was no try. */
export const NOT_HANDED = 'not handed';

/** What became of a frame. */
type Outcome = SendOutcome | typeof NOT_HANDED;

/** Frames whose outcome is written down by one transaction. */
interface Batch {
  readonly ended: (readonly [frame: HandedFrame, outcome: Outcome])[];
  written?: Promise<void>;
}

/** Writes down what became of the frames that the bearer had: `sent`, `dropped`, or `resting` until another try. */
export class FrameOutcomes {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #journal: Journal;
  #next: Batch = { ended: [] };

  constructor(store: Store, clock: Clock, timers: Timers, journal: Journal) {
    this.#store = store;
    this.#clock = clock;
    this.#timers = timers;
    this.#journal = journal;
  }

  /** All outcomes that come before the transaction has its turn are written by that one. Resolves when it has ended. */
  write(frame: HandedFrame, outcome: Outcome): Promise<void> {
    const batch = this.#next;
    batch.ended.push([frame, outcome]);
    batch.written ??= this.#writeBatch(batch);
    return batch.written;
  }

  /** Whether an outcome of this frame waits for the next transaction, because a fault kept it from being written. */
  isUnwritten(id: number): boolean {
    return this.#next.ended.some(([frame]) => frame.id === id);
  }

  /** The frame is not sent any more. The caller has locked its row, which has not ended. */
  async drop(tx: Tx, frame: Omit<HandedFrame, 'holder'>, reason: string): Promise<void> {
    tx.later(END, 'dropped', reason, this.#clock.now(), frame.id);
    await this.#journal.record(tx, { kind: 'undelivered', deviceId: frame.deviceId, message: frame.message, reason });
  }

  /** What a fault keeps from being written is written with the next outcome, or after a pause when none comes. */
  async #writeBatch(batch: Batch): Promise<void> {
    try {
      await this.#store.transaction('outcomes of frames', async (tx) => {
        this.#close(batch);
        // In the order in which every transaction locks them, the earlier frame first.
        const inOrder = batch.ended.toSorted(([one], [other]) => one.id - other.id);
        for (const [frame, outcome] of inOrder) await this.#conclude(tx, frame, outcome);
      });
    } catch (error) {
      this.#close(batch);
      this.#next.ended.unshift(...batch.ended);
      this.#clock.after(AGAIN_AFTER_MS, () => this.#writeLeft());
      await recordFault(this.#store, this.#journal, error);
    }
  }

  #writeLeft(): void {
    const batch = this.#next;
    if (batch.ended.length > 0 && this.#store.isOpen) batch.written ??= this.#writeBatch(batch);
  }

  #close(batch: Batch): void {
    if (this.#next === batch) this.#next = { ended: [] };
  }

  async #conclude(tx: Tx, frame: HandedFrame, outcome: Outcome): Promise<void> {
    if (outcome === NOT_HANDED) {
      await giveBack(tx, frame);
      return;
    }
    if (outcome.kind === 'sent') {
      tx.later(END, 'sent', null, this.#clock.now(), frame.id);
      return;
    }
    const pause = RETRY_PAUSES_MS[frame.tries];
    const again = outcome.kind === 'unknown' || outcome.retry;
    if (!again || pause === undefined) {
      if (await this.#lockHeld(tx, frame)) await this.drop(tx, frame, outcome.reason);
      return;
    }
    const resting = await tx.run(
      "UPDATE outbox SET state = 'resting', trouble = ? WHERE id = ? AND state = 'handed' AND holder = ?",
      outcome.reason,
      frame.id,
      frame.holder,
    );
    if (resting > 0) await this.#timers.set(tx, 'outbox-retry', String(frame.id), this.#clock.now() + pause);
  }

  /** Whether the frame is still this process's to conclude, locked. */
  async #lockHeld(tx: Tx, { id, holder }: HandedFrame): Promise<boolean> {
    const held = await tx.get(
      "SELECT 1 AS one FROM outbox WHERE id = ? AND state = 'handed' AND holder = ? FOR UPDATE",
      (row) => row.integer('one'),
      id,
      holder,
    );
    return held !== undefined;
  }
}

/** Changes nothing of a frame that was withdrawn meanwhile. */
const END = 'UPDATE outbox SET state = ?, trouble = ?, frame = NULL, ended_at = ? WHERE id = ? AND ended_at IS NULL';

async function giveBack(tx: Tx, { id, holder }: HandedFrame): Promise<void> {
  await tx.run(
    "UPDATE outbox SET state = 'waiting', tries = tries - 1, holder = NULL WHERE id = ? AND state = 'handed' AND holder = ?",
    id,
    holder,
  );
  tx.wake('outbox');
}
