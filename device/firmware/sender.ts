import type { SendOutcome, SmsBearer } from '../../modem/index.ts';
import { octetsOf, portOf } from './content.ts';
import type { HandsetEvent } from './events.ts';
import type { OutgoingMessage } from './messaging.ts';

/** Sends the messages of applications, each with an id of its own, and tells how each ended. */
export class Sender {
  readonly #radio: SmsBearer;
  readonly #emit: (event: HandsetEvent) => void;
  #sent = 0;

  constructor(radio: SmsBearer, emit: (event: HandsetEvent) => void) {
    this.#radio = radio;
    this.#emit = emit;
  }

  async send(message: OutgoingMessage): Promise<SendOutcome> {
    this.#sent += 1;
    const outcome = await this.#radio.send({ ...message, id: `handset-${this.#sent}` });
    const { content, destination: to } = message;
    const reason = outcome.kind === 'sent' ? {} : { reason: outcome.reason };
    this.#emit({
      kind: 'sent',
      to,
      octets: octetsOf(content),
      ...portOf(content),
      outcome: outcome.kind,
      ...reason,
    });
    return outcome;
  }
}
