import { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';
import type { PlatformMessage } from '../midp/index.ts';
import { readSection } from './section.ts';

/** A message to a port, waiting until its application reads it. */
export interface PushMessage {
  readonly port: number;
  readonly from: string;
  readonly sourcePort: number;
  /** When the service centre took it, ms since 1970. */
  readonly sentAt: number;
  readonly payload: PlatformMessage['payload'];
}

/** Messages that wait at most. When it is full, newer ones wait in the SIM and in the network. */
const PUSH_CAPACITY = 30;

const SECTION = 'push';
const stored = z.array(
  z.object({
    port: z.int(),
    from: z.string(),
    sourcePort: z.int(),
    sentAt: z.number(),
    payload: z.union([z.object({ text: z.string() }), z.object({ data: z.hex() })]),
  }),
);

/** The messages that wait for applications, oldest first, in the flash. */
export class PushMessages {
  readonly #flash: Flash;
  #messages: readonly PushMessage[];

  /** @throws FlashError `damaged` */
  constructor(flash: Flash) {
    this.#flash = flash;
    this.#messages = (readSection(flash, SECTION, stored) ?? []).map((message) => ({
      ...message,
      payload:
        'text' in message.payload
          ? { kind: 'text', text: message.payload.text }
          : { kind: 'binary', data: new Uint8Array(Buffer.from(message.payload.data, 'hex')) },
    }));
  }

  /** Ports on which messages wait, each as often as there are messages. */
  get waitingPorts(): readonly number[] {
    return this.#messages.map(({ port }) => port);
  }

  /** Keeps a message, safely once it returns. @throws FlashError `full` */
  add(message: PushMessage): void {
    if (this.#messages.length >= PUSH_CAPACITY) {
      throw new FlashError('full', `${PUSH_CAPACITY} messages wait for applications that do not read them`);
    }
    this.#save([...this.#messages, message]);
  }

  /** The oldest message for a port, which is forgotten. */
  take(port: number): PushMessage | undefined {
    const index = this.#messages.findIndex((message) => message.port === port);
    const message = this.#messages[index];
    if (message !== undefined) this.#save(this.#messages.toSpliced(index, 1));
    return message;
  }

  #save(messages: readonly PushMessage[]): void {
    this.#flash.write(
      SECTION,
      messages.map(({ payload, ...message }) => ({
        ...message,
        payload: payload.kind === 'text' ? { text: payload.text } : { data: Buffer.from(payload.data).toString('hex') },
      })),
    );
    this.#messages = messages;
  }
}
