import { type FieldContext, meaningOf } from './meaning.ts';
import { type Pdu, readPdu } from './pdu.ts';
import { type Deviation, type FieldMark, Reader } from './reader.ts';
import { type Direction, readTpdu } from './tpdu.ts';

/** One field of a PDU, for people. */
export interface FieldDescription {
  /** The field in the words of 3GPP TS 23.040. */
  readonly field: string;
  /** Where it begins. */
  readonly offset: number;
  readonly octets: Uint8Array;
  readonly meaning: string;
}

/** A PDU field by field. */
export interface Description {
  readonly pdu: Pdu;
  readonly fields: readonly FieldDescription[];
  /** What differs from the standard. */
  readonly deviations: readonly Deviation[];
}

/** What the octets to describe are. */
export interface DescribeOptions {
  readonly direction: Direction;
  /** Whether the service centre's address stands in front, as in AT commands. */
  readonly smsc: boolean;
}

/** Describes a PDU field by field, as leniently as `decodeTpduLeniently`. Throws `PduError` where nothing can be made of it. */
export function describePdu(octets: Uint8Array, { direction, smsc }: DescribeOptions): Description {
  const marks: FieldMark[] = [];
  const deviations: Deviation[] = [];
  const reader = new Reader(octets, { lenient: true, marks, deviations });
  const pdu: Pdu = smsc ? readPdu(reader, direction) : { tpdu: readTpdu(reader, direction) };
  let elements = 0;
  const fields = marks.flatMap(({ field, offset }, index): FieldDescription[] => {
    const own = octets.subarray(offset, marks[index + 1]?.offset);
    if (own.length === 0) return [];
    const context: FieldContext = { pdu, octets: own, element: elements };
    if (field === 'TP-UDH') elements += 1;
    return [{ field, offset, octets: own, meaning: meaningOf(field, context) }];
  });
  return { pdu, fields, deviations };
}
