import type { AtResponse } from './command.ts';

/** For how long an answer that did not come in time may still come, in ms. */
const LATE_MS = 300_000;

/** For how long a command of the same kind is held back, so that the two answers cannot be confused, in ms. */
const HOLD_MS = 5_000;

/** So many commands at once; the oldest is given up for a new one. */
const UNANSWERED_LIMIT = 32;

/** A command that had no answer when its time was up. */
export interface Unanswered {
  /** What its information line would look like; undefined when it has only a final code. */
  readonly response: AtResponse | undefined;
  readonly since: number;
}

/** The commands that timed out, oldest first: each still owes a final code. */
export class UnansweredCommands {
  #commands: readonly Unanswered[] = [];

  /** A command timed out. */
  add(response: AtResponse | undefined, now: number): void {
    this.#commands = [...this.#commands, { response, since: now }].slice(-UNANSWERED_LIMIT);
  }

  /** The one that has such an information line. */
  find(line: string, now: number): Unanswered | undefined {
    return this.#alive(now).find(({ response }) => response !== undefined && isAnswer(response, line));
  }

  /** A final code has come: that of this command, or of the oldest. */
  settle(command: Unanswered | undefined = this.#commands[0]): void {
    this.#commands = this.#commands.filter((other) => other !== command);
  }

  isAny(now: number): boolean {
    return this.#alive(now).length > 0;
  }

  /**
   * How long to wait, in ms, before a command with such a response is typed, because one like it has had no answer.
   *
   * @param paceMs what the modem needs for any answer
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
