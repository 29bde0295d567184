import { type Cancel, type Clock, sleep } from '../clock.ts';
import { type Port, PortError } from '../port/port.ts';
import { AtAborted, type AtCommand, type AtLine, type AtResult } from './command.ts';
import { Exchange } from './exchange.ts';
import type { AtToken } from './lexer.ts';
import { Matcher, type MatchOutcome, STRAY_MS } from './matcher.ts';
import { Pace } from './pace.ts';
import { Synchroniser } from './synchroniser.ts';
import { TokenReader } from './token-reader.ts';
import { LineRouter, type UnsolicitedCode } from './unsolicited.ts';

/** The events of a chat. Both are called from the port's events and must not throw. */
export interface ChatEvents {
  unsolicited(code: UnsolicitedCode): void;
  /** The port is gone, or the modem does not answer any more. Called once, as the last event. */
  ended(reason: PortError): void;
}

/** How many commands may wait; one more is refused. */
export const QUEUE_LIMIT = 256;

/** How long a prompt may take, in ms. The slowest prompt that was reported took about a second. */
const PROMPT_MS = 10_000;

/** How long the `OK` may take after a complete information line, in ms: Wavecom Q2 never sends it after `+CPIN: READY`. */
const FINAL_GRACE_MS = 2_000;

/** Time-outs are longer by so many times {@link Pace.ms}: the answer itself, and one late answer that comes before it. */
const PACES = 2;

const CTRL_Z = '\x1a';

/**
 * The conversation with a modem: one command at a time, each with its own answer.
 *
 * The {@link Matcher} decides to which command a line belongs. After a time-out the {@link Synchroniser} types `AT` until
 * modem and chat are in step; only then the next command is typed. So a late answer is not taken for the next command's.
 */
export class Chat {
  readonly #port: Port;
  readonly #clock: Clock;
  readonly #events: ChatEvents;
  readonly #reader: TokenReader;
  readonly #router: LineRouter;
  readonly #pace = new Pace();
  readonly #matcher: Matcher;
  readonly #sync: Synchroniser;
  readonly #queue: Exchange[] = [];
  #current: Exchange | undefined;
  #typedAt = 0;
  #heardAt = 0;
  #release: (() => void) | undefined;
  #cancelTimer: Cancel = () => {};
  #pumping = false;
  #characterPauseMs = 0;
  #ended: PortError | undefined;

  private constructor(port: Port, clock: Clock, events: ChatEvents) {
    this.#port = port;
    this.#clock = clock;
    this.#events = events;
    this.#reader = new TokenReader(clock, (token) => this.#take(token));
    this.#router = new LineRouter(clock, (code) => events.unsolicited(code));
    this.#matcher = new Matcher(clock, this.#router, this.#pace, {
      takesFinal: () => this.#sync.takesFinal(),
      settled: () => this.#sync.settled(),
    });
    this.#sync = new Synchroniser(clock, this.#pace, this.#matcher, {
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

  /** Runs a command when all earlier commands are done. Never throws: a failure is a result too. */
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
   * Wakes a modem in an unknown state: types these lines (`AT`, `ATQ0`) one after the other until an answer comes, whatever
   * it says; then waits for the answers to the other typed lines. False when no answer came.
   */
  wake(lines: readonly string[]): Promise<boolean> {
    return this.#sync.run(lines);
  }

  /** The shortest time in which the modem gives any answer, in ms; 0 for a fast modem. */
  get paceMs(): number {
    return this.#pace.ms;
  }

  /** From now on pauses this long after each character, in ms: a Siemens M20 loses characters that come faster. */
  typeSlowly(characterPauseMs: number): void {
    this.#characterPauseMs = characterPauseMs;
  }

  /** Ends the chat and closes the port. The running command and those that wait are aborted. */
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
      this.#typedAt = this.#clock.now();
      this.#matcher.begin(exchange);
      this.#expect(exchange, this.#patience(exchange.awaitsPrompt ? PROMPT_MS : exchange.timeoutMs));
      this.#type(`${exchange.command.text}\r`);
    });
  }

  #finish(exchange: Exchange, result: AtResult): void {
    if (result.kind === 'error') this.#sync.waitForQuiet(STRAY_MS);
    if (result.kind !== 'timeout') this.#sync.heardAnswer();
    if ((result.kind === 'ok' || result.kind === 'error') && !exchange.payloadTyped && !this.#matcher.isOwed) {
      this.#pace.answered(this.#heardAt - this.#typedAt);
    }
    this.#leave(result);
    exchange.finish(result);
  }

  /** Ends the running command, so that the next one is typed. */
  #leave(result: AtResult): void {
    this.#cancelTimer();
    this.#matcher.end(result);
    this.#current = undefined;
    this.#release?.();
  }

  #expire(exchange: Exchange, waitedMs: number): void {
    const result = this.#matcher.resultOfSilence(exchange, waitedMs);
    if (result.kind !== 'timeout') {
      this.#finish(exchange, result);
      return;
    }
    this.#sync.lostAnswer(exchange.command.payload !== undefined);
    const repetition = this.#ended === undefined ? exchange.repetition() : undefined;
    if (repetition === undefined) this.#finish(exchange, result);
    else {
      this.#queue.unshift(repetition);
      this.#leave(result);
    }
    // After a `+CUSD` whose closing quote was lost, the lexer has taken the answer for a part of the quoted text.
    this.#reader.giveUpQuoted();
  }

  #hear(octets: Uint8Array): void {
    this.#heardAt = this.#clock.now();
    this.#sync.heardOctets();
    this.#reader.read(octets);
  }

  #take(token: AtToken): void {
    if (token.kind === 'prompt') this.#obey(this.#matcher.takePrompt());
    else if (token.kind === 'line') this.#obey(this.#matcher.takeLine(token.text));
    else this.#current?.noteReceived(token.text.slice(0, 80));
  }

  #obey(outcome: MatchOutcome): void {
    const exchange = this.#current;
    if (outcome.do === 'leave prompt') this.#sync.suspectPrompt();
    if (exchange === undefined) return;
    if (outcome.do === 'finish') this.#finish(exchange, outcome.result);
    else if (outcome.do === 'wait') this.#expect(exchange, outcome.ms ?? this.#rest(exchange));
    else if (outcome.do === 'type payload') {
      exchange.payloadTyped = true;
      this.#expect(exchange, this.#patience(exchange.timeoutMs));
      this.#type(`${exchange.command.payload}${CTRL_Z}`);
    }
  }

  /** How long the rest of an answer that has begun may take, in ms. */
  #rest(exchange: Exchange): number {
    return this.#patience(exchange.onlyFinalMissing ? FINAL_GRACE_MS : exchange.timeoutMs);
  }

  #patience(timeoutMs: number): number {
    return timeoutMs + PACES * this.#pace.ms;
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
    this.#reader.stop();
    this.#router.stop();
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
