import type { AtResponse } from './command.ts';

/** After a time-out the answer may still come for this long, in ms. */
const LATE_MS = 300_000;

/** How long a command of the same kind waits for the late answer, in ms: the two answers would look the same. */
const HOLD_MS = 5_000;

/** Commands that are remembered; one more makes the oldest forgotten. */
const UNANSWERED_LIMIT = 32;

/** A command that had no answer when its time was up. */
export interface Unanswered {
  /** The form of its information line; undefined when the answer is only a final code. */
  readonly response: AtResponse | undefined;
  readonly since: number;
}

/** The commands that timed out, oldest first: the final code of each may still come. */
export class UnansweredCommands {
  #commands: readonly Unanswered[] = [];

  /** A command timed out. */
  add(response: AtResponse | undefined, now: number): void {
    this.#commands = [...this.#commands, { response, since: now }].slice(-UNANSWERED_LIMIT);
  }

  /** The oldest command to which this information line may belong. */
  find(line: string, now: number): Unanswered | undefined {
    return this.#alive(now).find(({ response }) => response !== undefined && isAnswer(response, line));
  }

  /** The final code of this command, or of the oldest one, has come. */
  settle(command: Unanswered | undefined = this.#commands[0]): void {
    this.#commands = this.#commands.filter((other) => other !== command);
  }

  isAny(now: number): boolean {
    return this.#alive(now).length > 0;
  }

  /**
   * How long to wait, in ms, before a command with such a response is typed: a command of the same kind timed out, and its
   * answer may still come.
   *
   * @param paceMs the shortest time in which the modem gives any answer
   */
  holdFor(response: AtResponse | undefined, now: number, paceMs: number): number {
    if (response === undefined) return 0;
    const alike = this.#alive(now).filter((command) => command.response?.prefix === response.prefix);
    return Math.max(0, ...alike.map(({ since }) => since + HOLD_MS + paceMs - now));
  }

  #alive(now: number): readonly Unanswered[] {
    this.#commands = this.#commands.filter(({ since }) => now - since < LATE_MS);
    return this.#commands;
  }
}

/** Whether a line looks like an information line of this response. */
export function isAnswer(response: AtResponse, line: string): boolean {
  return line.toUpperCase().startsWith(response.prefix.toUpperCase()) && (response.accepts?.(line) ?? true);
}
