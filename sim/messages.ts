import { type Alphabet, type ApplicationPorts, addressOf, type MessageClass } from '../modem/index.ts';
import type { SubmitHeader, Written } from './envelope.ts';
import type { VirtualModem } from './modem/virtual-modem.ts';
import type { SubmitAnswer } from './network/radio-link.ts';

/** A message as its sender writes it. */
export interface Composed {
  /** International with `+`, national, or a short code. */
  readonly to: string;
  /** As `to`, or at most 11 letters. */
  readonly from: string;
  readonly content:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'data'; readonly data: Uint8Array };
  readonly ports?: ApplicationPorts;
  /** Default: the smallest that can write it. */
  readonly alphabet?: Alphabet;
  /** 0: to be shown at once. Default: none (3GPP TS 23.038, 4). */
  readonly messageClass?: MessageClass;
  /** TP-PID, 0 to 255. Default 0. */
  readonly pid?: number;
  /** How long the service centre tries, ms; a phone's is rounded up to what TP-VP can say. Default: 7 days. */
  readonly validityMs?: number;
}

/** A message from outside the network. */
export interface OutsideMessage extends Composed {
  /** Tried before all others, also while the phone is known to be away. Default false (3GPP TS 23.040, 3.2.5). */
  readonly priority?: boolean;
}

/** A message that one of the world's own phones sends. */
export interface PhoneMessage extends Composed {
  /** Ask for a status report of each SMS (TP-SRR). Default: no. */
  readonly statusReport?: boolean;
  /** Have a second one refused while the first of the same TP-MR is still held (TP-RD). Default: no. */
  readonly rejectDuplicates?: boolean;
}

/** What became of one SMS that a phone sent: its number in the log, if it went out, and what the phone was told. */
export interface Sending {
  readonly sms?: number;
  /** TP-MR. */
  readonly reference: number;
  readonly answer: SubmitAnswer;
}

/** What `+CMS ERROR` shows when there is no network service (3GPP TS 27.005, 3.2.5). */
const NO_NETWORK_SERVICE = 331;

/**
 * Sends a message from a phone, a part after the other; a part that is refused is the last.
 * @param began is told the number of each SMS in the log before the log has it.
 */
export async function sendFrom(
  modem: VirtualModem,
  parts: readonly Written[],
  began: (sms: number) => void,
): Promise<readonly Sending[]> {
  const sent: Sending[] = [];
  for (const { tpdu } of parts) {
    const sending = await sendOne(modem, tpdu, began);
    sent.push(sending);
    if (sending.answer.kind === 'refused') break;
  }
  return sent;
}

/** What the SUBMITs of a phone's message say of themselves. @throws PduEncodeError when it is to nobody that can be written. */
export function headerOf({ to, pid = 0, validityMs, ...flags }: PhoneMessage): SubmitHeader {
  return {
    messageReference: 0,
    destination: addressOf(to),
    pid,
    statusReportRequested: flags.statusReport === true,
    rejectDuplicates: flags.rejectDuplicates === true,
    ...(validityMs === undefined ? {} : { validity: { format: 'relative', ms: validityMs } }),
  };
}

async function sendOne(modem: VirtualModem, tpdu: Uint8Array, began: (sms: number) => void): Promise<Sending> {
  if (!modem.radio.registered) return { reference: 0, answer: { kind: 'refused', cause: NO_NETWORK_SERVICE } };
  let sms: number | undefined;
  const sent = await modem.outgoing.send(tpdu, (id) => {
    sms = id;
    began(id);
  });
  return { ...sent, ...(sms === undefined ? {} : { sms }) };
}
