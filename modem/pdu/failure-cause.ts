import type { Reader } from './reader.ts';
import type { Writer } from './writer.ts';

/**
 * Reads TP-FCS where a report has one (3GPP TS 23.040, 9.2.3.22). Nothing in the TPDU says so: in its place an RP-ACK has
 * TP-PI, whose bit 7 is 0 as long as no extension is defined, while every cause has it set.
 */
export function readFailureCause(reader: Reader): number | undefined {
  if (reader.left === 0 || ((reader.octets[reader.offset] ?? 0) & 0x80) === 0) return undefined;
  reader.enter('TP-FCS');
  return reader.octet();
}

/** Writes TP-FCS, if any. */
export function writeFailureCause(writer: Writer, failureCause: number | undefined): void {
  if (failureCause === undefined) return;
  writer.enter('TP-FCS');
  if (failureCause < 0x80) writer.refuse(`a failure cause of ${failureCause} is not 128 to 255`);
  writer.octet(failureCause);
}
