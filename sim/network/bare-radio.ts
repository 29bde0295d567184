import {
  addressOf,
  addressText,
  type Clock,
  CompressedTextError,
  type Deliver,
  decodeTpduLeniently,
  encodeTpdu,
  type IncomingSms,
  type OutgoingSms,
  PduEncodeError,
  PduError,
  portsOf,
  type SendOutcome,
  type SmsBearer,
  type SmsReceiver,
  type StatusReport,
  type Submit,
  segment,
  statusOf,
  type Tpdu,
} from '../../modem/index.ts';
import { type DeliveryAnswer, type MobileStation, NETWORK_TIMEOUT, type RadioLink } from './radio-link.ts';

/** TP-MR counts modulo 256 (3GPP TS 23.040, 9.2.3.6). */
const REFERENCES = 256;
/** Messages that wait for a receiver; one more is refused, as a full SIM does. */
const ROOM = 30;
/** TP-FCS: memory capacity exceeded (3GPP TS 23.040, 9.2.3.22). */
const MEMORY_EXCEEDED = 0xd3;
/** After this long a message that the receiver did not take is offered again, ms, as the modem driver does. */
const OFFERED_AGAIN_MS = 30_000;

/** A message that came, and whether the receiver has it in hand. */
interface Held {
  readonly sms: IncomingSms;
  inHand: boolean;
}

/**
 * A phone's radio without a modem: the bearer speaks TPDUs with the network, and no AT command is said. One SMS at a time is on the air, and
 * messages that come are kept until the receiver has taken them, as by a modem with its driver; a later receiver gets those that an
 * earlier one left. Messages of more than one SMS are refused.
 */
export class BareRadio implements SmsBearer {
  /** What the SIM is put into. */
  readonly station: MobileStation = {
    receive: (tpdu) => this.#take(tpdu),
    coverageChanged: () => this.#register(),
    setPowered: (on) => {
      this.#isPowered = on;
      this.#register();
    },
  };
  readonly #link: RadioLink;
  readonly #clock: Clock;
  #receiver: SmsReceiver | undefined;
  #held: Held[] = [];
  #isPowered = true;
  #isFull = false;
  #reference = 0;
  /** The ids of messages whose report is awaited, by TP-MR. */
  readonly #reported = new Map<number, string>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(link: RadioLink, clock: Clock) {
    this.#link = link;
    this.#clock = clock;
  }

  send(message: OutgoingSms): Promise<SendOutcome> {
    const sending = this.#last.then(() => this.#submit(message));
    this.#last = sending;
    return sending;
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
    for (const held of this.#held) held.inHand = false;
    this.#offer();
  }

  async close(): Promise<void> {
    this.#receiver = undefined;
  }

  #take(tpdu: Uint8Array): DeliveryAnswer {
    const read = readable(tpdu);
    if (read === undefined) return { kind: 'accepted' };
    if (read.type === 'STATUS-REPORT') this.#report(read);
    if (read.type !== 'DELIVER') return { kind: 'accepted' };
    if (this.#held.length >= ROOM) {
      this.#isFull = true;
      return { kind: 'refused', cause: MEMORY_EXCEEDED };
    }
    this.#held.push({ sms: messageOf(read), inHand: false });
    this.#offer();
    return { kind: 'accepted' };
  }

  #register(): void {
    if (this.#isPowered && this.#link.covered && this.#link.admission !== 'denied') this.#link.attach();
    else this.#link.detach();
  }

  async #submit({ id, destination, content, statusReport, validityMs }: OutgoingSms): Promise<SendOutcome> {
    const [part, ...more] = segment(content, { reference: 0 });
    if (part === undefined || more.length > 0) return { kind: 'failed', reason: 'more than one SMS', retry: false };
    if (!this.#isPowered || !this.#link.covered) return { kind: 'failed', reason: 'no network service', retry: true };
    const reference = this.#reference;
    const tpdu = encoded({
      type: 'SUBMIT',
      messageReference: reference,
      destination: addressOf(destination),
      ...part,
      ...(statusReport === true && { statusReportRequested: true }),
      ...(validityMs !== undefined && { validity: { format: 'relative', ms: validityMs } }),
    });
    if (typeof tpdu === 'string') return { kind: 'failed', reason: tpdu, retry: false };
    this.#reference = (reference + 1) % REFERENCES;
    if (statusReport === true) this.#reported.set(reference, id);
    const answer = await this.#link.submit(tpdu);
    if (answer.kind === 'accepted') return { kind: 'sent', references: [reference] };
    if (answer.kind === 'lost') return { kind: 'unknown', reason: 'the network did not answer' };
    if (answer.cause === NETWORK_TIMEOUT) return { kind: 'unknown', reason: 'network timeout' };
    return { kind: 'failed', reason: `+CMS ERROR: ${answer.cause}`, retry: true };
  }

  #report(report: StatusReport): void {
    const id = this.#reported.get(report.messageReference);
    const outcome = statusOf(report.status);
    if (id === undefined) return;
    if (outcome !== 'trying') this.#reported.delete(report.messageReference);
    this.#receiver?.report({ id, outcome, status: report.status, dischargedAt: report.dischargeTime.at });
  }

  #offer(): void {
    const receiver = this.#receiver;
    if (receiver === undefined) return;
    for (const held of this.#held) {
      if (held.inHand) continue;
      held.inHand = true;
      receiver.message(held.sms).then(
        () => this.#taken(held, receiver),
        () => void this.#clock.after(OFFERED_AGAIN_MS, () => this.#refused(held, receiver)),
      );
    }
  }

  #taken(held: Held, by: SmsReceiver): void {
    if (by !== this.#receiver) return;
    this.#held = this.#held.filter((other) => other !== held);
    if (!this.#isFull) return;
    this.#isFull = false;
    this.#link.memoryAvailable();
  }

  #refused(held: Held, by: SmsReceiver): void {
    if (by !== this.#receiver) return;
    held.inHand = false;
    this.#offer();
  }
}

/** The TPDU, or why there is none: a period that has ended, after a clock was set. */
function encoded(submit: Submit): Uint8Array | string {
  try {
    return encodeTpdu(submit);
  } catch (error) {
    if (error instanceof PduEncodeError) return error.message;
    throw error;
  }
}

/** What no phone can read is taken and dropped, as a phone does. */
function readable(tpdu: Uint8Array): Tpdu | undefined {
  try {
    return decodeTpduLeniently(tpdu, 'mobile-terminated').tpdu;
  } catch (error) {
    if (error instanceof PduError || error instanceof CompressedTextError) return undefined;
    throw error;
  }
}

function messageOf({ originator, timestamp, userData }: Deliver): IncomingSms {
  const ports = portsOf(userData);
  const content =
    userData.kind === 'text'
      ? ({ kind: 'text', text: userData.text } as const)
      : ({ kind: 'data', data: userData.data } as const);
  return {
    originator: addressText(originator),
    sentAt: timestamp.at,
    content: ports === undefined ? content : { ...content, ports },
  };
}
