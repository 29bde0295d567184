import { z } from 'zod';
import type { Cancel, Clock } from '../../modem/index.ts';
import { type Download, type Flash, FlashError } from '../hal/index.ts';
import { type InstallStatus, statusLine } from '../suite/index.ts';
import { readSection } from './section.ts';

/** Notices that wait at most; the oldest is dropped for another one. */
const CAPACITY = 20;
/** How often a notice is tried. */
const TRIES = 10;
/** Between two tries while the phone is on, ms. */
const PAUSE_MS = 600_000;
/** A server may take so long to answer, ms. */
const ANSWER_MS = 10_000;

const SECTION = 'notices';
const stored = z.array(z.object({ url: z.string(), line: z.string(), tries: z.int() }));

type Notice = z.output<typeof stored>[number];

/**
 * What servers are told of installations and deletions (JSR-118, over the air provisioning, 6): a line with the status, posted. One that
 * the server did not take with 200 stays in the flash and is tried again: when the phone is switched on, with the next notice, and every
 * ten minutes, ten times in all.
 */
export class Notices {
  readonly #flash: Flash;
  readonly #clock: Clock;
  readonly #download: Download;
  #waiting: readonly Notice[];
  #isOn = false;
  #isSending = false;
  #pause: Cancel = () => {};

  /** @throws FlashError `damaged` */
  constructor(flash: Flash, clock: Clock, download: Download) {
    this.#flash = flash;
    this.#clock = clock;
    this.#download = download;
    this.#waiting = readSection(flash, SECTION, stored) ?? [];
  }

  /** Tells a server a status, now or later. */
  add(url: string, status: InstallStatus): void {
    this.#keep([...this.#waiting, { url, line: statusLine(status), tries: 0 }].slice(-CAPACITY));
    this.#sendAll();
  }

  /** The phone was switched on. */
  start(): void {
    this.#isOn = true;
    this.#sendAll();
  }

  /** The phone is switched off: what was not sent stays. */
  stop(): void {
    this.#isOn = false;
    this.#pause();
  }

  #sendAll(): void {
    if (!this.#isOn || this.#isSending || this.#waiting.length === 0) return;
    this.#pause();
    this.#isSending = true;
    void this.#send().finally(() => {
      this.#isSending = false;
      if (this.#isOn && this.#waiting.length > 0) this.#pause = this.#clock.after(PAUSE_MS, () => this.#sendAll());
    });
  }

  /** Tries all once, also those that come meanwhile. */
  async #send(): Promise<void> {
    const tried = new Set<Notice>();
    for (;;) {
      const next = this.#waiting.find((notice) => !tried.has(notice));
      if (next === undefined || !this.#isOn) return;
      const again = (await this.#isTaken(next)) || next.tries + 1 >= TRIES ? [] : [{ ...next, tries: next.tries + 1 }];
      for (const notice of again) tried.add(notice);
      this.#keep(this.#waiting.flatMap((notice) => (notice === next ? again : [notice])));
    }
  }

  /** Whether a server has taken a notice, or never will. */
  async #isTaken({ url, line }: Notice): Promise<boolean> {
    const stop = new AbortController();
    const silent = new Promise<undefined>((resolve) => {
      stop.signal.addEventListener('abort', () => resolve(undefined));
    });
    const cancel = this.#clock.after(ANSWER_MS, () => stop.abort());
    const outcome = await Promise.race([this.#download.post(url, line, stop.signal), silent]);
    cancel();
    return outcome?.kind === 'refused' || (outcome?.kind === 'status' && outcome.status === 200);
  }

  // A full flash keeps no notice through a power cut; it is sent all the same.
  #keep(waiting: readonly Notice[]): void {
    this.#waiting = waiting;
    try {
      this.#flash.write(SECTION, waiting.length === 0 ? undefined : waiting);
    } catch (error) {
      if (!(error instanceof FlashError)) throw error;
    }
  }
}
