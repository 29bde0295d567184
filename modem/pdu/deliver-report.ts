import { readFailureCause, writeFailureCause } from './failure-cause.ts';
import type { Reader } from './reader.ts';
import {
  headerFlag,
  type ReportParameters,
  readIndicator,
  readReportParameters,
  writeIndicator,
  writeReportParameters,
} from './report-parameters.ts';
import type { Writer } from './writer.ts';

/** The phone's answer to a DELIVER or STATUS-REPORT (3GPP TS 23.040, 9.2.2.1a). */
export interface DeliverReport {
  readonly type: 'DELIVER-REPORT';
  /** TP-FCS, 128 to 255, in an RP-ERROR; absent in an RP-ACK. */
  readonly failureCause?: number;
  readonly parameters: ReportParameters;
}

/** Reads what follows the first octet, `flags`. */
export function readDeliverReport(reader: Reader, flags: number): DeliverReport {
  if ((flags & 0xbc) !== 0) reader.tolerate('a reserved bit is set', reader.offset - 1, 'ignored');
  const failureCause = readFailureCause(reader);
  const parameters = readReportParameters(reader, readIndicator(reader), (flags & 0x40) !== 0);
  return failureCause === undefined
    ? { type: 'DELIVER-REPORT', parameters }
    : { type: 'DELIVER-REPORT', failureCause, parameters };
}

/** Writes a DELIVER-REPORT. */
export function writeDeliverReport(writer: Writer, { failureCause, parameters }: DeliverReport): void {
  writer.octet(0x00 | headerFlag(parameters));
  writeFailureCause(writer, failureCause);
  writeIndicator(writer, parameters);
  writeReportParameters(writer, parameters);
}
