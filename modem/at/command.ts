import { maskSecrets } from '../port/mask.ts';
import type { PortError } from '../port/port.ts';
import { type AtErrorCode, describeError } from './result-codes.ts';

/** What the information lines of a command's answer look like. */
export interface AtResponse {
  /** The beginning of each line: `+CSQ:`. */
  readonly prefix: string;
  /** Whether more than one line may come (`+CMGL`). Default: one, and a second line is unsolicited. */
  readonly many?: boolean;
  /** Whether a line with a PDU follows each line (`+CMGR`, `+CMGL` in PDU mode). */
  readonly pdu?: boolean;
  /** Whether a line is the answer, and not an unsolicited code with the same prefix (`+CREG:`). Default: every line is. */
  accepts?(line: string): boolean;
  /**
   * Whether a line, or a refusal (no line), may be the late answer to an earlier command of the same kind (`+CMGS` with the
   * TP-MR of the message before). Such an answer counts for the running command only when no other one comes within half a
   * minute. Default: never.
   */
  mayBeLate?(line?: string): boolean;
}

/** One AT command, with everything the chat must know to recognise its answer. */
export interface AtCommand {
  /** `AT+CSQ`, without the line end. */
  readonly text: string;
  readonly response?: AtResponse;
  /** Lines without any prefix belong to the answer too, as for `+CGMI`. */
  readonly plain?: boolean;
  /** What is typed at the prompt, in hexadecimal; the chat ends it with Ctrl-Z. */
  readonly payload?: string;
  /**
   * Typing the command twice does no harm. After a time-out it is typed once more, because some modems swallow the first
   * command after idle (BenQ M32, Alcatel BE5). With a payload: only when the payload was not typed. Default false.
   */
  readonly repeatable?: boolean;
  /** How long the final result code may take, in ms. Default {@link DEFAULT_TIMEOUT_MS}. */
  readonly timeoutMs?: number;
}

/** How long an ordinary command may take, in ms. */
export const DEFAULT_TIMEOUT_MS = 10_000;

/** An information line, with the PDU that followed it, in hexadecimal. */
export interface AtLine {
  readonly text: string;
  readonly pdu?: string;
  /** The line that came in the place of the PDU and is not whole octets in hexadecimal, as it came. */
  readonly damagedPdu?: string;
}

/**
 * How a command ended. `payloadTyped`: whether the PDU was typed. If not, the modem cannot have sent the SMS; if so and no
 * answer came, the SMS was perhaps sent.
 */
export type AtResult =
  | { readonly kind: 'ok'; readonly lines: readonly AtLine[]; readonly numeric: boolean }
  | { readonly kind: 'error'; readonly error: AtRefused; readonly payloadTyped: boolean }
  | { readonly kind: 'timeout'; readonly error: AtTimeout; readonly payloadTyped: boolean }
  | { readonly kind: 'aborted'; readonly error: AtAborted; readonly payloadTyped: boolean }
  | { readonly kind: 'lost'; readonly error: PortError; readonly payloadTyped: boolean };

/** The modem refused the command. */
export class AtRefused extends Error {
  override readonly name = 'AtRefused';
  /** The command; SIM secrets in it are masked. */
  readonly command: string;
  readonly code: AtErrorCode;

  constructor(command: string, code: AtErrorCode) {
    const masked = maskSecrets(command);
    super(`${masked} was refused: ${describeError(code)}`);
    this.command = masked;
    this.code = code;
  }

  /** Whether the refusal has one of these numbers. */
  is(family: 'CME' | 'CMS', ...numbers: readonly number[]): boolean {
    return this.code.family === family && numbers.includes(this.code.number);
  }
}

/** The modem did not finish its answer in time. */
export class AtTimeout extends Error {
  override readonly name = 'AtTimeout';
  /** The command; SIM secrets in it are masked. */
  readonly command: string;
  /** The lines that came meanwhile, at most the last 32. */
  readonly received: readonly string[];

  constructor(command: string, timeoutMs: number, received: readonly string[]) {
    const masked = maskSecrets(command);
    const heard = received.length === 0 ? 'nothing came' : `received: ${received.join(' | ')}`;
    super(`${masked} was not answered within ${timeoutMs / 1000} s (${heard})`);
    this.command = masked;
    this.received = received;
  }
}

/** The chat was closed, or its queue was full: the command was not typed, or its answer is not waited for. */
export class AtAborted extends Error {
  override readonly name = 'AtAborted';
  readonly command: string;

  constructor(command: string, why: string) {
    const masked = maskSecrets(command);
    super(`${masked} was not run: ${why}`);
    this.command = masked;
  }
}
