import { AtRefused } from '../at/command.ts';
import type { UnsolicitedCode } from '../at/unsolicited.ts';
import { numberIn, textIn, valuesOf } from '../at/values.ts';
import type { SmsReceiver } from '../bearer.ts';
import type { Cancel, Clock } from '../clock.ts';
import { REPORT_MEMORY } from '../opening/memories.ts';
import { isStarting } from '../opening/starting.ts';
import type { ReportMatcher } from '../sending/status-reports.ts';
import type { ModemLog } from '../state.ts';
import { HandOver, type Source } from './hand-over.ts';
import type { Place, StoredMessage } from './message-store.ts';
import { holdsReport } from './stored-pdu.ts';

/**
 * How often all memories are listed, in ms: `POLL_MS` on a modem that announces nothing (no `+CNMI`), `SWEEP_MS` on one
 * that does, because an announcement may get lost.
 */
const POLL_MS = 10_000;
const SWEEP_MS = 60_000;

/** After this long, in ms, a message that the receiver did not take is offered again. */
const RETRY_MS = 30_000;

/** After this long, in ms, the store is looked through for a message that was announced and not found (Huawei: 500 ms). */
const MISSED_MS = 1_000;

/**
 * Announcements and passed-on messages that may wait. One more announcement (`+CMTI`) makes a sweep of all memories
 * instead; one more message that the modem does not store (`+CMT`) is dropped and not acknowledged, so the network may
 * send it again.
 */
const WAITING_LIMIT = 64;

type Task =
  | { readonly kind: 'sweep' }
  | { readonly kind: 'read'; readonly place: Place; readonly isReport: boolean }
  | { readonly kind: 'take'; readonly pdu: string; readonly length: number | undefined };

/**
 * Decides which places are read, and when: each announced place (`+CMTI`, `+CDSI`) at once, and all memories now and then.
 * There is one object for all openings of the modem. Until `receive` is called nothing is read.
 */
export class IncomingMessages {
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #handOver: HandOver;
  #tasks: Task[] = [];
  #source: Source | undefined;
  #working = false;
  /** The memories of which the log says already that they cannot be read. */
  readonly #unreadable = new Set<string>();
  /** Tasks that failed since the last complete sweep. */
  #failures = 0;
  /** A message was announced and was not at its place yet. */
  #hasMissed = false;
  #idle: () => void = () => {};
  #cancelTimer: Cancel = () => {};

  constructor(clock: Clock, log: ModemLog, reports: ReportMatcher) {
    this.#clock = clock;
    this.#log = log;
    this.#handOver = new HandOver(clock, log, reports);
  }

  receive(receiver: SmsReceiver): void {
    this.#handOver.receiver = receiver;
    this.sweep();
  }

  /** The modem was opened: its memories are listed. */
  attach(source: Source): void {
    this.#source = source;
    this.sweep();
  }

  /** The modem is gone. Announced messages are in its memories, and the sweep after the next opening finds them. */
  detach(): void {
    this.#source = undefined;
    this.#cancelTimer();
  }

  /** Stops receiving. Resolves when the messages handed over are deleted from the modem, or after `limitMs`. */
  async finish(limitMs: number): Promise<void> {
    this.#tasks = [];
    this.#handOver.receiver = undefined;
    if (this.#working) await this.#untilIdle(limitMs);
    this.#handOver.end();
  }

  #untilIdle(limitMs: number): Promise<void> {
    return new Promise<void>((resolve) => {
      const cancel = this.#clock.after(limitMs, resolve);
      this.#idle = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Lists all memories; announcements that wait are dropped, since the list has their messages too. */
  sweep(): void {
    this.#tasks = [{ kind: 'sweep' }, ...this.#tasks.filter(({ kind }) => kind === 'take')];
    void this.#work();
  }

  /** Takes an unsolicited code, if it is about messages. */
  hear({ prefix, line, pdu }: UnsolicitedCode): void {
    const values = valuesOf(line);
    if (prefix === '+CMTI' || prefix === '+CDSI') {
      const memory = textIn(values[0]);
      const index = numberIn(values[1]);
      if (memory === undefined || index === undefined || index < 0) this.sweep();
      else this.#add({ kind: 'read', place: { memory, index }, isReport: prefix === '+CDSI' });
    } else if ((prefix === '+CMT' || prefix === '+CDS') && pdu !== undefined) {
      this.#add({ kind: 'take', pdu, length: numberIn(values.at(-1)) });
    }
  }

  #add(task: Task): void {
    if (this.#tasks.length < WAITING_LIMIT) this.#tasks.push(task);
    else if (task.kind === 'read') this.sweep();
    else {
      const text = `${WAITING_LIMIT} messages wait for a receiver: one more was dropped`;
      this.#log({ kind: 'hand-over-failed', text });
    }
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#handOver.receiver !== undefined && this.#source !== undefined) {
      const task = this.#tasks.shift();
      if (task === undefined) break;
      await this.#do(task, this.#source).catch((error: unknown) => {
        this.#failures += 1;
        const text = error instanceof Error ? error.message : String(error);
        this.#log({ kind: 'hand-over-failed', text: `the store could not be read, it will be tried again: ${text}` });
      });
    }
    this.#working = false;
    this.#idle();
    this.#wait();
  }

