import { type DataCodingScheme, PLAIN, readDataCodingScheme, writeDataCodingScheme } from './data-coding-scheme.ts';
import { MAX_TPDU } from './limits.ts';
import { inOctets } from './octets.ts';
import type { Reader } from './reader.ts';
import { readUserData, type UserData, writeUserData } from './user-data.ts';
import type { Writer } from './writer.ts';

/** The optional fields of a report, as TP-PI announces them (3GPP TS 23.040, 9.2.3.27). Absent `dcs`: the default alphabet. */
export interface ReportParameters {
  /** TP-PID, 0 to 255. */
  readonly pid?: number;
  /** TP-DCS. */
  readonly dcs?: DataCodingScheme;
  /** TP-UD. */
  readonly userData?: UserData;
}

const HAS_PID = 0x01;
const HAS_DCS = 0x02;
const HAS_USER_DATA = 0x04;
const RESERVED = 0x78;
const EXTENSION = 0x80;

/** Reads TP-PI, for {@link readReportParameters}. */
export function readIndicator(reader: Reader): number {
  reader.enter('TP-PI');
  const indicator = reader.octet();
  if ((indicator & RESERVED) !== 0) reader.tolerate('a reserved bit is set', reader.offset - 1, 'ignored');
  for (let octet = indicator; (octet & EXTENSION) !== 0; octet = reader.octet()) {
    reader.tolerate('an extension octet follows', reader.offset - 1, 'ignored');
  }
  return indicator;
}

/** Reads the fields that TP-PI announces, and skips the octets that a reserved bit of TP-PI announces (9.2.3.27). */
export function readReportParameters(reader: Reader, indicator: number, hasHeader: boolean): ReportParameters {
  const parameters: { pid?: number; dcs?: DataCodingScheme; userData?: UserData } = {};
  if ((indicator & HAS_PID) !== 0) {
    reader.enter('TP-PID');
    parameters.pid = reader.octet();
  }
  if ((indicator & HAS_DCS) !== 0) {
    reader.enter('TP-DCS');
    parameters.dcs = readDataCodingScheme(reader);
  }
  if ((indicator & HAS_USER_DATA) !== 0) {
    parameters.userData = readUserData(reader, parameters.dcs ?? PLAIN, hasHeader, MAX_TPDU);
  } else if (hasHeader) {
    reader.deviation('TP-UDHI promises a header and there is no user data');
  }
  // A bit that is reserved today announces a field of a later release behind the known ones.
  if ((indicator & (RESERVED | EXTENSION)) !== 0 && reader.left > 0) {
    reader.tolerate(`${inOctets(reader.left)} of a later release`, reader.offset, 'ignored');
    reader.offset = reader.end;
  }
  return parameters;
}

/** Writes TP-PI. */
export function writeIndicator(writer: Writer, { pid, dcs, userData }: ReportParameters): void {
  writer.enter('TP-PI');
  writer.octet(
    (pid === undefined ? 0 : HAS_PID) |
      (dcs === undefined ? 0 : HAS_DCS) |
      (userData === undefined ? 0 : HAS_USER_DATA),
  );
}

/** Writes the fields that TP-PI announces. */
export function writeReportParameters(writer: Writer, { pid, dcs, userData }: ReportParameters): void {
  writer.enter('TP-PID');
  if (pid !== undefined) writer.octet(pid);
  writer.enter('TP-DCS');
  if (dcs !== undefined) writeDataCodingScheme(writer, dcs);
  if (userData !== undefined) writeUserData(writer, dcs ?? PLAIN, userData, MAX_TPDU);
}

/** TP-UDHI of a report: bit 6 of its first octet. */
export function headerFlag(parameters: ReportParameters | undefined): number {
  return (parameters?.userData?.header.length ?? 0) > 0 ? 0x40 : 0;
}
