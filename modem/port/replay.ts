import type { Cancel, Clock } from '../clock.ts';
import { SecretMask } from './mask.ts';
import { type Port, PortError, type PortEvents } from './port.ts';
import type { TraceEvent } from './trace.ts';

/** The place where the host typed something else than in the recording. */
export interface Divergence {
  /** Index of the recorded event. */
  readonly event: number;
  /** What the recording has there; secrets are masked. */
  readonly recorded: string;
  /** What the host typed instead. */
  readonly typed: string;
}

/** A port that plays a recording. */
export interface ReplayPort extends Port {
  readonly divergence: Divergence | undefined;
  /** Whether everything that was recorded has been played. */
  readonly isFinished: boolean;
  /** What the host types from here on in the recording: commands, PDUs and ESC, each with the CR, Ctrl-Z or ESC that ends it. */
  readonly remaining: readonly string[];
  /**
   * Calls `listener` when the host should type the first of {@link remaining}: at the time of the recording. Where the
   * recorded host typed at once after an answer, the command was waiting already, and `listener` is called before the answer.
   * With nothing remaining the host should close the port: where it closed at once after an answer, `listener` is called
   * within the event that brings the answer.
   */
  onTurn(listener: () => void): void;
}

/** A host that types earlier than recorded by at most so much, in ms, still hears the answer at the recorded time. */
const SLACK_MS = 100;

/**
 * A command typed within this time after an answer, in ms, counts as one that was waiting for that answer: the recording
 * does not say whether it was. Long, because a busy machine stops a program between the answer and the command; yet as short
 * as the shortest pause of the driver, so that the driver types nothing of its own in between.
 */
const AT_HAND_MS = 1_000;

/** CR ends a command, Ctrl-Z a PDU, ESC leaves a prompt. */
const TYPED_ENDS: readonly string[] = ['\r', '\x1a', '\x1b'];

/**
 * A port without a modem: as long as the host types what was typed in the recording, the recorded octets come, at the
 * recorded times. When the host types something else, or the recording ends, the port is lost.
 */
export function replayPort(events: readonly TraceEvent[], clock: Clock): ReplayPort {
  return new Replay(events, clock);
}

class Replay implements ReplayPort {
  readonly name = 'recording';
  readonly #events: readonly TraceEvent[];
  readonly #clock: Clock;
  #next = 0;
  /** By how much the clock is ahead of the recording, in ms. */
  #aheadMs = 0;
  /** Octets of the next `sent` event that the host has typed already. */
  #typed = 0;
  #mask = new SecretMask();
  #host: PortEvents | undefined;
  #cancel: Cancel = () => {};
  #tellTurn: () => void = () => {};
  /** Index of the last `sent` event for which the listener of `onTurn` was called. */
  #toldTurn = -1;
  divergence: Divergence | undefined;

