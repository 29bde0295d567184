import type { Address } from './address.ts';
import type { DataCodingScheme } from './data-coding-scheme.ts';
import { PduEncodeError, PduError } from './error.ts';
import type { TimeStamp } from './time-stamp.ts';
import type { UserData } from './user-data.ts';
import type { ValidityPeriod } from './validity-period.ts';

/** A message on its way from the service centre to the phone (3GPP TS 23.040, 9.2.2.1). */
export interface Deliver {
  readonly type: 'DELIVER';
  /** TP-MMS: the service centre has more messages for this phone. Absent means false, as with every flag of a TPDU. */
  readonly moreMessagesToSend?: boolean;
  /** TP-LP: already forwarded or spawned by the receiver; it must not be again. */
  readonly loopPrevention?: boolean;
  /** TP-RP: a reply through the originator's service centre is paid for. */
  readonly replyPath?: boolean;
  /** TP-SRI: a status report goes back to the sender. */
  readonly statusReportIndication?: boolean;
  /** TP-OA. */
  readonly originator: Address;
  /** TP-PID, 0 to 255, absent means 0. */
  readonly pid?: number;
  /** TP-DCS. */
  readonly dcs: DataCodingScheme;
  /** TP-SCTS, when the service centre took the message. */
  readonly timestamp: TimeStamp;
  /** TP-UD. */
  readonly userData: UserData;
}

/** A message on its way from the phone to the service centre (3GPP TS 23.040, 9.2.2.2). */
export interface Submit {
  readonly type: 'SUBMIT';
  /** TP-RD: the service centre shall refuse a second one with the same TP-MR and TP-DA. */
  readonly rejectDuplicates?: boolean;
  /** TP-RP. */
  readonly replyPath?: boolean;
  /** TP-SRR. */
  readonly statusReportRequested?: boolean;
  /** TP-MR, 0 to 255. Modems set it themselves. */
  readonly messageReference: number;
  /** TP-DA. */
  readonly destination: Address;
  /** TP-PID, 0 to 255, absent means 0. */
  readonly pid?: number;
  /** TP-DCS. */
  readonly dcs: DataCodingScheme;
  /** TP-VPF and TP-VP; absent: the service centre's own period. */
  readonly validity?: ValidityPeriod;
  /** TP-UD. */
  readonly userData: UserData;
}

/** What TP-PI says is there (3GPP TS 23.040, 9.2.3.27). Absent `dcs` means the default alphabet. */
export interface ReportParameters {
  /** TP-PID, 0 to 255. */
  readonly pid?: number;
  /** TP-DCS. */
  readonly dcs?: DataCodingScheme;
  /** TP-UD. */
  readonly userData?: UserData;
}

/** What became of a message, told to its sender (3GPP TS 23.040, 9.2.2.3). */
export interface StatusReport {
  readonly type: 'STATUS-REPORT';
  /** TP-MMS. */
  readonly moreMessagesToSend?: boolean;
  /** TP-LP. */
  readonly loopPrevention?: boolean;
  /** TP-SRQ: the report answers a COMMAND, not a SUBMIT. */
  readonly answersCommand?: boolean;
  /** TP-MR of the SUBMIT or COMMAND, 0 to 255. */
  readonly messageReference: number;
  /** TP-RA: to whom that message went. */
  readonly recipient: Address;
  /** TP-SCTS: when the service centre took that message. */
  readonly timestamp: TimeStamp;
  /** TP-DT: when `status` came about. */
  readonly dischargeTime: TimeStamp;
  /** TP-ST, 0 to 255; `statusOf` says what it means. */
  readonly status: number;
  /** Present when TP-PI is. */
  readonly parameters?: ReportParameters;
}

/** The phone's answer to a DELIVER or STATUS-REPORT (3GPP TS 23.040, 9.2.2.1a). */
export interface DeliverReport {
  readonly type: 'DELIVER-REPORT';
  /** TP-FCS, 128 to 255, in an RP-ERROR; absent in an RP-ACK. */
  readonly failureCause?: number;
  readonly parameters: ReportParameters;
}

/** The service centre's answer to a SUBMIT or COMMAND (3GPP TS 23.040, 9.2.2.2a). */
export interface SubmitReport {
  readonly type: 'SUBMIT-REPORT';
  /** TP-FCS, 128 to 255, in an RP-ERROR; absent in an RP-ACK. */
  readonly failureCause?: number;
  /** TP-SCTS: when the service centre took the message. */
  readonly timestamp: TimeStamp;
  readonly parameters: ReportParameters;
}

/** An order about an earlier SUBMIT (3GPP TS 23.040, 9.2.2.4). */
export interface Command {
  readonly type: 'COMMAND';
  /** TP-SRR. */
  readonly statusReportRequested?: boolean;
  /** TP-MR, 0 to 255. */
  readonly messageReference: number;
  /** TP-PID, 0 to 255, absent means 0. */
  readonly pid?: number;
  /** TP-CT: 0 enquire, 1 cancel the status report request, 2 delete the message, 3 enable the status report request. */
  readonly commandType: number;
  /** TP-MN: TP-MR of the SUBMIT that it is about. */
  readonly messageNumber: number;
  /** TP-DA of that SUBMIT. */
  readonly destination: Address;
  /** TP-CD, 156 octets at most. */
  readonly data: Uint8Array;
}

/** One transport protocol data unit of the short message service (3GPP TS 23.040, 9.2.2). */
export type Tpdu = Deliver | DeliverReport | Submit | SubmitReport | StatusReport | Command;

/** Who sent it: the phone, or the service centre. The first octet means nothing without it. */
export type Direction = 'mobile-originated' | 'mobile-terminated';

/** The octets of a TPDU. Throws {@link PduEncodeError} when a value does not fit its field. */
export function encodeTpdu(tpdu: Tpdu): Uint8Array {
  throw new PduEncodeError('TP-MTI', `${tpdu.type} is not implemented`);
}

/**
 * The TPDU in `octets`. Strict: accepted only if {@link encodeTpdu} of the result gives the same octets; anything else is
 * a {@link PduError}.
 */
export function decodeTpdu(octets: Uint8Array, direction: Direction): Tpdu {
  throw new PduError('TP-MTI', 0, octets, `${direction} is not implemented`);
}
