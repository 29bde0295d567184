import type { Clock } from '../../modem/index.ts';
import type { CashRegister, EcrResult } from '../merchants/cash-registers.ts';
import { closedMessage, resultMessage, statusMessage, ticketMessages, totalsMessage } from './answers.ts';
import {
  confirmation,
  type Frame,
  FrameReader,
  LRC_MODES,
  type LrcMode,
  lrcOf,
  messageFrame,
  progressFrame,
} from './frame.ts';
import { type EcrRequest, type EcrSetting, readRequest } from './requests.ts';
import { type Progress, type Till, UNKNOWN } from './till.ts';

/** How long the register may take to confirm a message before it is sent again, ms. */
const CONFIRMED_WITHIN_MS = 5_000;

/** How often a message is sent at most. */
const TRANSMISSIONS = 3;

/** So often the register hears that the terminal is still at work, ms. */
const PROGRESS_MS = 3_000;

/** The register that a terminal serves. */
export interface ServedRegister {
  readonly customerInText: boolean;
  /** Its state at this moment. */
  load(): Promise<CashRegister>;
  /** The name of the shop, for receipts. */
  payee(): Promise<string>;
  closeTotals(): Promise<number>;
}

/** What a {@link Terminal} needs. */
export interface TerminalOptions {
  readonly till: Till;
  readonly clock: Clock;
  /** The register that this terminal id belongs to, or `undefined`: then the message is refused. */
  readonly registerOf: (terminal: string) => ServedRegister | undefined;
  readonly write: (octets: Uint8Array) => void;
  /** Hears why a request could not be answered. */
  readonly onFault: (error: unknown) => void;
}

/** The terminal's side of one connection with a cash register (ECR17 over TCP): one request at a time. */
export class Terminal {
  readonly #options: TerminalOptions;
  readonly #reader = new FrameReader();
  /** As the register's first message had it. */
  #mode: LrcMode | undefined;
  /** The request that is being answered. */
  #request: string | undefined;
  #delivery: { readonly confirmed: (kind: 'ack' | 'nak' | 'silence') => void; readonly again: () => void } | undefined;
  /** Whether the register prints the receipt of the next payment or reversal. */
  #prints = false;
  #isOpen = true;

  constructor(options: TerminalOptions) {
    this.#options = options;
  }

  /** Octets came from the register. */
  received(octets: Uint8Array): void {
    for (const frame of this.#reader.take(octets)) this.#take(frame);
  }

  /** The connection is gone. A payment that was asked for goes on: the register asks for the last result later. */
  closed(): void {
    this.#isOpen = false;
    this.#delivery?.confirmed('silence');
  }

  #take(frame: Frame): void {
    if (frame.kind !== 'message') {
      this.#delivery?.confirmed(frame.kind);
      return;
    }
    const { message, lrc } = frame;
    const mode = this.#mode ?? LRC_MODES.find((one) => lrcOf(message, one) === lrc);
    const request = mode !== undefined && lrcOf(message, mode) === lrc ? readRequest(message) : undefined;
    const register = request === undefined ? undefined : this.#options.registerOf(request.terminal);
    if (request === undefined || register === undefined) {
      this.#confirm('nak');
      return;
    }
    this.#mode = mode;
    this.#handle(message, request, register);
  }

