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
import { readTimeStamp, type TimeStamp, writeTimeStamp } from './time-stamp.ts';
import type { Writer } from './writer.ts';

/** The service centre's answer to a SUBMIT or COMMAND (3GPP TS 23.040, 9.2.2.2a). */
export interface SubmitReport {
  readonly type: 'SUBMIT-REPORT';
  /** TP-FCS, 128 to 255, in an RP-ERROR; absent in an RP-ACK. */
  readonly failureCause?: number;
  /** TP-SCTS: when the service centre took the message. */
  readonly timestamp: TimeStamp;
  readonly parameters: ReportParameters;
}

/** Reads what follows the first octet, `flags`. TP-PI is in front of the time stamp, the fields it announces are behind. */
export function readSubmitReport(reader: Reader, flags: number): SubmitReport {
  if ((flags & 0xbc) !== 0) reader.tolerate('a reserved bit is set', reader.offset - 1, 'ignored');
  const failureCause = readFailureCause(reader);
  const indicator = readIndicator(reader);
  reader.enter('TP-SCTS');
  const timestamp = readTimeStamp(reader);
  const parameters = readReportParameters(reader, indicator, (flags & 0x40) !== 0);
  return failureCause === undefined
    ? { type: 'SUBMIT-REPORT', timestamp, parameters }
    : { type: 'SUBMIT-REPORT', failureCause, timestamp, parameters };
}

/** Writes a SUBMIT-REPORT. */
export function writeSubmitReport(writer: Writer, { failureCause, timestamp, parameters }: SubmitReport): void {
  writer.octet(0x01 | headerFlag(parameters));
  writeFailureCause(writer, failureCause);
  writeIndicator(writer, parameters);
  writer.enter('TP-SCTS');
  writeTimeStamp(writer, timestamp);
  writeReportParameters(writer, parameters);
}
