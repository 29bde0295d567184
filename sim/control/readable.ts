import { concatenationOf, decodeTpduLeniently, fromHex, PduError, portsOf, toHex } from '../../modem/index.ts';

/** What a SUBMIT or DELIVER says, for who asserts on it. */
export interface ReadableContent {
  readonly text?: string;
  /** Hex, of what is no text. */
  readonly data?: string;
  readonly destinationPort?: number;
  readonly sourcePort?: number;
  /** Of a long message: its reference, how many parts it has, and which this is, from 1. */
  readonly part?: { readonly reference: number; readonly total: number; readonly sequence: number };
  readonly statusReport?: true;
  /** What the standard forbids in it, one sentence each: the network took it, and a receiver may refuse it. */
  readonly deviations?: readonly string[];
  /** Why nothing of it can be read. */
  readonly unreadable?: string;
}

/** Reads a SUBMIT that the network took, also one that the standard forbids. */
export function readableSubmit(tpdu: string): ReadableContent {
  try {
    const { tpdu: submit, deviations } = decodeTpduLeniently(fromHex(tpdu), 'mobile-originated');
    if (submit.type !== 'SUBMIT') return { unreadable: `It is a ${submit.type}` };
    const { userData, statusReportRequested } = submit;
    const ports = portsOf(userData);
    const part = concatenationOf(userData);
    return {
      ...(userData.kind === 'text' ? { text: userData.text } : { data: toHex(userData.data) }),
      ...(ports === undefined ? {} : { destinationPort: ports.destination, sourcePort: ports.source }),
      ...(part === undefined
        ? {}
        : { part: { reference: part.reference, total: part.total, sequence: part.sequence } }),
      ...(statusReportRequested === true ? { statusReport: true } : {}),
      ...(deviations.length === 0
        ? {}
        : { deviations: deviations.map(({ field, offset, reason }) => `${field}, octet ${offset}: ${reason}`) }),
    };
  } catch (error) {
    if (error instanceof PduError) return { unreadable: error.message };
    throw error;
  }
}
