import { type Cancel, type Clock, sleep } from '../clock.ts';
import { type Port, PortError } from '../port/port.ts';
import { AtAborted, type AtCommand, type AtLine, type AtResult } from './command.ts';
import { Exchange } from './exchange.ts';
import { AtLexer, type AtToken } from './lexer.ts';
import { type FinalCode, finalCodeOf, isNumeric } from './result-codes.ts';
import { Synchroniser } from './synchroniser.ts';
import { LineRouter, type UnsolicitedCode } from './unsolicited.ts';

/** What a chat tells its owner. Both run on the port's turn and must not throw. */
export interface ChatEvents {
  unsolicited(code: UnsolicitedCode): void;
  /** The port is gone, or the modem has not answered ten times in a row. Said once, and last. */
  ended(reason: PortError): void;
}

/** How many commands may wait; one more is refused. */
export const QUEUE_LIMIT = 256;

/** How long a prompt may take, in ms. The slowest that was reported took a second or so. */
const PROMPT_MS = 10_000;

/** After an answer whose only missing part is the final code, that code may take this long, in ms (Wavecom omits it). */
const FINAL_GRACE_MS = 2_000;

/** How long the line must be quiet after a refusal, in ms: some modems say a lone `OK` after `ERROR`. */
const AFTER_ERROR_MS = 200;

/** How long the other answer may take, in ms, when one came that may be an earlier command's. */
const HELD_MS = 30_000;

const CTRL_Z = '\x1a';

/**
 * The conversation with a modem: one command at a time, each with its own answer.
 *
 * A line is matched as a PDU that a header announced, then as a final code, then as what the running command declared,
 * then as an unsolicited code. After a time-out nothing is typed before the modem and the chat agree again
 * ({@link Synchroniser}), so that a late answer never becomes the next command's.
 */
export class Chat {
  readonly #port: Port;
  readonly #clock: Clock;
  readonly #events: ChatEvents;
  readonly #lexer = new AtLexer();
  readonly #router: LineRouter;
  readonly #sync: Synchroniser;
  readonly #queue: Exchange[] = [];
  #current: Exchange | undefined;
  #release: (() => void) | undefined;
  #cancelTimer: Cancel = () => {};
  /** A result that the next line may still prove to be another command's. */
  #provisional: AtResult | undefined;
  #pumping = false;
  #refusedAt = Number.NEGATIVE_INFINITY;
  /** The modem answers in words, not in numbers as after `ATV0`. */
  #isVerbose = false;
  /** The modem was heard to say an `OK` after an error that belongs to nothing. */
  #saysOrphans = false;
  #characterPauseMs = 0;
  #ended: PortError | undefined;

