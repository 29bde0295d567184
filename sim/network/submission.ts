import { type Address, addressOf, type Command, PduError, type Submit, type TimeStamp } from '../../modem/index.ts';
import { type Contents, type Envelope, openSubmit, seal, withoutContents } from '../envelope.ts';
import { isCommand } from '../tpdu-fields.ts';
import { commandIn } from './sms-commands.ts';

/** A message on its way from a phone to the service centre. */
export interface Submission {
  /** Its number in the log. */
  readonly sms: number;
  readonly from: string;
  /** Empty when the TPDU cannot be read. */
  readonly to: string;
  readonly tpdu: Uint8Array;
  /** The same in hex. */
  readonly hex: string;
  /** When the phone began to send it, ms since 1970. */
  readonly startedAt: number;
  /** Absent: it cannot be read. */
  readonly content: Envelope<Submit> | Command | undefined;
}

/** A message from outside the network. */
export interface Injected {
  readonly from: string;
  readonly to: string;
  readonly contents: Contents;
  /** The SUBMIT that a phone would have sent, if it was written already. */
  readonly tpdu?: Uint8Array;
  readonly pid?: number;
  /** SM-RP-PRI: tried also while the phone is known to be away, and before all others (3GPP TS 23.040, 3.2.5). */
  readonly priority?: boolean;
  /** How long the service centre tries, ms. */
  readonly validityMs?: number;
}

/** What a phone sends: a SUBMIT, or a COMMAND; `undefined` when it is malformed. */
export function contentOf(tpdu: Uint8Array): Envelope<Submit> | Command | undefined {
  return isCommand(tpdu) ? commandIn(tpdu) : submitIn(tpdu);
}

function submitIn(tpdu: Uint8Array): Envelope<Submit> | undefined {
  try {
    return openSubmit(tpdu);
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}

/** TP-DA. */
export function destinationOf(content: Envelope<Submit> | Command): Address {
  return 'header' in content ? content.header.destination : content.destination;
}

/** The DELIVER that a message becomes (3GPP TS 23.040, 9.2.2.1). */
export function deliverTpdu(
  from: string,
  { pid = 0, replyPath, statusReportRequested }: Pick<Submit, 'pid' | 'replyPath' | 'statusReportRequested'>,
  contents: Contents,
  timestamp: TimeStamp,
): Uint8Array {
  return seal({
    header: {
      type: 'DELIVER',
      originator: addressOf(from),
      pid,
      timestamp,
      replyPath: replyPath === true,
      statusReportIndication: statusReportRequested === true,
      ...withoutContents,
    },
    contents,
  });
}
