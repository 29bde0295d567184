import { type Clock, sleep } from '../clock.ts';
import type { AtResponse } from './command.ts';
import { LateAnswers } from './late-answers.ts';

/** Unanswered commands in a row after which the port counts as dead. */
const SILENCE_LIMIT = 10;

/** How long the line must be quiet to be sure that nothing more is coming, in ms. */
const GUARD_MS = 200;

/** A line that is never quiet is waited for this long, in ms. */
const QUIET_LIMIT_MS = 5_000;

/** How long an `AT` may take, in ms; the second attempt gets twice as long, and so on up to the limit. */
const AT_MS = 1_000;
const AT_LIMIT_MS = 5_000;

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
  readonly #late = new LateAnswers();
  #finals = 0;
  #wakeOnFinal: (() => void) | undefined;
  #wakeOnLate: (() => void) | undefined;

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
    if (this.#outOfStep) this.#wakeOnFinal?.();
    else this.#late.heardFinal();
    this.#wakeOnLate?.();
  }

  /** An information line that the running command did not expect: perhaps a late one. */
  heardLine(line: string): void {
    this.#late.heardLine(line, this.#clock.now());
  }

  /** The running command got its answer. */
  heardAnswer(response: AtResponse | undefined): void {
    this.#late.given(response, this.#clock.now());
    this.#silences = 0;
    this.#promptSuspected = false;
  }

  /** A command timed out. */
  lostAnswer(response: AtResponse | undefined, promptPossible: boolean): void {
    this.#late.add(response, this.#clock.now());
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
    return this.#late.isAnswering(this.#clock.now());
  }

  /** Whether the next final code may be that of an earlier command. */
  inDoubt(): boolean {
    return this.#late.areDue(this.#clock.now());
  }

  /** What must happen before a command with this response is typed: usually nothing. */
  async settle(response: AtResponse | undefined): Promise<void> {
    if (this.#quietMs > 0) {
      const durationMs = this.#quietMs;
      this.#quietMs = 0;
      await this.#quiet(durationMs);
    }
    if (this.#outOfStep) await this.run(SILENCE_LIMIT);
    await this.#awaitLate(response);
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
      for (let owed = 1; owed < this.#finals; owed += 1) this.#late.heardFinal();
      // A modem that always says `ERROR` and an orphan `OK` is in step when it says the same twice.
      if ((this.#finals === 1 || this.#finals === finalsBefore) && !this.#promptSuspected) break;
      finalsBefore = this.#finals;
    }
    this.#late.forgetLine();
    this.#outOfStep = false;
    return answered;
  }

  /** No more attempts: the port is gone. */
  stop(): void {
    this.#stopped = true;
    this.#wakeOnFinal?.();
    this.#wakeOnLate?.();
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

  /** Two answers of one kind could not be told apart: the late one is waited for, for a while. */
  async #awaitLate(response: AtResponse | undefined): Promise<void> {
    for (;;) {
      const holdMs = this.#late.holdFor(response, this.#clock.now());
      if (holdMs <= 0 || this.#stopped) return;
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(holdMs, resolve);
        this.#wakeOnLate = () => {
          cancel();
          resolve();
        };
      });
      this.#wakeOnLate = undefined;
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
