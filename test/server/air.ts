import type {
  Clock,
  IncomingSms,
  OutgoingSms,
  SendOutcome,
  SmsBearer,
  SmsReceiver,
  SmsReport,
} from '../../modem/index.ts';
import { APPLICATION_PORT } from '../../server/index.ts';

/** Milliseconds that a message is in the air. */
const LATENCY_MS = 1_000;

/** What becomes of one message of the service: delivered, or lost in the air, or as the outcome says. */
export type Fate = 'deliver' | 'lose' | Exclude<SendOutcome, { kind: 'sent' }>;

interface Held {
  readonly sms: IncomingSms;
  delivering: boolean;
}

/**
 * The network between phones and one service, with the promises of a bearer: a message to the service is held until its
 * hand-over was confirmed, and handed over again to whoever receives after a crash.
 */
export class Air {
  /** What the service sent, in order. */
  readonly sent: OutgoingSms[] = [];
  /** Decides what becomes of the service's next message. */
  fate: (sms: OutgoingSms) => Fate = () => 'deliver';
  /** Decides what becomes of a phone's next message. */
  fateOfAnswer: () => 'deliver' | 'lose' = () => 'deliver';
  /** Until it resolves, the service does not hear what became of its messages. */
  delay: Promise<void> | undefined;
  readonly #clock: Clock;
  readonly #phones = new Map<string, (frame: Uint8Array) => void>();
  readonly #held: Held[] = [];
  #receiver: SmsReceiver | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Says who has a number. @returns how that phone sends to the service */
  attach(number: string, receive: (frame: Uint8Array) => void): (frame: Uint8Array) => void {
    this.#phones.set(number, receive);
    return (frame) => this.#toService(number, frame);
  }

  /** The service's bearer. A later one takes the place of an earlier one, as after a crash. */
  bearer(): SmsBearer {
    return {
      send: async (sms) => {
        const outcome = this.#fromService(sms);
        if (this.delay !== undefined) await this.delay;
        return outcome;
      },
      receive: (receiver) => {
        this.#receiver = receiver;
        for (const held of this.#held) held.delivering = false;
        this.#deliver();
      },
      close: async () => {},
    };
  }

  /** The network says what became of a message of the service. */
  report(sms: OutgoingSms | undefined, outcome: SmsReport['outcome']): void {
    if (sms === undefined) throw new Error('there is no such message');
    this.#receiver?.report({ id: sms.id, outcome, status: outcome === 'delivered' ? 0 : 0x30, dischargedAt: 0 });
  }

  /** Hands the message over again, as a modem does that has lost the confirmation. */
  async handOverAgain(sms: IncomingSms): Promise<void> {
    await this.#receiver?.message(sms);
  }

  /** The messages that came to the service, or wait for it. */
  readonly toService: IncomingSms[] = [];

  #fromService(sms: OutgoingSms): SendOutcome {
    this.sent.push(sms);
    const fate = this.fate(sms);
    if (typeof fate === 'object') return fate;
    const { content } = sms;
    if (fate === 'deliver' && content.kind === 'data') {
      this.#clock.after(LATENCY_MS, () => this.#phones.get(sms.destination)?.(content.data));
    }
    return { kind: 'sent', references: [this.sent.length & 0xff] };
  }

  #toService(originator: string, frame: Uint8Array): void {
    if (this.fateOfAnswer() === 'lose') return;
    this.#clock.after(LATENCY_MS, () => {
      const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
      const sentAt = Math.floor(this.#clock.now() / 1000) * 1000;
      const sms: IncomingSms = { originator, sentAt, content: { kind: 'data', data: frame, ports } };
      this.toService.push(sms);
      this.#held.push({ sms, delivering: false });
      this.#deliver();
    });
  }

  #deliver(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    for (const held of this.#held) {
      if (held.delivering) continue;
      held.delivering = true;
      receiver.message(held.sms).then(
        () => {
          if (receiver === this.#receiver) this.#held.splice(this.#held.indexOf(held), 1);
        },
        () => {},
      );
    }
  }
}
