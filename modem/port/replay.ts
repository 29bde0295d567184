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
}

/**
 * A port without a modem: as long as the host types what it typed in the recording, it hears what it heard then, after
 * the same times. When it types something else, or the recording ends, the port is lost.
 */
export function replayPort(events: readonly TraceEvent[], clock: Clock): ReplayPort {
  return new Replay(events, clock);
}

class Replay implements ReplayPort {
  readonly name = 'recording';
  readonly #events: readonly TraceEvent[];
  readonly #clock: Clock;
  #next = 0;
  /** Octets of the next `sent` event that the host has typed already. */
  #typed = 0;
  #mask = new SecretMask();
  #host: PortEvents | undefined;
  #cancel: Cancel = () => {};
  divergence: Divergence | undefined;

  constructor(events: readonly TraceEvent[], clock: Clock) {
    this.#events = events;
    this.#clock = clock;
  }

  get isFinished(): boolean {
    return this.#next >= this.#events.length;
  }

  async open(host: PortEvents): Promise<void> {
    const opening = this.#events.findIndex(({ kind }, index) => index >= this.#next && kind === 'opened');
    if (opening === -1)
      throw new PortError('missing', this.name, 'the recording ends here: the port is not opened again');
    this.#host = host;
    this.#next = opening + 1;
    this.#typed = 0;
    this.#mask = new SecretMask();
    this.#play(this.#events[opening]?.at ?? 0);
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
      this.#play(expected.at);
    }
  }

  async setLines(): Promise<void> {}

  async close(): Promise<void> {
    this.#leave();
  }

  /** Plays what was heard next, each event as long after the one before as it was, until the host is to type. */
  #play(before: number): void {
    const event = this.#events[this.#next];
    if (event?.kind === 'sent') return;
    if (event === undefined) {
      this.#leave(new PortError('lost', this.name, 'the recording ends here'));
      return;
    }
    this.#cancel = this.#clock.after(event.at - before, () => {
      this.#next += 1;
      if (event.kind === 'received') this.#host?.data(event.octets);
      if (event.kind === 'closed') this.#leave(new PortError('lost', this.name, event.reason ?? 'closed, as recorded'));
      else this.#play(event.at);
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

function textOf(octets: Uint8Array): string {
  return Buffer.from(octets).toString('latin1');
}
