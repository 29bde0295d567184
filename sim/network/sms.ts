import type { TimeStamp } from '../../modem/index.ts';
import type { FaultTarget } from './faults.ts';

/** What a sender who asked for a status report is to be told about. */
export interface ReportRequest {
  /** TP-MR of the SUBMIT. */
  readonly messageReference: number;
  /** TP-SCTS that the message was given. */
  readonly timestamp: TimeStamp;
}

/** A message in the service centre, on its way to one phone. */
export interface Sms {
  /** Counts from 1 in the order in which the service centre took or made them. */
  readonly id: number;
  /** The sender as the recipient sees it; the service centre's own number for a report. */
  readonly from: string;
  /** The subscriber it goes to. */
  readonly to: string;
  /** The DELIVER or STATUS-REPORT for the phone, with TP-MMS saying that nothing follows. */
  readonly tpdu: Uint8Array;
  readonly isReport: boolean;
  /** TP-PID. */
  readonly pid: number;
  /** TP-MR of the SUBMIT that it came in; absent when it came from outside. */
  readonly messageReference?: number;
  readonly reportRequest?: ReportRequest;
  /** The service centre stops trying at this moment, ms since 1970. */
  readonly expiresAt: number;
  /** One attempt only (3GPP TS 23.040, 9.2.3.12.3). */
  readonly singleShot: boolean;
}

/** TP-ST values that the service centre gives (3GPP TS 23.040, 9.2.3.15). */
export const STATUS = {
  received: 0x00,
  replaced: 0x02,
  incompatibleDestination: 0x41,
  notObtainable: 0x43,
  validityExpired: 0x46,
  deletedBySender: 0x47,
  gaveUpNoResponse: 0x62,
} as const;

/** A message as faults look at it. */
export function targetOf({ id, from, to, isReport, tpdu }: Sms): FaultTarget {
  return { sms: id, from, to, report: isReport, tpdu };
}
