import {
  CompressedTextError,
  concatenationOf,
  decodeTpdu,
  fromHex,
  PduError,
  portsOf,
  toHex,
} from '../../modem/index.ts';

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
}

/** Reads a SUBMIT; says nothing of one that cannot be read. */
export function readableSubmit(tpdu: string): ReadableContent {
  try {
    const submit = decodeTpdu(fromHex(tpdu), 'mobile-originated');
    if (submit.type !== 'SUBMIT') return {};
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
    };
  } catch (error) {
    if (error instanceof PduError || error instanceof CompressedTextError) return {};
    throw error;
  }
}
