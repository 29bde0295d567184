import type { Clock } from '../../modem/index.ts';
import type { Journal } from '../journal/journal.ts';
import type { Limits } from '../limits/limits.ts';
import type { Store } from '../store/store.ts';
import { DAY_MS } from '../time/days.ts';
import { NO_REF } from '../vocabulary/ids.ts';

/** Why a frame is nothing that the service deals with. */
export type JunkReason =
  /** Its header is of another version, direction or service key. */
  | 'not-for-this-service'
  | 'unknown-phone'
  /** Of a phone that is revoked or has not enrolled, or an ENROL to one that enrols no more. */
  | 'phone-not-in-use'
  /** ENROL, after too many wrong codes. */
  | 'codes-used-up'
  /** It does not open with the keys of the phone that it names. */
  | 'does-not-open'
  /** So many of this phone, or from other numbers than those of the phones, did not open that not each is tried any more. */
  | 'not-tried'
  /** The same frame came so often that it gets no answer any more. */
  | 'repeated';

/** Counts the junk of a process, and says when it is much within a day, ten times as much, and so on: junk itself is not kept. */
export class Junk {
  readonly #store: Pick<Store, 'transaction'>;
  readonly #clock: Clock;
  readonly #journal: Journal;
  readonly #limit: number;
  /** When the count is so high, an alarm says so. */
  #alarmAt: number;
  #counts = new Map<JunkReason, number>();
  #total = 0;
  #since = Number.NEGATIVE_INFINITY;

  constructor(
    store: Pick<Store, 'transaction'>,
    { clock, journal, limits }: { readonly clock: Clock; readonly journal: Journal; readonly limits: Limits },
  ) {
    this.#store = store;
    this.#clock = clock;
    this.#journal = journal;
    this.#limit = limits.junkAlarm;
    this.#alarmAt = limits.junkAlarm;
  }

  /** Counts one frame. Resolves when the alarm is on disk, if there is one. */
  async count(reason: JunkReason): Promise<void> {
    const now = this.#clock.now();
    if (now - this.#since >= DAY_MS) {
      this.#counts = new Map();
      this.#total = 0;
      this.#since = now;
      this.#alarmAt = this.#limit;
    }
    this.#counts.set(reason, (this.#counts.get(reason) ?? 0) + 1);
    this.#total += 1;
    if (this.#total < this.#alarmAt) return;
    this.#alarmAt *= 10;
    await this.#alarm((now - this.#since) / 1000);
  }

  #alarm(seconds: number): Promise<void> {
    const counts = [...this.#counts].map(([reason, count]) => `${count} ${reason}`);
    const detail = `${this.#total} frames within ${Math.floor(seconds) + 1} s: ${counts.join(', ')}`;
    return this.#store.transaction('junk', (tx) =>
      this.#journal.record(tx, { kind: 'alarm', alarm: 'junk-frames', ref: NO_REF, detail }),
    );
  }
}
