import { type Address, readAddress, writeAddress } from './address.ts';
import { type DataCodingScheme, readDataCodingScheme, writeDataCodingScheme } from './data-coding-scheme.ts';
import type { Reader } from './reader.ts';
import { readTimeStamp, type TimeStamp, writeTimeStamp } from './time-stamp.ts';
import { readUserData, type UserData, writeUserData } from './user-data.ts';
import type { Writer } from './writer.ts';

/** A message on its way from the service centre to the phone (3GPP TS 23.040, 9.2.2.1). */
export interface Deliver {
  readonly type: 'DELIVER';
  /** TP-MMS: the service centre has more messages for this phone. Absent means false, as with every flag of a TPDU. */
  readonly moreMessagesToSend?: boolean;
  /** TP-LP: already forwarded or spawned by the receiver; it must not be again. */
  readonly loopPrevention?: boolean;
  /** TP-SRI: a status report goes back to the sender. */
  readonly statusReportIndication?: boolean;
  /** TP-RP: a reply through the originator's service centre is possible. */
  readonly replyPath?: boolean;
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

/** Reads what follows the first octet, `flags`. */
export function readDeliver(reader: Reader, flags: number): Deliver {
  if ((flags & 0x10) !== 0) reader.tolerate('bit 4 is reserved', reader.offset - 1, 'ignored');
  reader.enter('TP-OA');
  const originator = readAddress(reader);
  reader.enter('TP-PID');
  const pid = reader.octet();
  reader.enter('TP-DCS');
  const dcs = readDataCodingScheme(reader);
  reader.enter('TP-SCTS');
  const timestamp = readTimeStamp(reader);
  const userData = readUserData(reader, dcs, (flags & 0x40) !== 0);
  return {
    type: 'DELIVER',
    moreMessagesToSend: (flags & 0x04) === 0,
    loopPrevention: (flags & 0x08) !== 0,
    statusReportIndication: (flags & 0x20) !== 0,
    replyPath: (flags & 0x80) !== 0,
    originator,
    pid,
    dcs,
    timestamp,
    userData,
  };
}

/** Writes a DELIVER. */
export function writeDeliver(writer: Writer, tpdu: Deliver): void {
  writer.octet(
    0x00 |
      (tpdu.moreMessagesToSend === true ? 0 : 0x04) |
      (tpdu.loopPrevention === true ? 0x08 : 0) |
      (tpdu.statusReportIndication === true ? 0x20 : 0) |
      (tpdu.userData.header.length > 0 ? 0x40 : 0) |
      (tpdu.replyPath === true ? 0x80 : 0),
  );
  writer.enter('TP-OA');
  writeAddress(writer, tpdu.originator);
  writer.enter('TP-PID');
  writer.octet(tpdu.pid ?? 0);
  writer.enter('TP-DCS');
  writeDataCodingScheme(writer, tpdu.dcs);
  writer.enter('TP-SCTS');
  writeTimeStamp(writer, tpdu.timestamp);
  writeUserData(writer, tpdu.dcs, tpdu.userData);
}
