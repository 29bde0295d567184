import { maskSecrets } from '../port/mask.ts';
import { type AtCommand, type AtLine, AtRefused, type AtResult, AtTimeout, DEFAULT_TIMEOUT_MS } from './command.ts';
import { type FinalCode, isNumeric } from './result-codes.ts';
import { isAnswer } from './unanswered.ts';

/** How many of the received lines a time-out error has. */
const EVIDENCE_LIMIT = 32;

/** One command and the lines of its answer so far. Ports, the queue and time are elsewhere ({@link Chat}). */
export class Exchange {
  readonly command: AtCommand;
  readonly finish: (result: AtResult) => void;
  payloadTyped = false;
  readonly #isRepetition: boolean;
  readonly #lines: AtLine[] = [];
  readonly #received: string[] = [];

  constructor(command: AtCommand, finish: (result: AtResult) => void, isRepetition = false) {
    this.command = command;
    this.finish = finish;
    this.#isRepetition = isRepetition;
  }

  get timeoutMs(): number {
    return this.command.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  get awaitsPrompt(): boolean {
    return this.command.payload !== undefined && !this.payloadTyped;
  }

  /** Whether a line came that only this command can have caused, so that the next final code belongs to this command. */
  get hasEvidence(): boolean {
    return this.payloadTyped || this.#lines.length > 0;
  }

  /** Whether the expected information line has come, and only the final code is missing. */
  get onlyFinalMissing(): boolean {
    const { response } = this.command;
    return response !== undefined && response.many !== true && response.pdu !== true && this.#lines.length > 0;
  }

  isEcho(line: string): boolean {
    const typed = line.toUpperCase();
    return typed === this.command.text.toUpperCase() || typed === this.command.payload?.toUpperCase();
  }

  /** Whether an information line with a prefix is part of the answer. */
  expects(line: string): boolean {
    const { response } = this.command;
    if (response === undefined || this.awaitsPrompt) return false;
    if (response.many !== true && this.#lines.length > 0) return false;
    return isAnswer(response, line);
  }

  /** The command once more, after a time-out; undefined when the command is not repeatable, or was repeated already. */
  repetition(): Exchange | undefined {
    if (this.command.repeatable !== true || this.payloadTyped || this.#isRepetition) return undefined;
    return new Exchange(this.command, this.finish, true);
  }

  /** Whether this information line, or a refusal (no line), may be the late answer to an earlier command of this kind. */
  mayBeLate(line?: string): boolean {
    return this.command.response?.mayBeLate?.(line) === true;
  }

  add(line: AtLine): void {
    this.#lines.push(line);
  }

  /** Keeps a line for the error of a time-out. */
  noteReceived(line: string): void {
    if (this.#received.length === EVIDENCE_LIMIT) this.#received.shift();
    this.#received.push(maskSecrets(line));
  }

  /** The result after a final code; without a final code, the result after an information line that is enough. */
  resultOf(line: string, code: FinalCode | undefined): AtResult {
    if (code === undefined) return { kind: 'ok', lines: [{ text: line }], numeric: false };
    if (code.kind === 'ok') return { kind: 'ok', lines: this.#lines, numeric: isNumeric(line) };
    const error = new AtRefused(this.command.text, code.error);
    return { kind: 'error', error, payloadTyped: this.payloadTyped };
  }

  /** The result when time is up: an answer that lacks only the final code counts as `ok` (Wavecom Q2). */
  resultOfSilence(waitedMs: number): AtResult {
    if (this.onlyFinalMissing) return { kind: 'ok', lines: this.#lines, numeric: false };
    const error = new AtTimeout(this.command.text, waitedMs, this.#received);
    return { kind: 'timeout', error, payloadTyped: this.payloadTyped };
  }
}
