import type { MidletContext } from '../context.ts';
import { IllegalArgumentException, InterruptedIOException, IOException } from '../errors.ts';
import { formatSmsAddress, parseSmsAddress, type SmsAddress } from './address.ts';
import type { MessagingPlatform, PlatformMessage } from './platform.ts';

/** A message of text (`javax.wireless.messaging.TextMessage`). */
export interface TextMessage {
  readonly kind: 'text';
  /** The receiver of a message to send, the sender of a received one: an `sms:` address. */
  readonly address: string;
  readonly text: string;
}

/** A message of octets (`javax.wireless.messaging.BinaryMessage`). */
export interface BinaryMessage {
  readonly kind: 'binary';
  readonly address: string;
  readonly data: Uint8Array;
}

/** A message (`javax.wireless.messaging.Message`). */
export type Message = TextMessage | BinaryMessage;

/** What a {@link MessageConnection} sends; without an address to the number that it was opened on. */
export type OutgoingMessage = (Omit<TextMessage, 'address'> | Omit<BinaryMessage, 'address'>) & {
  readonly address?: string;
};

/** A received message; `timestamp` is that of the service centre, ms since 1970. */
export type ReceivedMessage = Message & { readonly timestamp: number };

/** SMS that one message takes at most. */
export const SEGMENT_LIMIT = 10;

/** Called once for each message that waits (`javax.wireless.messaging.MessageListener`); fetches it with `receive`. */
export type MessageListener = (connection: MessageConnection) => void;

/**
 * A way to send and receive SMS (JSR-120, `javax.wireless.messaging.MessageConnection`). Opened on `sms://:port` it
 * receives on that port, and sends from it; opened on a number it only sends, and to that number unless a message says another one.
 */
export class MessageConnection {
  readonly #platform: MessagingPlatform;
  readonly #address: SmsAddress;
  /** The calls of {@link receive} that no message has answered yet. */
  readonly #waiting: PromiseWithResolvers<ReceivedMessage>[] = [];
  /** The calls of {@link send} that have not ended. */
  readonly #sending = new Set<(error: Error) => void>();
  #listener: MessageListener | undefined;
  #unread = 0;
  #open = true;

  /** Use {@link openConnection}. */
  constructor(platform: MessagingPlatform, address: SmsAddress) {
    this.#platform = platform;
    this.#address = address;
    if (address.number === undefined && address.port !== undefined) {
      platform.listen(address.port, () => this.#notify());
    }
  }

  /** Sets the listener, and calls it once for each message that already waits. @throws IOException when closed, or opened on a number */
  setMessageListener(listener: MessageListener | undefined): void {
    if (!this.#receives) throw new IOException('The connection does not receive');
    this.#listener = listener;
    const waiting = this.#unread;
    for (let told = 0; told < waiting; told += 1) listener?.(this);
  }

  /**
   * SMS that a message takes; 0 for one that is too long to be sent: over 10.
   * @throws IllegalArgumentException, SecurityException for its address
   */
  numberOfSegments(message: OutgoingMessage): number {
    const { port } = this.#destination(message);
    const segments = this.#platform.segments(payloadOf(message), port !== undefined);
    return segments > SEGMENT_LIMIT ? 0 : segments;
  }

  /**
   * Sends a message; ends when the network has taken it.
   * @throws IOException when the message was not sent, InterruptedIOException when that is unknown or when the connection is closed
   * before, IllegalArgumentException for a message that is too long or has no number to go to, SecurityException without the
   * permission, or for a port that applications may not use
   */
  async send(message: OutgoingMessage): Promise<void> {
    if (!this.#open) throw new IOException('The connection is closed');
    const destination = this.#destination(message);
    if (this.numberOfSegments(message) === 0) {
      throw new IllegalArgumentException(`The message takes more than ${SEGMENT_LIMIT} SMS`);
    }
    const closed = Promise.withResolvers<void>();
    this.#sending.add(closed.reject);
    const source = this.#address.number === undefined ? this.#address.port : undefined;
    try {
      await Promise.race([
        this.#platform.send({ ...destination, payload: payloadOf(message) }, source),
        closed.promise,
      ]);
    } finally {
      this.#sending.delete(closed.reject);
    }
  }

  /** The oldest message that waits, or else the next one. @throws InterruptedIOException when the connection is closed before */
  receive(): Promise<ReceivedMessage> {
    const { port } = this.#address;
    if (!this.#receives || port === undefined)
      return Promise.reject(new IOException('The connection does not receive'));
    const message = this.#platform.take(port);
    if (message !== undefined) {
      this.#unread = Math.max(0, this.#unread - 1);
      return Promise.resolve(received(message));
    }
    const waiting = Promise.withResolvers<ReceivedMessage>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  /** Ends the connection and frees its port. Closing it again does nothing. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    const { port, number } = this.#address;
    if (number === undefined && port !== undefined) this.#platform.close(port);
    const closed = new InterruptedIOException('The connection was closed');
    for (const { reject } of this.#waiting.splice(0)) reject(closed);
    for (const reject of this.#sending) reject(closed);
  }

  get #receives(): boolean {
    return this.#open && this.#address.number === undefined && this.#address.port !== undefined;
  }

  #destination({ address }: OutgoingMessage): { readonly number: string; readonly port?: number } {
    const { number, port } = address === undefined ? this.#address : parseSmsAddress(address);
    if (number === undefined) throw new IllegalArgumentException('A message needs a number to go to');
    return { number, ...(port === undefined ? {} : { port }) };
  }

  #notify(): void {
    const next = this.#waiting.shift();
    if (next !== undefined) {
      next.resolve(this.receive());
      return;
    }
    this.#unread += 1;
    this.#listener?.(this);
  }
}

/**
 * Opens a connection (`javax.microedition.io.Connector.open`).
 * @throws SecurityException without the permission, or for a port that applications may not use, IOException when the port is already open
 */
export function openConnection(context: MidletContext, url: string): MessageConnection {
  return new MessageConnection(context.messaging, parseSmsAddress(url));
}

function payloadOf(message: OutgoingMessage): PlatformMessage['payload'] {
  return message.kind === 'text' ? { kind: 'text', text: message.text } : { kind: 'binary', data: message.data };
}

function received(message: PlatformMessage): ReceivedMessage {
  const { payload, timestamp } = message;
  const address = formatSmsAddress(message);
  return payload.kind === 'text'
    ? { kind: 'text', address, text: payload.text, timestamp }
    : { kind: 'binary', address, data: payload.data, timestamp };
}
