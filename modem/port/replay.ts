import type { Cancel, Clock } from '../clock.ts';
import { SecretMask } from './mask.ts';
import { type Port, PortError, type PortEvents } from './port.ts';
import type { TraceEvent } from './trace.ts';

/** Where the host did something else than in the recording. */
export interface Divergence {
  /** Index of the recorded event. */
  readonly event: number;
  /** What the recording has there; secrets are masked. */
  readonly recorded: string;
  /** What was typed instead. */
  readonly typed: string;
}

/** A port that plays a recording. */
export interface ReplayPort extends Port {
  readonly divergence: Divergence | undefined;
  /** Whether everything that was recorded has been played. */
  readonly isFinished: boolean;
  /** What the host typed from here on in the recording: commands, PDUs and ESC, each with what ended it. */
  readonly remaining: readonly string[];
  /**
   * Calls `listener` when the host is to type next what comes first in {@link remaining}: when it did so in the recording,
   * or, where it had that at hand while it waited for an answer, already now.
   */
  onTurn(listener: () => void): void;
}

/** A host that types so much earlier than recorded, in ms, does not wait any the less. */
const SLACK_MS = 100;

/** What a host types so soon after an answer, in ms, it had at hand before. */
const AT_HAND_MS = 5;

/** What ends something typed: a command, a PDU, and leaving a prompt. */
const TYPED_ENDS: readonly string[] = ['\r', '\x1a', '\x1b'];

/**
 * A port without a modem: as long as the host types what it typed in the recording, it hears what it heard then, at the
 * same times. When it types something else, or the recording ends, the port is lost.
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
  /** Index of the recorded event that was told last as the host's. */
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

  /** What was recorded at `at` was typed just now. A little too early, and what is heard next comes when it came then. */
  #keepPace(at: number): void {
    const early = at + this.#aheadMs - this.#clock.now();
    if (early < 0 || early > SLACK_MS) this.#aheadMs -= early;
  }

  /** What was typed as soon as an answer had come was at hand before. */
  #lookAhead(): void {
    const turn = this.#events.findIndex(({ kind }, index) => index >= this.#next && kind === 'sent');
    const [answer, typed] = [this.#events[turn - 1], this.#events[turn]];
    if (answer !== undefined && typed !== undefined && typed.at - answer.at <= AT_HAND_MS) this.#tell(turn);
  }

  #tell(turn: number): void {
    if (turn <= this.#toldTurn) return;
    this.#toldTurn = turn;
    this.#tellTurn();
  }

  /** Plays what was heard next, each event when it came, until the host is to type. */
  #play(): void {
    this.#cancel();
    const event = this.#events[this.#next];
    if (event === undefined) {
      this.#leave(new PortError('lost', this.name, 'the recording ends here'));
      return;
    }
    this.#cancel = this.#clock.after(event.at + this.#aheadMs - this.#clock.now(), () => {
      if (event.kind === 'sent') {
        this.#tell(this.#next);
        return;
      }
      this.#next += 1;
      const next = this.#next;
      if (event.kind === 'received') this.#host?.data(event.octets);
      if (event.kind === 'closed') this.#leave(new PortError('lost', this.name, event.reason ?? 'closed, as recorded'));
      // The host may have typed what was due while it heard: then it goes on already.
      else if (this.#next === next) this.#play();
    });
  }

  /** The host types a little earlier than it did: it hears first what it had heard by then. */
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

/** What the host typed in the recording, each with what ended it. */
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
