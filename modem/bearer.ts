import type { CodingOptions, SmsContent } from './pdu/index.ts';

export type { ApplicationPorts, SmsContent } from './pdu/index.ts';

/** A message to send. */
export interface OutgoingSms {
  /** Chosen by the sender; comes back in the {@link SmsReport}s of this message. */
  readonly id: string;
  /** International number with `+`, or a short code. */
  readonly destination: string;
  readonly content: SmsContent;
  /** Alphabet, language of the recipient's phone, message class, … Default: the coding with the fewest SMS. */
  readonly coding?: CodingOptions;
  /** Ask the network for a status report of each segment (TP-SRR). Default false. */
  readonly statusReport?: boolean;
  /** How long the service centre may try, in ms (TP-VP). Default: the network's. */
  readonly validityMs?: number;
}

/**
 * How a send ended. `unknown` is an outcome of its own: the modem's answer was lost and the network may have the
 * message. A bearer never sends such a message again; the layer whose messages are idempotent decides.
 */
export type SendOutcome =
  /** The network took every segment; `references` are their TP-MRs, in order. */
  | { readonly kind: 'sent'; readonly references: readonly number[] }
  /** Nothing, or not everything, was taken. `retry` says whether the same send may succeed later. */
  | { readonly kind: 'failed'; readonly reason: string; readonly retry: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };

/** A message that came in, reassembled. */
export interface IncomingSms {
  /** The sender: an international number with `+`, a short code, or letters. */
  readonly originator: string;
  /** When the service centre took it, ms since 1970 (TP-SCTS, which has whole seconds). */
  readonly sentAt: number;
  readonly content: SmsContent;
  /** Class 0: to be shown at once, and not kept (3GPP TS 23.038, 4). Absent means false. */
  readonly immediate?: boolean;
  /** The PDUs and their fields, for diagnosis; absent where no PDU was read. */
  readonly wire?: IncomingWire;
}

/** Fields of the DELIVER besides the message itself; for a long message those of its first part. */
export interface IncomingWire {
  /** Each part as the modem wrote it, in hexadecimal, in the order of the message. */
  readonly pdus: readonly string[];
  /** The service centre that sent it here; absent when the modem leaves it out. */
  readonly serviceCentre?: string;
  /** Minutes that the service centre's local time is ahead of UTC (TP-SCTS). */
  readonly zoneMinutes: number;
  /** 0 to 3, when it has one (3GPP TS 23.038, 4). */
  readonly messageClass?: number;
}

/** A record that the modem stores or passed on, and that cannot be decoded. */
export interface UnreadableSms {
  /** As the modem wrote it: its octets in hexadecimal, unless the hexadecimal is what is wrong. */
  readonly pdu: string;
  /** The field and octet where reading stopped, and why, for people. */
  readonly reason: string;
}

/** What became of a message that asked for status reports (TP-ST, 3GPP TS 23.040, 9.2.3.15). */
export interface SmsReport {
  /** {@link OutgoingSms.id} of the message. */
  readonly id: string;
  /** `delivered` once every segment was; `trying` is not final. */
  readonly outcome: 'delivered' | 'trying' | 'failed';
  /** TP-ST of the segment that decided. */
  readonly status: number;
  /** TP-DT of that segment, ms since 1970. */
  readonly dischargedAt: number;
}

/**
 * The receiver of incoming messages. When the promise of `message` resolves, the message is deleted from the modem; until
 * then it stays there, and comes again after a crash. So the same message may come twice, and the receiver must
 * recognise it.
 */
export interface SmsReceiver {
  message(sms: IncomingSms): Promise<void>;
  report(report: SmsReport): void;
  /**
   * Takes a record that cannot be decoded; when the promise resolves, the record is deleted from the modem. Without this
   * method such records stay in the modem, and a modem full of them receives no SMS.
   */
  unreadable?(record: UnreadableSms): Promise<void>;
}

/** The one interface that a phone or a service has to the SMS network. A modem is a bearer, and so is a pool of modems. */
export interface SmsBearer {
  /** Sends a message, in order of the calls, and resolves to its outcome. Failures of the network never throw. */
  send(message: OutgoingSms): Promise<SendOutcome>;
  /** Sets the receiver of incoming messages, also of those already stored in the modem. One receiver at a time. */
  receive(receiver: SmsReceiver): void;
  /** Ends the bearer and frees its ports. Sends that have not ended yet end as `failed` or `unknown`. */
  close(): Promise<void>;
}