  #handle(message: string, request: EcrRequest, register: ServedRegister): void {
    if (message === this.#request) {
      // The register did not hear our ACK: this is the same request, and not another payment.
      this.#confirm('ack');
      this.#delivery?.again();
      return;
    }
    if (request.code === 'U') {
      this.#confirm('ack');
      return;
    }
    if (this.#request !== undefined) {
      this.#confirm('nak');
      return;
    }
    this.#confirm('ack');
    if (request.code === 'E') {
      this.#prints = request.prints;
      return;
    }
    this.#request = message;
    void this.#answer(request, register).finally(() => {
      this.#request = undefined;
    });
  }

  async #answer(request: Exclude<EcrRequest, EcrSetting>, register: ServedRegister): Promise<void> {
    const progress = this.#progress();
    const messages = await this.#messages(request, register, progress.tell)
      .catch((error) => {
        this.#options.onFault(error);
        return this.#withoutResult(request);
      })
      .finally(progress.end);
    for (const message of messages) if (!(await this.#deliver(message))) return;
  }

  async #messages(
    request: Exclude<EcrRequest, EcrSetting>,
    register: ServedRegister,
    progress: Progress,
  ): Promise<readonly string[]> {
    const { till, clock } = this.#options;
    const { terminal } = request;
    const state = await register.load();
    switch (request.code) {
      case 'P':
      case 'X': {
        const result = await till.pay(state, request, register.customerInText, progress);
        return this.#withTicket(register, terminal, result, request.code === 'X');
      }
      case 'S':
        return this.#withTicket(register, terminal, await till.reverse(state, request.stan, progress), false);
      case 'G':
        return [resultMessage(terminal, await till.last(state, progress))];
      case 'R': {
        const result = state.last?.result;
        return result === undefined || !request.prints ? [] : ticketMessages(terminal, await register.payee(), result);
      }
      case 'T':
        return [totalsMessage(terminal, state.total)];
      case 'C':
        return [closedMessage(terminal, await register.closeTotals())];
      case 's':
        return [statusMessage(terminal, clock.now())];
    }
  }

  async #withTicket(
    register: ServedRegister,
    terminal: string,
    result: EcrResult,
    extended: boolean,
  ): Promise<readonly string[]> {
    const ticket = this.#prints ? ticketMessages(terminal, await register.payee(), result) : [];
    this.#prints = false;
    return [resultMessage(terminal, result, extended), ...ticket];
  }

  /** The service had a fault: perhaps the customer was asked. */
  #withoutResult({ code, terminal }: EcrRequest): readonly string[] {
    const result = { stan: 0, at: this.#options.clock.now(), outcome: { ok: false, why: UNKNOWN } } as const;
    return code === 'P' || code === 'X' || code === 'S' || code === 'G' ? [resultMessage(terminal, result)] : [];
  }

  /** Sends a message until the register has it, three times at most. @returns whether it has it */
  async #deliver(message: string): Promise<boolean> {
    for (let transmission = 0; transmission < TRANSMISSIONS && this.#isOpen; transmission += 1) {
      if ((await this.#transmit(messageFrame(message, this.#mode ?? NEXI))) === 'ack') return true;
    }
    return false;
  }

  #transmit(frame: Uint8Array): Promise<'ack' | 'nak' | 'silence'> {
    return new Promise((resolve) => {
      const confirmed = (kind: 'ack' | 'nak' | 'silence') => {
        cancel();
        this.#delivery = undefined;
        resolve(kind);
      };
      const cancel = this.#options.clock.after(CONFIRMED_WITHIN_MS, () => confirmed('silence'));
      this.#delivery = { confirmed, again: () => this.#write(frame) };
      this.#write(frame);
    });
  }

  /** What is happening, at once and every few seconds, so that the register does not give up. */
  #progress(): { readonly tell: Progress; readonly end: () => void } {
    let text: string | undefined;
    let cancel = () => {};
    const send = () => {
      cancel();
      if (text !== undefined) this.#write(progressFrame(text));
      cancel = this.#options.clock.after(PROGRESS_MS, send);
    };
    return {
      tell: (now) => {
        text = now;
        send();
      },
      end: () => {
        cancel();
      },
    };
  }

  #confirm(kind: 'ack' | 'nak'): void {
    this.#write(confirmation(kind, this.#mode ?? NEXI));
  }

  #write(octets: Uint8Array): void {
    if (this.#isOpen) this.#options.write(octets);
  }
}

/** The mode of Nexi's pages, until the register has shown its own. */
const NEXI: LrcMode = { stx: false, etx: true };
