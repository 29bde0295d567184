import { type Clock, sleep } from '../clock.ts';
import type { AtResponse } from './command.ts';
import type { Matcher } from './matcher.ts';
import type { Pace } from './pace.ts';

/** Unanswered commands in a row after which the port counts as dead. */
const SILENCE_LIMIT = 10;

/** How long the line must be quiet to be sure that nothing more is coming, in ms. */
const GUARD_MS = 200;

/** A line that is never quiet is waited for this long, in ms. */
const QUIET_LIMIT_MS = 5_000;

/** How long an `AT` may take, in ms, before another is typed; the second gets twice as long, and so on up to the limit. */
const AT_MS = 1_000;
const AT_LIMIT_MS = 5_000;

/** The other answers may take so much longer than the first. */
const SLACK = 1.5;

const ESC = '\x1b';

/** The shortest command: every modem answers it. */
const PROBE = 'AT';

/** What is typed to get in step again after a time-out. */
const AGAIN: readonly string[] = Array.from({ length: SILENCE_LIMIT }, () => PROBE);

/** So often a modem that says too much is asked again. */
const ROUNDS = 10;

/** What the synchroniser needs of the chat. */
interface Line {
  type(text: string): void;
  /** The modem has been silent too often. */
  dead(silences: number): void;
}

/**
 * Keeps chat and modem in step: whether a prompt may be open, how long the modem has been silent, when it is quiet.
 *
 * After a time-out it types ESC if a prompt may be open (never Ctrl-Z, which would submit half a PDU), waits until the
 * line is quiet, then types `AT` until as many final codes came as were typed, and quiet followed.
 */
export class Synchroniser {
  readonly #clock: Clock;
  readonly #pace: Pace;
  readonly #matcher: Matcher;
  readonly #line: Line;
  #stopped = false;
  #heardAt = Number.NEGATIVE_INFINITY;
  #isPromptSuspected = false;
  #isOutOfStep = false;
  /** Final codes are those of `AT`, which is being typed. */
  #isProbing = false;
  #silences = 0;
  #quietMs = 0;
  #finals = 0;
  #wakeOnFinal: (() => void) | undefined;
  #wakeOnSettled: (() => void) | undefined;

  constructor(clock: Clock, pace: Pace, matcher: Matcher, line: Line) {
    this.#clock = clock;
    this.#pace = pace;
    this.#matcher = matcher;
    this.#line = line;
  }

  heardOctets(): void {
    this.#heardAt = this.#clock.now();
  }

