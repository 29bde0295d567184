import { type Clock, sleep } from '../clock.ts';
import type { AtResponse } from './command.ts';
import type { Matcher } from './matcher.ts';
import type { Pace } from './pace.ts';

/** After this long without an octet, in ms, no more octets of an answer are expected. */
const GUARD_MS = 200;

/** The longest wait for quiet, in ms: some modems send codes all the time. */
const QUIET_LIMIT_MS = 5_000;

/** How long the first `AT` may take, in ms, before another is typed; the second gets twice as long, and so on up to the limit. */
const AT_MS = 1_000;
const AT_LIMIT_MS = 5_000;

/** The other answers may take longer than the first one by this factor. */
const SLACK = 1.5;

const ESC = '\x1b';

/** The shortest command: every modem answers it. */
const PROBE = 'AT';

/**
 * The lines that are typed to get in step after a time-out. A modem that answers none of them is dead: on a fast modem that
 * is found 16 s after the time-out, on a slow one later, by its pace.
 */
const AGAIN: readonly string[] = [PROBE, PROBE, PROBE, PROBE, PROBE];

/** How often `AT` is typed again when more final codes came than were due. */
const ROUNDS = 10;

/** The part of the chat that the synchroniser uses. */
interface Line {
  type(text: string): void;
  /** The modem has not answered so many commands in a row. */
  dead(silences: number): void;
}

/**
 * Keeps chat and modem in step: knows whether a prompt may be open, and whether a command got no answer.
 *
 * After a time-out it types ESC if a prompt may be open (never Ctrl-Z, which would send half a PDU), waits until the line
 * is quiet, and types `AT` until one final code has come for each `AT`, and then nothing more.
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
  /** `AT`s are being typed: final codes that come are counted for them. */
  #isProbing = false;
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

  /** Takes a final code that belongs to no running command; true when it is counted for an `AT`. */
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
    this.#isPromptSuspected = false;
  }

  /** A command timed out. */
  lostAnswer(promptPossible: boolean): void {
    this.#isOutOfStep = true;
    if (promptPossible) this.#isPromptSuspected = true;
  }

  suspectPrompt(): void {
    this.#isPromptSuspected = true;
    this.#isOutOfStep = true;
  }

  /** Before the next command is typed, the line must be quiet for this long, in ms. */
  waitForQuiet(durationMs: number): void {
    this.#quietMs = durationMs;
  }

  /** Waits for quiet, gets in step, or waits for a late answer, if needed, before a command with this response is typed. */
  async settle(response: AtResponse | undefined): Promise<void> {
    if (this.#quietMs > 0) {
      const durationMs = this.#quietMs;
      this.#quietMs = 0;
      await this.#quiet(durationMs);
    }
    if (this.#isOutOfStep && !(await this.run(AGAIN)) && !this.#stopped) this.#line.dead(1 + AGAIN.length);
    await this.#awaitLate(response);
  }

  /**
   * Gets in step: types these lines (usually `AT`) one after the other until an answer comes, whatever it says. False when
   * no answer came.
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

  /** Types until the number of final codes is that of the typed lines, and then nothing more comes. */
  async #probe(lines: readonly string[]): Promise<boolean> {
    let surplusBefore = 0;
    let next = lines;
    for (let round = 1; round <= ROUNDS && !this.#stopped; round += 1) {
      const typed = await this.#typeUntilAnswered(next);
      if (typed === undefined) return false;
      const surplus = Math.max(0, this.#finals - typed);
      for (let owed = 0; owed < surplus; owed += 1) this.#matcher.settle();
      // A modem that answers each `AT` with `ERROR` and a stray `OK` has one final code too many every time: two rounds
      // with the same surplus mean that it is in step.
      const isInStep = (surplus === 0 || surplus === surplusBefore) && !this.#isPromptSuspected;
      // An answer to `ATQ0` alone does not prove that commands are answered from now on: `AT` is typed once more.
      const isAwake = this.#finals >= typed || next[typed - 1] === PROBE;
      if (isInStep && isAwake) return true;
      surplusBefore = surplus;
      next = lines.filter((line) => line === PROBE);
    }
    return !this.#stopped;
  }

  /** Ends all attempts, because the port is gone. */
  stop(): void {
    this.#stopped = true;
    this.#wakeOnFinal?.();
    this.#wakeOnSettled?.();
  }

  /**
   * How many lines were typed until the first answer came (the answers to the others are waited for); undefined when no
   * answer came. A slow modem gets several lines before its first answer, and answers each of them.
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
      // A prompt may be open, so ESC is typed. oFono's simulator reads `ESC AT` as an unknown command and stays silent:
      // so every second line goes without ESC.
      withEsc = !withEsc || this.#isPromptSuspected;
    }
    return undefined;
  }

  /** Waits for the answers to all typed lines. A modem that was asleep has swallowed some: the wait ends after a pause. */
  async #awaitOthers(typed: number, tookMs: number): Promise<void> {
    if (!this.#matcher.isOwed) this.#pace.answered(tookMs);
    while (this.#finals < typed && (await this.#finalWithin(Math.max(GUARD_MS, SLACK * tookMs)))) {
      // One more answer to a typed line has come.
    }
    await this.#quiet(this.#matcher.isOwed ? this.#matcher.keptMs : GUARD_MS);
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

  /**
   * Waits a while for the late answer to a command of the same kind: typed at once, the next `+COPS?` could get the answer
   * of the one before.
   */
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