  private constructor(port: Port, clock: Clock, events: ChatEvents) {
    this.#port = port;
    this.#clock = clock;
    this.#events = events;
    this.#router = new LineRouter((code) => events.unsolicited(code));
    this.#sync = new Synchroniser(clock, {
      type: (text) => this.#type(text),
      dead: (silences) => {
        const reason = `${port.name}: the modem did not answer ${silences} times in a row`;
        this.#end(new PortError('lost', port.name, reason));
      },
    });
  }

  /** Opens the port and listens. @throws PortError */
  static async open(port: Port, clock: Clock, events: ChatEvents): Promise<Chat> {
    const chat = new Chat(port, clock, events);
    await port.open({
      data: (octets) => chat.#hear(octets),
      closed: (reason) => chat.#end(reason ?? new PortError('closed', port.name, `${port.name} was closed`)),
    });
    await port.setLines({ dtr: true, rts: true });
    return chat;
  }

  /** Runs a command when those before it are done. Never throws: every ending is a result. */
  run(command: AtCommand): Promise<AtResult> {
    return new Promise((finish) => {
      const exchange = new Exchange(command, finish);
      if (this.#ended !== undefined) this.#abandon(exchange, this.#ended);
      else if (this.#queue.length >= QUEUE_LIMIT) {
        const error = new AtAborted(command.text, `${QUEUE_LIMIT} commands are waiting already`);
        finish({ kind: 'aborted', error, payloadTyped: false });
      } else {
        this.#queue.push(exchange);
        void this.#pump();
      }
    });
  }

  /** The information lines of a command that must succeed. @throws AtRefused, AtTimeout, AtAborted, PortError */
  async ask(command: AtCommand): Promise<readonly AtLine[]> {
    const result = await this.run(command);
    if (result.kind !== 'ok') throw result.error;
    return result.lines;
  }

  /**
   * Wakes a modem in an unknown state: leaves a prompt that may be open, throws away what waits in the line, and types
   * `AT` until it is answered, by anything. False when `attempts` went unanswered.
   */
  async wake(attempts: number): Promise<boolean> {
    this.#sync.suspectPrompt();
    return this.#sync.run(attempts);
  }

  /** From now on pauses this long after each character, in ms: some modems lose what comes faster. */
  typeSlowly(characterPauseMs: number): void {
    this.#characterPauseMs = characterPauseMs;
  }

  /** Ends the chat and closes the port. What runs and waits is aborted. */
  async close(): Promise<void> {
    this.#end(new PortError('closed', this.#port.name, `${this.#port.name} was closed`), false);
    await this.#port.close();
  }

  async #pump(): Promise<void> {
    if (this.#pumping) return;
    this.#pumping = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      await this.#sync.settle(next.command.response);
      if (this.#ended === undefined) await this.#exchange(next);
      else this.#abandon(next, this.#ended);
    }
    this.#pumping = false;
  }

  #exchange(exchange: Exchange): Promise<void> {
    return new Promise((release) => {
      this.#current = exchange;
      this.#release = release;
      this.#expect(exchange, exchange.awaitsPrompt ? PROMPT_MS : exchange.timeoutMs);
      this.#type(`${exchange.command.text}\r`);
    });
  }

  #finish(exchange: Exchange, result: AtResult): void {
    if (result.kind === 'error') {
      this.#refusedAt = this.#clock.now();
      this.#sync.waitForQuiet(AFTER_ERROR_MS);
    }
    if (result.kind !== 'timeout') this.#sync.heardAnswer(exchange.command.response);
    exchange.finish(result);
    this.#leave();
  }

  /** Nothing is running any more: the next command may be typed. */
  #leave(): void {
    this.#cancelTimer();
    this.#provisional = undefined;
    this.#current = undefined;
    this.#router.forgetAnswer();
    this.#release?.();
  }

  #expire(exchange: Exchange, waitedMs: number): void {
    const result = exchange.resultOfSilence(waitedMs);
    if (result.kind !== 'timeout') {
      this.#finish(exchange, result);
      return;
    }
    const { response, payload } = exchange.command;
    this.#router.forgetText();
    this.#sync.lostAnswer(response, payload !== undefined);
    this.#isVerbose = false;
    const repetition = this.#ended === undefined ? exchange.repetition() : undefined;
    if (repetition === undefined) this.#finish(exchange, result);
    else {
      this.#queue.unshift(repetition);
      this.#leave();
    }
  }

  #hear(octets: Uint8Array): void {
    this.#sync.heardOctets();
    for (const token of this.#lexer.read(octets)) this.#take(token);
  }

  #take(token: AtToken): void {
    if (token.kind === 'prompt') this.#takePrompt();
    else if (token.kind === 'line') this.#takeLine(token.text);
    else this.#current?.noteReceived(token.text.slice(0, 80));
  }

  #takePrompt(): void {
    const exchange = this.#current;
    if (exchange?.awaitsPrompt !== true) {
      this.#sync.suspectPrompt();
      return;
    }
    exchange.payloadTyped = true;
    this.#dropHeld(exchange);
    this.#becomeCertain(exchange);
    this.#type(`${exchange.command.payload}${CTRL_Z}`);
  }

  #takeLine(text: string): void {
    const exchange = this.#current;
    if (exchange?.isEcho(text)) return;
    exchange?.noteReceived(text);
    if (this.#router.takeContinuation(text)) return;
    const code = finalCodeOf(text, this.#isVerbose);
    if (code !== undefined) {
      if (exchange === undefined && this.#isOrphan(code)) this.#saysOrphans = true;
      // A late answer whose line has come ends with OK: a refusal is the running command's.
      else if (exchange === undefined || (this.#sync.isOwed() && code.kind === 'ok')) this.#sync.heardFinal();
      else if (exchange.isUndecidedBy(code)) return;
      // A prompt is due, and only a refusal can come in its place: an `OK` is somebody else's.
      else if (code.kind === 'error' || !exchange.awaitsPrompt) {
        if (code.kind === 'ok') this.#isVerbose = !isNumeric(text);
        this.#decide(exchange, exchange.resultOf(code, text));
      }
    } else if (exchange?.expects(text)) {
      if (exchange.hold({ kind: 'ok', lines: [{ text }], numeric: false }, text)) {
        this.#expect(exchange, HELD_MS);
        return;
      }
      this.#dropHeld(exchange);
      this.#router.takeAnswer(text, exchange);
      this.#becomeCertain(exchange);
    } else if (this.#router.takeUnsolicited(text)) {
      this.#sync.heardLine(text);
    } else if (exchange?.command.plain === true) {
      exchange.add({ text });
      this.#becomeCertain(exchange);
    }
  }

  /** An `OK` right after a refusal: some modems say one that belongs to nothing. */
  #isOrphan({ kind }: FinalCode): boolean {
    const isAfterRefusal = this.#clock.now() - this.#refusedAt <= AFTER_ERROR_MS;
    return kind === 'ok' && isAfterRefusal && (this.#saysOrphans || !this.#sync.inDoubt());
  }

  /** Takes the result at once, or, while another answer may be on its way, only when no other final code follows. */
  #decide(exchange: Exchange, result: AtResult): void {
    if (this.#saysOrphans && this.#provisional?.kind === 'error' && result.kind === 'ok') return;
    if (result.kind === 'error' && exchange.hold(result)) {
      this.#expect(exchange, HELD_MS);
      return;
    }
    this.#dropHeld(exchange);
    if (this.#provisional !== undefined) this.#sync.heardFinal();
    this.#router.forgetAnswer();
    if (exchange.hasEvidence || !this.#sync.inDoubt()) {
      this.#finish(exchange, result);
      return;
    }
    this.#provisional = result;
    this.#arm(this.#sync.guardMs, () => this.#finish(exchange, result));
  }

  #dropHeld(exchange: Exchange): void {
    if (exchange.dropHeld()) this.#sync.heardFinal();
  }

  /** A line came that is surely this command's: its final code is still to come, whatever was taken for it. */
  #becomeCertain(exchange: Exchange): void {
    if (this.#provisional !== undefined) this.#sync.heardFinal();
    this.#provisional = undefined;
    this.#expect(exchange, exchange.onlyFinalMissing ? FINAL_GRACE_MS : exchange.timeoutMs);
  }

  #expect(exchange: Exchange, waitMs: number): void {
    this.#arm(waitMs, () => this.#expire(exchange, waitMs));
  }

  #arm(delayMs: number, task: () => void): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#clock.after(delayMs, task);
  }

  #type(text: string): void {
    this.#write(text).catch((error: unknown) => {
      const { name } = this.#port;
      this.#end(error instanceof PortError ? error : new PortError('failed', name, `${name}: ${String(error)}`));
    });
  }

  async #write(text: string): Promise<void> {
    if (this.#characterPauseMs === 0) return this.#port.write(Buffer.from(text, 'latin1'));
    for (const character of text) {
      await this.#port.write(Buffer.from(character, 'latin1'));
      await sleep(this.#clock, this.#characterPauseMs);
    }
  }

  #end(reason: PortError, tell = true): void {
    if (this.#ended !== undefined) return;
    this.#ended = reason;
    this.#sync.stop();
    const current = this.#current;
    if (current !== undefined) this.#finish(current, this.#abandonment(current, reason));
    for (const waiting of this.#queue.splice(0)) this.#abandon(waiting, reason);
    if (tell) this.#events.ended(reason);
  }

  #abandon(exchange: Exchange, reason: PortError): void {
    exchange.finish(this.#abandonment(exchange, reason));
  }

  #abandonment({ command, payloadTyped }: Exchange, reason: PortError): AtResult {
    if (reason.code !== 'closed') return { kind: 'lost', error: reason, payloadTyped };
    return { kind: 'aborted', error: new AtAborted(command.text, reason.message), payloadTyped };
  }
}
