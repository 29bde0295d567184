import type { TimeStamp } from '../../modem/index.ts';
import { classIn, isReplaceType } from '../tpdu-fields.ts';
import type { FaultTarget } from './faults.ts';
import { STATUS } from './outcomes.ts';

/** The SUBMIT that a message came in. */
export interface Origin {
  /** The subscriber who sent it, whatever the recipient sees. */
  readonly sender: string;
  /** TP-MR. */
  readonly messageReference: number;
  /** TP-SCTS that the message was given. */
  readonly timestamp: TimeStamp;
}

/** The state of a message. Changes until it is `over`. */
export interface Fate {
  /** TP-ST (3GPP TS 23.040, 9.2.3.15). */
  status: number;
  /** The message has left the service centre: delivered, given up or deleted. */
  over: boolean;
  /** TP-SRR, which a COMMAND may change. */
  reportWanted: boolean;
  /** The TP-ST of the last status report. */
  told: number | undefined;
}

/** In which order messages for one phone are tried: priority ones, those to be shown at once (class 0), all others. */
export type Urgency = 0 | 1 | 2;

/** A message without its content: what is remembered after it has left the service centre. */
export interface TracedSms {
  /** Counts from 1 in the order in which their sending began. */
  readonly id: number;
  /** The number it goes to. */
  readonly to: string;
  /** Absent: the message came from outside the network, or is a report or a copy. */
  readonly origin?: Origin;
  readonly fate: Fate;
}

/** A message in the service centre, on its way to one phone. */
export interface Sms extends TracedSms {
  /** The sender as the recipient sees it; the service centre's own number for a report. */
  readonly from: string;
  /** The DELIVER or STATUS-REPORT for the phone, with TP-MMS saying that nothing follows. */
  readonly tpdu: Uint8Array;
  readonly isReport: boolean;
  /** TP-PID. */
  readonly pid: number;
  readonly urgency: Urgency;
  /** The service centre stops trying at this moment, ms since 1970. */
  readonly expiresAt: number;
  /** One attempt only (3GPP TS 23.040, 9.2.3.12.3). */
  readonly singleShot: boolean;
}

/** The state of a message that the service centre has just taken. */
export function newFate(reportWanted: boolean): Fate {
  return { status: STATUS.notTriedYet, over: false, reportWanted, told: undefined };
}

/** Whether the message replaces a waiting one of the same type (Replace Short Message Type). */
export function isReplacing({ pid, isReport }: Sms): boolean {
  return !isReport && isReplaceType(pid);
}

/** The urgency of a message of this TP-DCS; `priority` is SM-RP-PRI. */
export function urgencyOf(dcs: number, priority = false): Urgency {
  if (priority) return 0;
  return classIn(dcs) === 0 ? 1 : 2;
}

/** A message as faults look at it. */
export function targetOf({ id, from, to, isReport, tpdu }: Sms): FaultTarget {
  return { sms: id, from, to, report: isReport, tpdu };
}
