import { type Address, readAddress, writeAddress } from './address.ts';
import { inOctets, view } from './octets.ts';
import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/** An order about an earlier SUBMIT (3GPP TS 23.040, 9.2.2.4). */
export interface Command {
  readonly type: 'COMMAND';
  /** TP-UDHI: `data` begins with a user-data header. */
  readonly hasHeader?: boolean;
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

/** Octets of TP-CD (3GPP TS 23.040, 9.2.2.4). */
const MAX_DATA = 156;

/** Reads what follows the first octet, `flags`. */
export function readCommand(reader: Reader, flags: number): Command {
  if ((flags & 0x9c) !== 0) reader.tolerate('a reserved bit is set', reader.offset - 1, 'ignored');
  reader.enter('TP-MR');
  const messageReference = reader.octet();
  reader.enter('TP-PID');
  const pid = reader.octet();
  reader.enter('TP-CT');
  const commandType = reader.octet();
  reader.enter('TP-MN');
  const messageNumber = reader.octet();
  reader.enter('TP-DA');
  const destination = readAddress(reader);
  return {
    type: 'COMMAND',
    hasHeader: (flags & 0x40) !== 0,
    statusReportRequested: (flags & 0x20) !== 0,
    messageReference,
    pid,
    commandType,
    messageNumber,
    destination,
    data: readCommandData(reader),
  };
}

function readCommandData(reader: Reader): Uint8Array {
  reader.enter('TP-CDL');
  const length = reader.octet();
  if (length > MAX_DATA) reader.deviation(`${length} octets of data, more than ${MAX_DATA}`, reader.offset - 1);
  reader.enter('TP-CD');
  if (reader.left < length) {
    reader.deviation(`${inOctets(reader.left)} of data instead of ${length}`, reader.end);
  }
  const start = reader.offset;
  reader.offset = Math.min(start + length, reader.end);
  return view(reader.octets, start, reader.offset);
}

/** Writes a COMMAND. */
export function writeCommand(writer: Writer, tpdu: Command): void {
  writer.octet(0x02 | (tpdu.statusReportRequested === true ? 0x20 : 0) | (tpdu.hasHeader === true ? 0x40 : 0));
  writer.enter('TP-MR');
  writer.octet(tpdu.messageReference);
  writer.enter('TP-PID');
  writer.octet(tpdu.pid ?? 0);
  writer.enter('TP-CT');
  writer.octet(tpdu.commandType);
  writer.enter('TP-MN');
  writer.octet(tpdu.messageNumber);
  writer.enter('TP-DA');
  writeAddress(writer, tpdu.destination);
  writer.enter('TP-CD');
  if (tpdu.data.length > MAX_DATA) writer.refuse(`${tpdu.data.length} octets of data, more than ${MAX_DATA}`);
  writer.octet(tpdu.data.length);
  writer.append(tpdu.data);
}
