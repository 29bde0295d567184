import { type Address, readAddress, writeAddress } from './address.ts';
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

/** Reads what follows the first octet, `flags`. */
export function readStatusReport(reader: Reader, flags: number): StatusReport {
  if ((flags & 0x90) !== 0) reader.tolerate('bits 4 and 7 are reserved', reader.offset - 1, 'ignored');
  reader.enter('TP-MR');
  const messageReference = reader.octet();
  reader.enter('TP-RA');
  const recipient = readAddress(reader);
  reader.enter('TP-SCTS');
  const timestamp = readTimeStamp(reader);
  reader.enter('TP-DT');
  const dischargeTime = readTimeStamp(reader);
  reader.enter('TP-ST');
  const tpdu: StatusReport = {
    type: 'STATUS-REPORT',
    moreMessagesToSend: (flags & 0x04) === 0,
    loopPrevention: (flags & 0x08) !== 0,
    answersCommand: (flags & 0x20) !== 0,
    messageReference,
    recipient,
    timestamp,
    dischargeTime,
    status: reader.octet(),
  };
  // A modem may read a report with the FF that fill up its record of the SIM: FF as TP-PI would announce extension octets.
  if (reader.left > 0 && !reader.isPadding) {
    const parameters = reader.readOptional(() =>
      readReportParameters(reader, readIndicator(reader), (flags & 0x40) !== 0),
    );
    return { ...tpdu, ...(parameters && { parameters }) };
  }
  if ((flags & 0x40) !== 0) reader.deviation('TP-UDHI promises a header and there is no user data');
  return tpdu;
}

/** Writes a STATUS-REPORT. */
export function writeStatusReport(writer: Writer, tpdu: StatusReport): void {
  writer.octet(
    0x02 |
      (tpdu.moreMessagesToSend === true ? 0 : 0x04) |
      (tpdu.loopPrevention === true ? 0x08 : 0) |
      (tpdu.answersCommand === true ? 0x20 : 0) |
      headerFlag(tpdu.parameters),
  );
  writer.enter('TP-MR');
  writer.octet(tpdu.messageReference);
  writer.enter('TP-RA');
  writeAddress(writer, tpdu.recipient);
  writer.enter('TP-SCTS');
  writeTimeStamp(writer, tpdu.timestamp);
  writer.enter('TP-DT');
  writeTimeStamp(writer, tpdu.dischargeTime);
  writer.enter('TP-ST');
  writer.octet(tpdu.status);
  if (tpdu.parameters !== undefined) {
    writeIndicator(writer, tpdu.parameters);
    writeReportParameters(writer, tpdu.parameters);
  }
}