  /** A final code that belongs to no running command: whether it is that of an `AT`. */
  takesFinal(): boolean {
    if (!this.#isProbing) return false;
    this.#finals += 1;
    this.#wakeOnFinal?.();
    return true;
  }

  /** A command that timed out has got its final code. */
  settled(): void {
    this.#wakeOnSettled?.();
  }

  /** The running command got its answer. */
  heardAnswer(): void {
    this.#silences = 0;
    this.#isPromptSuspected = false;
  }

  /** A command timed out. */
  lostAnswer(promptPossible: boolean): void {
    this.#isOutOfStep = true;
    if (promptPossible) this.#isPromptSuspected = true;
    this.#countSilence();
  }

  suspectPrompt(): void {
    this.#isPromptSuspected = true;
    this.#isOutOfStep = true;
  }

  /** Before the next command the line must be quiet for this long. */
  waitForQuiet(durationMs: number): void {
    this.#quietMs = durationMs;
  }

  /** What must happen before a command with this response is typed: usually nothing. */
  async settle(response: AtResponse | undefined): Promise<void> {
    if (this.#quietMs > 0) {
      const durationMs = this.#quietMs;
      this.#quietMs = 0;
      await this.#quiet(durationMs);
    }
    if (this.#isOutOfStep) await this.run(AGAIN);
    await this.#awaitLate(response);
  }

  /**
   * Gets in step by typing these lines, one after the other until one is answered, by anything: `AT` usually. False when
   * none was.
   */
  async run(lines: readonly string[]): Promise<boolean> {
    this.#isOutOfStep = true;
    this.#isProbing = true;
    const isAnswered = await this.#probe(lines);
    this.#matcher.forgetLate();
    this.#isProbing = false;
    this.#isOutOfStep = false;
    return isAnswered;
  }

  /** Types until exactly as many final codes come as lines were typed, with quiet after them. */
  async #probe(lines: readonly string[]): Promise<boolean> {
    let surplusBefore = 0;
    let next = lines;
    for (let round = 1; round <= ROUNDS && !this.#stopped; round += 1) {
      const typed = await this.#typeUntilAnswered(next);
      if (typed === undefined) return false;
      const surplus = Math.max(0, this.#finals - typed);
      for (let owed = 0; owed < surplus; owed += 1) this.#matcher.settle();
      // A modem that says a stray `OK` after each `ERROR` is in step when it says the same twice.
      const isInStep = (surplus === 0 || surplus === surplusBefore) && !this.#isPromptSuspected;
      // After `ATQ0`, which makes a modem talk, or is all that it answers: `AT` tells.
      const isAwake = this.#finals >= typed || next[typed - 1] === PROBE;
      if (isInStep && isAwake) return true;
      surplusBefore = surplus;
      next = lines.filter((line) => line === PROBE);
    }
    return !this.#stopped;
  }

  /** No more attempts: the port is gone. */
  stop(): void {
    this.#stopped = true;
    this.#wakeOnFinal?.();
    this.#wakeOnSettled?.();
  }

  /**
   * How many lines were typed until one was answered and no more answers came; undefined when none was answered. On a
   * slow modem several are typed meanwhile, and each of them is answered.
   */
  async #typeUntilAnswered(lines: readonly string[]): Promise<number | undefined> {
    let firstAt = 0;
    let withEsc = this.#isPromptSuspected;
    for (const [index, line] of lines.entries()) {
      if (this.#stopped) return undefined;
      if (withEsc) this.#line.type(ESC);
      await this.#quiet(GUARD_MS);
      if (index === 0) {
        this.#finals = 0;
        firstAt = this.#clock.now();
      }
      this.#isPromptSuspected = false;
      this.#line.type(`${line}\r`);
      const patienceMs = Math.min((index + 1) * AT_MS, AT_LIMIT_MS) + 2 * this.#pace.ms;
      if (await this.#finalWithin(patienceMs)) {
        await this.#awaitOthers(index + 1, this.#clock.now() - firstAt);
        return index + 1;
      }
      this.#countSilence();
      // A prompt may be open. Some modems take ESC for a part of the next command, so it is not typed every time.
      withEsc = !withEsc || this.#isPromptSuspected;
    }
    return undefined;
  }

  /** Each of the lines that were typed is answered, unless the modem was asleep: then it answers in the time it took. */
  async #awaitOthers(typed: number, tookMs: number): Promise<void> {
    this.#silences = 0;
    if (!this.#matcher.isOwed) this.#pace.answered(tookMs);
    while (this.#finals < typed && (await this.#finalWithin(Math.max(GUARD_MS, SLACK * tookMs)))) {
      // One more of them has come.
    }
    await this.#quiet(this.#matcher.isOwed ? this.#matcher.keptMs : GUARD_MS);
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
      if (rest <= 0 || now - start >= Math.max(QUIET_LIMIT_MS, durationMs) || this.#stopped) return;
      await sleep(this.#clock, rest);
    }
  }

  /** Two answers of one kind could not be told apart: the late one is waited for, for a while. */
  async #awaitLate(response: AtResponse | undefined): Promise<void> {
    for (;;) {
      const holdMs = this.#matcher.holdFor(response);
      if (holdMs <= 0 || this.#stopped) return;
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(holdMs, resolve);
        this.#wakeOnSettled = () => {
          cancel();
          resolve();
        };
      });
      this.#wakeOnSettled = undefined;
    }
  }

  /** Whether another final code comes within this time. */
  #finalWithin(durationMs: number): Promise<boolean> {
    const before = this.#finals;
    return new Promise((resolve) => {
      const settle = () => {
        cancel();
        this.#wakeOnFinal = undefined;
        resolve(this.#finals > before);
      };
      const cancel = this.#clock.after(durationMs, settle);
      this.#wakeOnFinal = settle;
    });
  }
}
