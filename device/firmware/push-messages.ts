import { z } from 'zod';
import type { Clock } from '../../modem/index.ts';
import { type Flash, FlashError } from '../hal/index.ts';
import type { PlatformMessage } from '../midp/index.ts';
import { readSection } from './section.ts';

/** A message to a port, waiting until its application reads it. */
export interface PushMessage {
  /** The id of the suite that it is for; absent in the first version of the flash: then the port tells. */
  readonly suite?: string;
  readonly port: number;
  readonly from: string;
  readonly sourcePort: number;
  /** When the service centre took it, ms since 1970. */
  readonly sentAt: number;
  readonly payload: PlatformMessage['payload'];
}

/** What waits for one suite at most, messages and octets: so that a suite that never reads holds up neither the others nor the SIM. */
const CAPACITY = 30;
const OCTETS = 40_000;

const SECTION = 'push';
const stored = z.array(
  z.object({
    suite: z.string().exactOptional(),
    port: z.int(),
    from: z.string(),
    sourcePort: z.int(),
    sentAt: z.number(),
    payload: z.union([z.object({ text: z.string() }), z.object({ data: z.hex() })]),
  }),
);

/**
 * The messages that wait for applications, oldest first, in the flash. A message that its application has read is deleted
 * from the flash in the next turn of the event loop: after a power cut before that the application gets it again.
 */
export class PushMessages {
  readonly #flash: Flash;
  readonly #clock: Clock;
  #messages: readonly PushMessage[];
  #taken: readonly PushMessage[] = [];

  /** @throws FlashError `damaged` */
  constructor(flash: Flash, clock: Clock) {
    this.#flash = flash;
    this.#clock = clock;
    this.#messages = (readSection(flash, SECTION, stored) ?? []).map((message) => ({
      ...message,
      payload:
        'text' in message.payload
          ? { kind: 'text', text: message.payload.text }
          : { kind: 'binary', data: new Uint8Array(Buffer.from(message.payload.data, 'hex')) },
    }));
  }

  /** Port and suite of each message that waits. */
  get waiting(): readonly Pick<PushMessage, 'port' | 'suite'>[] {
    return this.#messages;
  }

  /** Ports on which messages wait for a suite, each as often as there are messages. */
  waitingFor(suite: string): readonly number[] {
    return this.#messages.filter((message) => isFor(message, suite)).map(({ port }) => port);
  }

  /**
   * Keeps a message: when this returns, the message is in the flash. A suite for which too much waits loses its oldest message.
   * @throws FlashError `full`
   */
  add(message: PushMessage): void {
    const own = this.#messages.filter(({ suite }) => suite === message.suite);
    const tooOld = new Set(own.slice(0, surplusOf([...own, message])));
    this.#save([...this.#messages.filter((waiting) => !tooOld.has(waiting)), message]);
  }

  /** Deletes the messages for suites that the phone has no longer. @throws FlashError */
  retain(has: (suite: string) => boolean): void {
    const kept = this.#messages.filter(({ suite }) => suite === undefined || has(suite));
    if (kept.length < this.#messages.length) this.#save(kept);
  }

  /** Takes the oldest message for a port of a suite. */
  take(port: number, suite: string): PushMessage | undefined {
    const message = this.#messages.find((waiting) => waiting.port === port && isFor(waiting, suite));
    if (message === undefined) return undefined;
    this.#messages = this.#messages.filter((waiting) => waiting !== message);
    this.#taken = [...this.#taken, message];
    this.#clock.after(0, () => this.#forget(message));
    return message;
  }

  #forget(message: PushMessage): void {
    this.#taken = this.#taken.filter((taken) => taken !== message);
    try {
      this.#save(this.#messages);
    } catch (error) {
      // The next write of the flash leaves the message out; after a power cut before it the application gets it again.
      if (!(error instanceof FlashError)) throw error;
    }
  }

  #save(messages: readonly PushMessage[]): void {
    this.#flash.write(
      SECTION,
      [...this.#taken, ...messages].map(({ payload, ...message }) => ({
        ...message,
        payload: payload.kind === 'text' ? { text: payload.text } : { data: Buffer.from(payload.data).toString('hex') },
      })),
    );
    this.#messages = messages;
  }
}

/** How many of the oldest messages are too many. */
function surplusOf(messages: readonly PushMessage[]): number {
  let octets = 0;
  const kept = messages.toReversed().findIndex(({ payload }, index) => {
    octets += payload.kind === 'text' ? Buffer.byteLength(payload.text) : payload.data.length;
    return index >= CAPACITY || octets > OCTETS;
  });
  return kept < 0 ? 0 : messages.length - Math.max(1, kept);
}

function isFor(message: PushMessage, suite: string): boolean {
  return message.suite === undefined || message.suite === suite;
}
