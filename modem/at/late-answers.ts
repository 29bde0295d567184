import type { AtResponse } from './command.ts';

/** For how long an answer that did not come in time may still come, in ms. */
const LATE_MS = 300_000;

/** For how long a command of the same kind is held back, so that the two answers cannot be confused, in ms. */
const HOLD_MS = 5_000;

/** The final code of a late answer follows its information line within this time, in ms. */
const FINAL_MS = 2_000;

/** Answers that are owed at once; the oldest is given up for a new one. */
const OWED_LIMIT = 32;

/** An answer that did not come in time. */
interface Owed {
  /** What its information line would look like; undefined when it has only a final code. */
  readonly response: AtResponse | undefined;
  readonly since: number;
}

/** The answers that a modem still owes: those of commands that timed out, oldest first. */
export class LateAnswers {
  #owed: Owed[] = [];
  /** The last answer that came in time: some modems, or lines, say it twice. */
  #given: Owed | undefined;
  /** The one whose information line has come, and when: the next final code is its own. */
  #answering: { readonly owed: Owed; readonly at: number } | undefined;

  /** A command timed out. */
  add(response: AtResponse | undefined, now: number): void {
    this.#owed = [...this.#owed, { response, since: now }].slice(-OWED_LIMIT);
  }

  /** A command got its answer. */
  given(response: AtResponse | undefined, now: number): void {
    this.#given = { response, since: now };
  }

  /** A line came that the running command did not expect: perhaps it is a late one, or the last one again. */
  heardLine(line: string, now: number): void {
    const isLike = ({ response }: Owed) => response !== undefined && isAnswer(response, line);
    const given = this.#given !== undefined && now - this.#given.since < FINAL_MS ? [this.#given] : [];
    const found = [...this.#alive(now), ...given].find(isLike);
    if (found !== undefined) this.#answering = { owed: found, at: now };
  }

  /** A final code came that is not the running command's. */
  heardFinal(): void {
    const settled = this.#answering?.owed ?? this.#owed[0];
    this.#answering = undefined;
    this.#owed = this.#owed.filter((owed) => owed !== settled);
  }

  /** Nothing is half said any more: the line was quiet. */
  forgetLine(): void {
    this.#answering = undefined;
  }

  /** Whether the next final code is surely a late one. */
  isAnswering(now: number): boolean {
    return this.#answering !== undefined && now - this.#answering.at < FINAL_MS;
  }

  /** Whether the next final code may be a late one. */
  areDue(now: number): boolean {
    return this.#alive(now).length > 0;
  }

  /** How long to wait, in ms, before a command with such a response is typed, because one like it is still owed. */
  holdFor(response: AtResponse | undefined, now: number): number {
    if (response === undefined) return 0;
    const alike = this.#alive(now).filter((owed) => owed.response?.prefix === response.prefix);
    return Math.max(0, ...alike.map(({ since }) => since + HOLD_MS - now));
  }

  #alive(now: number): readonly Owed[] {
    this.#owed = this.#owed.filter(({ since }) => now - since < LATE_MS);
    return this.#owed;
  }
}

/** Whether a line looks like an information line of this response. */
export function isAnswer(response: AtResponse, line: string): boolean {
  return line.toUpperCase().startsWith(response.prefix.toUpperCase()) && (response.accepts?.(line) ?? true);
}
