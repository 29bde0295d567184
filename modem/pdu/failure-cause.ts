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

/** TP-FCS in words, by octet (3GPP TS 23.040, 9.2.3.22). */
const FAILURE_CAUSES: Readonly<Partial<Record<number, string>>> = {
  128: 'telematic interworking not supported',
  129: 'type 0 not supported',
  130: 'cannot replace the message',
  143: 'TP-PID error',
  144: 'alphabet not supported',
  145: 'message class not supported',
  159: 'TP-DCS error',
  160: 'command cannot be carried out',
  161: 'command not supported',
  175: 'command error',
  176: 'TPDU not supported',
  192: 'service centre busy',
  193: 'no subscription at the service centre',
  194: 'service centre failed',
  195: 'invalid address',
  196: 'destination barred',
  197: 'rejected as a duplicate',
  198: 'validity period format not supported',
  199: 'validity period not supported',
  208: 'SIM storage full',
  209: 'SIM cannot store messages',
  210: 'error in the phone',
  211: 'memory of the phone full',
  212: 'SIM application busy',
  213: 'SIM data download failed',
  255: 'unspecified',
};

/** TP-FCS, an octet, in words. */
export function describeFailureCause(failureCause: number): string {
  const known = FAILURE_CAUSES[failureCause];
  if (known !== undefined) return known;
  return failureCause >= 0xe0 ? 'specific to an application' : 'reserved';
}
