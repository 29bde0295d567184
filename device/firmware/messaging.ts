import type { ApplicationPorts, SmsBearer } from '../../modem/index.ts';
import {
  InterruptedIOException,
  IOException,
  type MessagingPlatform,
  type PlatformMessage,
  SecurityException,
} from '../midp/index.ts';
import type { PushMessages } from './push-messages.ts';
import type { Suite, Suites } from './suites.ts';

/** A message as the radio is to send it, but for its id. */
export type OutgoingMessage = Omit<Parameters<SmsBearer['send']>[0], 'id'>;

/** What the messaging of one application needs of the phone. */
export interface MessagingPhone {
  readonly suite: Suite;
  readonly push: PushMessages;
  readonly suites: Suites;
  send(message: OutgoingMessage): ReturnType<SmsBearer['send']>;
}

/** SMS for one running application (JSR-120): its open ports and the messages that wait on them. */
export class Messaging implements MessagingPlatform {
  readonly #phone: MessagingPhone;
  readonly #listeners = new Map<number, () => void>();

  constructor(phone: MessagingPhone) {
    this.#phone = phone;
  }

  /** Whether the application listens on a port. */
  isOpen(port: number): boolean {
    return this.#listeners.has(port);
  }

  /** Tells the application of one more message that waits on a port. */
  arrived(port: number): void {
    this.#listeners.get(port)?.();
  }

  listen(port: number, notify: () => void): void {
    this.#expect('javax.microedition.io.Connector.sms');
    this.#expect('javax.wireless.messaging.sms.receive');
    if (this.#listeners.has(port)) throw new IOException(`Port ${port} is already open`);
    const { suite, suites, push } = this.#phone;
    const owner = suites.registeredFor(port);
    if (owner !== undefined && owner !== suite)
      throw new IOException(`Port ${port} belongs to ${owner.descriptor.name}`);
    this.#listeners.set(port, notify);
    for (const waiting of push.waitingFor(suite.id)) if (waiting === port) notify();
  }

  close(port: number): void {
    this.#listeners.delete(port);
  }

  take(port: number): PlatformMessage | undefined {
    const message = this.#phone.push.take(port, this.#phone.suite.id);
    if (message === undefined) return undefined;
    const { from, sourcePort, sentAt, payload } = message;
    return { number: from, port: sourcePort, payload, timestamp: sentAt };
  }

  async send(message: Omit<PlatformMessage, 'timestamp'>, sourcePort: number | undefined): Promise<void> {
    this.#expect('javax.wireless.messaging.sms.send');
    const outcome = await this.#phone.send({ destination: message.number, content: contentOf(message, sourcePort) });
    if (outcome.kind === 'failed') throw new IOException(`The message was not sent: ${outcome.reason}`);
    if (outcome.kind === 'unknown')
      throw new InterruptedIOException(`The message may have been sent: ${outcome.reason}`);
  }

  #expect(permission: string): void {
    if (!this.#phone.suite.descriptor.permissions.includes(permission)) {
      throw new SecurityException(`The application has no permission ${permission}`);
    }
  }
}

function contentOf(
  { port, payload }: Omit<PlatformMessage, 'timestamp'>,
  sourcePort: number | undefined,
): OutgoingMessage['content'] {
  const ports: ApplicationPorts | undefined =
    port === undefined ? undefined : { destination: port, source: sourcePort ?? 0 };
  const addressing = ports === undefined ? {} : { ports };
  return payload.kind === 'text'
    ? { kind: 'text', text: payload.text, ...addressing }
    : { kind: 'data', data: payload.data, ...addressing };
}