  /** Sets the timer of the next sweep. */
  #wait(): void {
    this.#cancelTimer();
    if (this.#source === undefined || this.#handOver.receiver === undefined) return;
    this.#cancelTimer = this.#clock.after(this.#pauseMs(this.#source), () => this.sweep());
  }

  #pauseMs({ reception }: Source): number {
    if (this.#hasMissed) return MISSED_MS;
    const usual = reception.messages === 'polled' ? POLL_MS : this.#handOver.hasRefused ? RETRY_MS : SWEEP_MS;
    return this.#failures === 0 ? usual : Math.min(usual, MISSED_MS * 2 ** (this.#failures - 1));
  }

  async #do(task: Task, source: Source): Promise<void> {
    switch (task.kind) {
      case 'sweep':
        this.#hasMissed = false;
        await this.#handOver.offerAgain(source);
        await this.#takeEverything(source);
        this.#failures = 0;
        return;
      case 'read': {
        const found = await this.#find(task.place, task.isReport, source);
        if (!found.some((stored) => !task.isReport || holdsReport(stored))) this.#hasMissed = true;
        for (const stored of found) await this.#handOver.takeStored(stored, source);
        return;
      }
      case 'take':
        await this.#handOver.takeDirect(task.pdu, task.length, source);
    }
  }

  /**
   * Reads the announced place. EC25 announces a status report in SM and stores it in SR, and at that index of SM there is
   * nothing or a message: so both memories are read.
   */
  async #find(place: Place, isReport: boolean, { store }: Source): Promise<readonly StoredMessage[]> {
    const stored = await store.read(place);
    const here = stored === undefined ? [] : [stored];
    if (!isReport || place.memory === REPORT_MEMORY || here.some(holdsReport)) return here;
    const report = await store.read({ ...place, memory: REPORT_MEMORY }).catch(unlessRefused);
    return report === undefined ? here : [report, ...here];
  }

  /**
   * Takes all messages of all memories. When the modem refuses one memory, the others are still read; when it refuses
   * because it is busy (`+CMS ERROR: 515`), the error is thrown at the end, and the sweep is done again soon.
   */
  async #takeEverything(source: Source): Promise<void> {
    let busy: AtRefused | undefined;
    for (const memory of source.reception.memories) {
      try {
        await this.#handOver.takeAll(memory, source);
        this.#unreadable.delete(memory);
      } catch (error) {
        if (!(error instanceof AtRefused)) throw error;
        if (isStarting(error)) busy = error;
        else this.#sayUnreadable(memory, error);
      }
    }
    if (busy !== undefined) throw busy;
  }

  #sayUnreadable(memory: string, error: AtRefused): void {
    if (this.#unreadable.has(memory)) return;
    this.#unreadable.add(memory);
    const what = memory === REPORT_MEMORY ? 'stored reports' : `the messages in ${memory}`;
    this.#log({ kind: 'hand-over-failed', text: `${what} cannot be read: ${String(error)}` });
  }
}

/** For a modem without SR: a refused `+CPMS="SR"` or `+CMGR` means that no report is stored there. */
function unlessRefused(error: unknown): undefined {
  if (!(error instanceof AtRefused)) throw error;
  return undefined;
}
