import { type Clock, sleep } from '../clock.ts';
import { prefixOf } from './values.ts';

/** Unanswered commands in a row after which the port counts as dead. */
const SILENCE_LIMIT = 10;

/** How long the line must be quiet to be sure that nothing more is coming, in ms. */
const GUARD_MS = 200;

/** A line that is never quiet is waited for this long, in ms. */
const QUIET_LIMIT_MS = 5_000;

/** How long an `AT` may take, in ms; the second attempt gets twice as long, and so on up to the limit. */
const AT_MS = 1_000;
const AT_LIMIT_MS = 5_000;

/** For how long an answer that did not come in time may still come, in ms. */
const LATE_MS = 300_000;

const ESC = '\x1b';

/** What the synchroniser needs of the chat. */
interface Line {
  type(text: string): void;
  /** The modem has been silent too often. */
  dead(silences: number): void;
}

/**
 * Keeps chat and modem in step: which answers are owed, whether a prompt may be open, how long it has been silent.
 *
 * After a time-out it types ESC if a prompt may be open (never Ctrl-Z, which would submit half a PDU), waits until the
 * line is quiet, then types `AT` until exactly one answer came and quiet followed.
 */
export class Synchroniser {
  readonly guardMs: number = GUARD_MS;
  readonly #clock: Clock;
  readonly #line: Line;
  #stopped = false;
  #heardAt = Number.NEGATIVE_INFINITY;
  #promptSuspected = false;
  #outOfStep = false;
  #silences = 0;
  #quietMs = 0;
  #doubtUntil = Number.NEGATIVE_INFINITY;
  /** Prefixes of the answers that never came, oldest first; '' when the command had none. */
  #owed: string[] = [];
  /** The information line of an owed answer has come: the next final code is its own. */
  #owedAnswering = false;
  #finals = 0;
  #wakeOnFinal: (() => void) | undefined;

  constructor(clock: Clock, line: Line) {
    this.#clock = clock;
    this.#line = line;
  }

  heardOctets(): void {
    this.#heardAt = this.#clock.now();
  }

  /** A final code that belongs to no running command. */
  heardFinal(): void {
    this.#finals += 1;
    this.#owedAnswering = false;
    if (this.#outOfStep) this.#wakeOnFinal?.();
    else this.#owed.shift();
  }

  /** An information line that the running command did not expect: perhaps a late one. */
  heardPrefix(line: string): void {
    const prefix = `${prefixOf(line)}:`;
    if (this.#owed.some((owed) => owed.toUpperCase() === prefix)) this.#owedAnswering = true;
  }

  /** The running command got its answer. */
  heardAnswer(): void {
    this.#silences = 0;
    this.#promptSuspected = false;
  }

  /** A command timed out. */
  lostAnswer(prefix: string | undefined, promptPossible: boolean): void {
    this.#owed.push(prefix ?? '');
    this.#doubtUntil = this.#clock.now() + LATE_MS;
    this.#outOfStep = true;
    if (promptPossible) this.#promptSuspected = true;
    this.#countSilence();
  }

  suspectPrompt(): void {
    this.#promptSuspected = true;
    this.#outOfStep = true;
  }

  /** Before the next command the line must be quiet for this long. */
  waitForQuiet(durationMs: number): void {
    this.#quietMs = durationMs;
  }

  /** Whether the next final code is surely that of an earlier command. */
  isOwed(): boolean {
    return this.#owedAnswering;
  }

  /** Whether the next final code may be that of an earlier command. */
  inDoubt(): boolean {
    return this.#owed.length > 0 && this.#clock.now() < this.#doubtUntil;
  }

  /** What must happen before the next command is typed: usually nothing. */
  async settle(): Promise<void> {
    if (this.#quietMs > 0) {
      const durationMs = this.#quietMs;
      this.#quietMs = 0;
      await this.#quiet(durationMs);
    }
    if (this.#outOfStep) await this.run(SILENCE_LIMIT);
  }

  /** Gets in step. False when the modem answered none of the attempts. */
  async run(attempts: number): Promise<boolean> {
    let answered = false;
    let finalsBefore = 0;
    this.#outOfStep = true;
    for (let attempt = 1; attempt <= attempts && !this.#stopped; attempt += 1) {
      if (this.#promptSuspected) this.#line.type(ESC);
      await this.#quiet(GUARD_MS);
      this.#promptSuspected = false;
      this.#finals = 0;
      this.#line.type('AT\r');
      if (!(await this.#finalWithin(Math.min(attempt * AT_MS, AT_LIMIT_MS)))) {
        this.#promptSuspected = true;
        this.#countSilence();
        continue;
      }
      answered = true;
      this.#silences = 0;
      await this.#quiet(GUARD_MS);
      // One of the final codes was that of `AT`; the others were owed.
      this.#owed.splice(0, this.#finals - 1);
      // A modem that always says `ERROR` and an orphan `OK` is in step when it says the same twice.
      if ((this.#finals === 1 || this.#finals === finalsBefore) && !this.#promptSuspected) break;
      finalsBefore = this.#finals;
    }
    this.#outOfStep = false;
    return answered;
  }

  /** No more attempts: the port is gone. */
  stop(): void {
    this.#stopped = true;
    this.#wakeOnFinal?.();
  }

  #countSilence(): void {
    this.#silences += 1;
    if (this.#silences >= SILENCE_LIMIT && !this.#stopped) this.#line.dead(this.#silences);
  }

  async #quiet(durationMs: number): Promise<void> {
    const start = this.#clock.now();
    for (;;) {
      const now = this.#clock.now();
      const rest = Math.max(start, this.#heardAt) + durationMs - now;
      if (rest <= 0 || now - start >= QUIET_LIMIT_MS || this.#stopped) return;
      await sleep(this.#clock, rest);
    }
  }

  #finalWithin(durationMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const settle = () => {
        cancel();
        this.#wakeOnFinal = undefined;
        resolve(this.#finals > 0);
      };
      const cancel = this.#clock.after(durationMs, settle);
      this.#wakeOnFinal = settle;
    });
  }
}
