import type { ApplicationPorts, SmsBearer } from '../../modem/index.ts';
import { PduEncodeError, segment } from '../../modem/pdu/index.ts';
import { type HostFailure, type PlatformMessage, RESTRICTED_PORTS, SEGMENT_LIMIT } from '../midp/index.ts';
import type { PushMessages } from './push-messages.ts';
import type { Suite, Suites } from './suites.ts';

/** A message as the radio is to send it, but for its id. */
export type OutgoingMessage = Omit<Parameters<SmsBearer['send']>[0], 'id'>;

/** What the messaging of one application needs of the phone. */
export interface MessagingPhone {
  readonly suite: Suite;
  readonly push: PushMessages;
  readonly suites: Suites;
  /** Whether the owner lets the application send to a number: at once when the owner is not asked. */
  maySend(number: string): boolean | Promise<boolean>;
  /** Whether the owner lets the application receive. */
  readonly mayReceive: boolean;
  send(message: OutgoingMessage): ReturnType<SmsBearer['send']>;
}

/** Characters of the longest text that is split into SMS to count them: one SMS has 160 at most. */
const COUNTED_LIMIT = 160 * SEGMENT_LIMIT;

const DENIED: HostFailure = { code: 'security', reason: 'The owner of the phone does not allow that' };

/** SMS for one running application (JSR-120): its open ports, and the messages that wait on them. */
export class Messaging {
  readonly #phone: MessagingPhone;
  readonly #open = new Set<number>();

  constructor(phone: MessagingPhone) {
    this.#phone = phone;
  }

  /** Whether the application listens on a port. */
  isOpen(port: number): boolean {
    return this.#open.has(port);
  }

  /** Opens a port and gives the number of messages that wait there. */
  listen(port: number): number | HostFailure {
    const { suite, suites, push } = this.#phone;
    const refused =
      this.#without('javax.microedition.io.Connector.sms') ??
      this.#without('javax.wireless.messaging.sms.receive') ??
      restricted(port);
    if (refused !== undefined) return refused;
    if (!this.#phone.mayReceive) return DENIED;
    if (this.#open.has(port)) return { code: 'io', reason: `Port ${port} is already open` };
    const owner = suites.registeredFor(port);
    if (owner !== undefined && owner !== suite) {
      return { code: 'io', reason: `Port ${port} belongs to ${owner.descriptor.name}` };
    }
    this.#open.add(port);
    return push.waitingFor(suite.id).filter((waiting) => waiting === port).length;
  }

  /** Closes a port; messages that still wait stay in the phone. */
  close(port: number): void {
    this.#open.delete(port);
  }

  /** Takes the oldest message that waits on an open port, which the phone then deletes. */
  take(port: number): PlatformMessage | undefined {
    if (!this.#open.has(port)) return undefined;
    const message = this.#phone.push.take(port, this.#phone.suite.id);
    if (message === undefined) return undefined;
    const { from, sourcePort, sentAt, payload } = message;
    return { number: from, port: sourcePort, payload, timestamp: sentAt };
  }

  /** Sends a message. @param ended is told, later, when the network has taken it or why it has not */
  send(
    message: Omit<PlatformMessage, 'timestamp'>,
    sourcePort: number | undefined,
    ended: (failure: HostFailure | undefined) => void,
  ): HostFailure | undefined {
    const refused = this.#without('javax.wireless.messaging.sms.send') ?? restricted(message.port) ?? tooLong(message);
    if (refused !== undefined) return refused;
    if (sourcePort !== undefined && !this.#open.has(sourcePort)) {
      return { code: 'io', reason: `Port ${sourcePort} is not open` };
    }
    const allowed = this.#phone.maySend(message.number);
    if (allowed === false) return DENIED;
    const outgoing = { destination: message.number, content: contentOf(message, sourcePort) };
    const sending = allowed === true ? this.#send(outgoing) : this.#sendIf(allowed, outgoing);
    sending.then(ended, (error: unknown) =>
      ended({ code: 'io', reason: `The message was not sent: ${String(error)}` }),
    );
    return undefined;
  }

  async #send(message: OutgoingMessage): Promise<HostFailure | undefined> {
    return failureOf(await this.#phone.send(message));
  }

  async #sendIf(allowed: Promise<boolean>, message: OutgoingMessage): Promise<HostFailure | undefined> {
    return (await allowed) ? this.#send(message) : DENIED;
  }

  #without(permission: string): HostFailure | undefined {
    if (this.#phone.suite.descriptor.permissions.includes(permission)) return undefined;
    return { code: 'security', reason: `The application has no permission ${permission}` };
  }
}

/** SMS that a text or octets take, to a port or not; infinitely many when they are more than an application may send. */
export function segmentsOf(payload: string | Uint8Array, toPort: boolean): number {
  if (payload.length > COUNTED_LIMIT) return Number.POSITIVE_INFINITY;
  const ports = toPort ? { ports: { destination: 0, source: 0 } } : {};
  const content =
    typeof payload === 'string'
      ? ({ kind: 'text', text: payload, ...ports } as const)
      : ({ kind: 'data', data: payload, ...ports } as const);
  try {
    return segment(content, { reference: 0 }).length;
  } catch (error) {
    if (error instanceof PduEncodeError) return Number.POSITIVE_INFINITY;
    throw error;
  }
}

/** An application that goes past the class library cannot send more at once than one that does not. */
function tooLong({ port, payload }: Omit<PlatformMessage, 'timestamp'>): HostFailure | undefined {
  const segments = segmentsOf(payload.kind === 'text' ? payload.text : payload.data, port !== undefined);
  if (segments <= SEGMENT_LIMIT) return undefined;
  return { code: 'illegal-argument', reason: `The message takes more than ${SEGMENT_LIMIT} SMS` };
}

function restricted(port: number | undefined): HostFailure | undefined {
  if (port === undefined || !RESTRICTED_PORTS.has(port)) return undefined;
  return { code: 'security', reason: `Port ${port} is not for applications` };
}

function failureOf(outcome: Awaited<ReturnType<SmsBearer['send']>>): HostFailure | undefined {
  switch (outcome.kind) {
    case 'sent':
      return undefined;
    case 'failed':
      return { code: 'io', reason: `The message was not sent: ${outcome.reason}` };
    case 'unknown':
      return { code: 'interrupted-io', reason: `The message may have been sent: ${outcome.reason}` };
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
