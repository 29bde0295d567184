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

/** What a {@link MessageConnection} sends. */
export type Message = TextMessage | BinaryMessage;

/** A received message; `timestamp` is that of the service centre, ms since 1970. */
export type ReceivedMessage = Message & { readonly timestamp: number };

/** Called once for each message that waits (`javax.wireless.messaging.MessageListener`); fetches it with `receive`. */
export type MessageListener = (connection: MessageConnection) => void;

/**
 * A way to send and receive SMS (JSR-120, `javax.wireless.messaging.MessageConnection`). Opened on `sms://:port` it
 * receives on that port, and sends from it; opened on a number it only sends, to that number.
 */
export class MessageConnection {
  readonly #platform: MessagingPlatform;
  readonly #address: SmsAddress;
  /** The calls of {@link receive} that no message has answered yet. */
  readonly #waiting: PromiseWithResolvers<ReceivedMessage>[] = [];
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

  /** Sets the listener, and calls it once for each message that already waits. */
  setMessageListener(listener: MessageListener | undefined): void {
    this.#listener = listener;
    const waiting = this.#unread;
    for (let told = 0; told < waiting; told += 1) listener?.(this);
  }

  /**
   * Sends a message; a connection to a number sends there whatever the message's address says.
   * @throws IOException when the message was not sent, InterruptedIOException when that is unknown,
   * SecurityException without the permission, or for a port that applications may not use
   */
  async send(message: Message): Promise<void> {
    if (!this.#open) throw new IOException('The connection is closed');
    const to = this.#address.number === undefined ? parseSmsAddress(message.address) : this.#address;
    if (to.number === undefined) throw new IllegalArgumentException('A message needs a number to go to');
    const payload: PlatformMessage['payload'] =
      message.kind === 'text' ? { kind: 'text', text: message.text } : { kind: 'binary', data: message.data };
    const destination = { number: to.number, ...(to.port === undefined ? {} : { port: to.port }) };
    await this.#platform.send(
      { ...destination, payload },
      this.#address.number === undefined ? this.#address.port : undefined,
    );
  }

  /** The oldest message that waits, or else the next one. @throws InterruptedIOException when the connection is closed before */
  receive(): Promise<ReceivedMessage> {
    const { port } = this.#address;
    if (!this.#open || this.#address.number !== undefined || port === undefined) {
      return Promise.reject(new IOException('The connection does not receive'));
    }
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
    for (const { reject } of this.#waiting) reject(new InterruptedIOException('The connection was closed'));
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

function received(message: PlatformMessage): ReceivedMessage {
  const { payload, timestamp } = message;
  const address = formatSmsAddress(message);
  return payload.kind === 'text'
    ? { kind: 'text', address, text: payload.text, timestamp }
    : { kind: 'binary', address, data: payload.data, timestamp };
}
