import {
  addressText,
  type Deliver,
  type Deviation,
  decodePdu,
  decodePduLeniently,
  decodeTpdu,
  fromHex,
  PduError,
  type StatusReport,
  type Tpdu,
} from '../pdu/index.ts';

/** What a modem can hand over: a message, or what became of one. */
export type ReceivedTpdu = Deliver | StatusReport;

/**
 * Reads a PDU as a modem writes it, with `length` from its header. By the book that is the length of the TPDU behind the
 * service centre's address; in practice it may count everything, the address may be missing, and `FF` up to the end of
 * the SIM's record (176 octets) or `,0` may follow. The first reading that is a TPDU wins. Undefined: a SUBMIT that somebody stored, which is nobody's mail.
 *
 * @throws PduError when no reading is one; the error is that of the reading by the book.
 */
export function readPdu(text: string, length: number | undefined): ReceivedTpdu | undefined {
  const octets = octetsOf(text);
  return firstReceived([
    () => decodePdu(byTheBook(octets, length), 'mobile-terminated').tpdu,
    () => decodePdu(octets, 'mobile-terminated', { padded: true }).tpdu,
    () => decodePdu(octets.subarray(0, length), 'mobile-terminated').tpdu,
    () => decodeTpdu(octets.subarray(0, length), 'mobile-terminated'),
    () => decodeTpdu(octets, 'mobile-terminated', { padded: true }),
  ]);
}

/**
 * Reads a PDU that {@link readPdu} refused, passing over what service centres get wrong. For a PDU that has been read
 * twice the same, or cannot be read again: a fault of the line would pass as well.
 *
 * @param deviates gets what was passed over, when something was
 * @throws PduError when nothing sensible can be made of it.
 */
export function readPduLeniently(
  text: string,
  length: number | undefined,
  deviates: (deviations: readonly Deviation[]) => void = () => {},
): ReceivedTpdu | undefined {
  const { tpdu, deviations } = decodePduLeniently(byTheBook(octetsOf(text), length), 'mobile-terminated');
  if (deviations.length > 0) deviates(deviations);
  return firstReceived([() => tpdu]);
}

/** Whether what a modem stores is a status report, by the book. */
export function holdsReport({ pdu, length }: { readonly pdu: string; readonly length: number | undefined }): boolean {
  try {
    return readPdu(pdu, length)?.type === 'STATUS-REPORT';
  } catch (error) {
    if (!(error instanceof PduError)) throw error;
    return false;
  }
}

/** The service centre in front of a PDU; undefined when there is none, or the PDU reads as one only without. */
export function serviceCentreIn(text: string): string | undefined {
  try {
    const { smsc } = decodePduLeniently(octetsOf(text), 'mobile-terminated');
    return smsc === undefined ? undefined : addressText(smsc);
  } catch (error) {
    if (!(error instanceof PduError)) throw error;
    return undefined;
  }
}

function octetsOf(text: string): Uint8Array {
  return fromHex(text.replace(/,.*$/, ''));
}

function byTheBook(octets: Uint8Array, length: number | undefined): Uint8Array {
  return length === undefined ? octets : octets.subarray(0, 1 + (octets[0] ?? 0) + length);
}

function firstReceived(readings: readonly (() => Tpdu)[]): ReceivedTpdu | undefined {
  let firstError: PduError | undefined;
  for (const read of readings) {
    try {
      const tpdu = read();
      if (tpdu.type === 'DELIVER' || tpdu.type === 'STATUS-REPORT') return tpdu;
    } catch (error) {
      if (!(error instanceof PduError)) throw error;
      firstError ??= error;
    }
  }
  if (firstError !== undefined) throw firstError;
  return undefined;
}
