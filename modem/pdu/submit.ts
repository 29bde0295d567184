import { type Address, readAddress, writeAddress } from './address.ts';
import { type DataCodingScheme, readDataCodingScheme, writeDataCodingScheme } from './data-coding-scheme.ts';
import type { Reader } from './reader.ts';
import { readUserData, type UserData, writeUserData } from './user-data.ts';
import { readValidityPeriod, type ValidityPeriod, validityFormatOf, writeValidityPeriod } from './validity-period.ts';
import type { Writer } from './writer.ts';

/** A message on its way from the phone to the service centre (3GPP TS 23.040, 9.2.2.2). */
export interface Submit {
  readonly type: 'SUBMIT';
  /** TP-RD: the service centre shall refuse a second one with the same TP-MR and TP-DA. */
  readonly rejectDuplicates?: boolean;
  /** TP-SRR. */
  readonly statusReportRequested?: boolean;
  /** TP-RP. */
  readonly replyPath?: boolean;
  /** TP-MR, 0 to 255. Most modems replace it by a number of their own. */
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

/** Reads what follows the first octet, `flags`. */
export function readSubmit(reader: Reader, flags: number): Submit {
  reader.enter('TP-MR');
  const messageReference = reader.octet();
  reader.enter('TP-DA');
  const destination = readAddress(reader);
  reader.enter('TP-PID');
  const pid = reader.octet();
  reader.enter('TP-DCS');
  const dcs = readDataCodingScheme(reader);
  const validity = readValidityPeriod(reader, (flags >> 3) & 3);
  const userData = readUserData(reader, dcs, (flags & 0x40) !== 0);
  const tpdu: Submit = {
    type: 'SUBMIT',
    rejectDuplicates: (flags & 0x04) !== 0,
    statusReportRequested: (flags & 0x20) !== 0,
    replyPath: (flags & 0x80) !== 0,
    messageReference,
    destination,
    pid,
    dcs,
    userData,
  };
  return validity === undefined ? tpdu : { ...tpdu, validity };
}

/** Writes a SUBMIT. */
export function writeSubmit(writer: Writer, tpdu: Submit): void {
  writer.octet(
    0x01 |
      (tpdu.rejectDuplicates === true ? 0x04 : 0) |
      (validityFormatOf(tpdu.validity) << 3) |
      (tpdu.statusReportRequested === true ? 0x20 : 0) |
      (tpdu.userData.header.length > 0 ? 0x40 : 0) |
      (tpdu.replyPath === true ? 0x80 : 0),
  );
  writer.enter('TP-MR');
  writer.octet(tpdu.messageReference);
  writer.enter('TP-DA');
  writeAddress(writer, tpdu.destination);
  writer.enter('TP-PID');
  writer.octet(tpdu.pid ?? 0);
  writer.enter('TP-DCS');
  writeDataCodingScheme(writer, tpdu.dcs);
  writer.enter('TP-VP');
  writeValidityPeriod(writer, tpdu.validity);
  writeUserData(writer, tpdu.dcs, tpdu.userData);
}