  constructor(events: readonly TraceEvent[], clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  get isFinished(): boolean {
    return this.#next >= this.#events.length;
  }

  get remaining(): readonly string[] {
    return typedIn(this.#events.slice(this.#next));
  }

  onTurn(listener: () => void): void {
    this.#tellTurn = listener;
    if (this.#toldTurn >= this.#next) listener();
  }

  async open(host: PortEvents): Promise<void> {
    const opening = this.#events.findIndex(({ kind }, index) => index >= this.#next && kind === 'opened');
    if (opening === -1)
      throw new PortError('missing', this.name, 'the recording ends here: the port is not opened again');
    this.#host = host;
    this.#next = opening + 1;
    this.#typed = 0;
    this.#mask = new SecretMask();
    this.#aheadMs = this.#clock.now() - (this.#events[opening]?.at ?? 0);
    this.#play();
  }

  async write(octets: Uint8Array): Promise<void> {
    if (this.#host === undefined) throw new PortError('closed', this.name, `${this.name} is closed`);
    this.#catchUp();
    for (const octet of this.#mask.apply(octets)) {
      const expected = this.#events[this.#next];
      if (expected?.kind !== 'sent' || expected.octets[this.#typed] !== octet) return this.#diverge(expected, octets);
      this.#typed += 1;
      if (this.#typed < expected.octets.length) continue;
      this.#typed = 0;
      this.#next += 1;
      this.#keepPace(expected.at);
      this.#play();
      this.#lookAhead();
    }
  }

  async setLines(): Promise<void> {}

  async close(): Promise<void> {
    this.#catchUp();
    if (this.#host !== undefined && this.#events[this.#next]?.kind === 'closed') this.#next += 1;
    this.#leave();
  }

  /**
   * Moves the times of the recording so that `at`, when the host typed in the recording, is now. Not when the host is only
   * a little early: then the next octets come at their old time.
   */
  #keepPace(at: number): void {
    const early = at + this.#aheadMs - this.#clock.now();
    if (early < 0 || early > SLACK_MS) this.#aheadMs -= early;
  }

  /** Calls the listener for the next command already, if that was typed at once after the answer before it. */
  #lookAhead(): void {
    const turn = this.#events.findIndex(({ kind }, index) => index >= this.#next && kind === 'sent');
    if (this.#isAtHand(turn)) this.#tell(turn);
  }

  /** Whether the host did this at once after the event before. */
  #isAtHand(turn: number): boolean {
    const [before, event] = [this.#events[turn - 1], this.#events[turn]];
    return before !== undefined && event !== undefined && event.at - before.at <= AT_HAND_MS;
  }

  /** Whether the host closed the port here for good. */
  #isHostsEnd(event: TraceEvent): boolean {
    return event.kind === 'closed' && event.reason === undefined && event === this.#events.at(-1);
  }

  #tell(turn: number): void {
    if (turn <= this.#toldTurn) return;
    this.#toldTurn = turn;
    this.#tellTurn();
  }

  /** Plays the events at their times, until the next one is something that the host types. */
  #play(): void {
    this.#cancel();
    const event = this.#events[this.#next];
    if (event === undefined) {
      this.#leave(new PortError('lost', this.name, 'the recording ends here'));
      return;
    }
    if (this.#isHostsEnd(event) && this.#isAtHand(this.#next)) this.#tell(this.#next);
    this.#cancel = this.#clock.after(event.at + this.#aheadMs - this.#clock.now(), () => {
      if (event.kind === 'sent' || this.#isHostsEnd(event)) this.#tell(this.#next);
      if (event.kind === 'sent') return;
      this.#next += 1;
      const next = this.#next;
      if (event.kind === 'received') this.#host?.data(event.octets);
      if (event.kind === 'closed') this.#leave(new PortError('lost', this.name, event.reason ?? 'closed, as recorded'));
      // The host may type the next command within `data`: then `write` has continued the playing.
      else if (this.#next === next) this.#play();
    });
  }

  /** The host types a little earlier than recorded: the octets that the recording has before come first, at once. */
  #catchUp(): void {
    for (let event = this.#events[this.#next]; event?.kind === 'received'; event = this.#events[this.#next]) {
      this.#cancel();
      this.#next += 1;
      this.#host?.data(event.octets);
    }
  }

  #diverge(expected: TraceEvent | undefined, typed: Uint8Array): void {
    const recorded =
      expected !== undefined && 'octets' in expected ? textOf(expected.octets) : (expected?.kind ?? 'its end');
    this.divergence ??= { event: this.#next, recorded, typed: textOf(new SecretMask().apply(typed)) };
    this.#leave(new PortError('lost', this.name, `the recording has ${JSON.stringify(recorded)} here`));
  }

  #leave(reason?: PortError): void {
    const host = this.#host;
    this.#host = undefined;
    this.#cancel();
    if (host !== undefined) queueMicrotask(() => host.closed(reason));
  }
}

/** What the host typed in the recording: commands, PDUs and ESC, each with the CR, Ctrl-Z or ESC that ends it. */
export function typedIn(events: readonly TraceEvent[]): readonly string[] {
  const typed: string[] = [];
  let text = '';
  for (const event of events) {
    if (event.kind !== 'sent') continue;
    text += textOf(event.octets);
    if (!TYPED_ENDS.includes(text.at(-1) ?? '')) continue;
    typed.push(text);
    text = '';
  }
  return typed;
}

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}
