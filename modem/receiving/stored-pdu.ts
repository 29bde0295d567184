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

/** The TPDUs that a modem receives: a message, or the status report of one that was sent. */
export type ReceivedTpdu = Deliver | StatusReport;

/**
 * Reads a PDU as a modem writes it, with `length` from its header. By 3GPP TS 27.005 `length` counts the TPDU behind the
 * service centre's address. Some modems count the whole PDU, or leave the address out, or add `,0`, or `FF` up to the end
 * of the SIM's record (176 octets). Each reading is tried; the first that gives a TPDU counts. Undefined: a SUBMIT that
 * somebody stored, which was not received.
 *
 * @throws PduError when no reading gives a TPDU; the error is that of the reading by the standard.
 */
export function readPdu(text: string, length: number | undefined): ReceivedTpdu | undefined {
  const octets = octetsOf(text);
  return firstReceived([
    () => decodePdu(byStandard(octets, length), 'mobile-terminated').tpdu,
    () => decodePdu(octets, 'mobile-terminated', { padded: true }).tpdu,
    () => decodePdu(octets.subarray(0, length), 'mobile-terminated').tpdu,
    () => decodeTpdu(octets.subarray(0, length), 'mobile-terminated'),
    () => decodeTpdu(octets, 'mobile-terminated', { padded: true }),
  ]);
}

/**
 * Reads a PDU that {@link readPdu} refused, and passes over the mistakes of service centres. Only for a PDU that was read
 * twice the same, or cannot be read again: octets damaged on the line would be accepted too.
 *
 * @param deviates called with the deviations, when there are any
 * @throws PduError when nothing sensible can be made of it.
 */
export function readPduLeniently(
  text: string,
  length: number | undefined,
  deviates: (deviations: readonly Deviation[]) => void = () => {},
): ReceivedTpdu | undefined {
  const octets = byStandard(octetsOf(text), length);
  if (isStoredSubmit(octets)) return undefined;
  const { tpdu, deviations } = decodePduLeniently(octets, 'mobile-terminated');
  if (deviations.length > 0) deviates(deviations);
  return firstReceived([() => tpdu]);
}

/** What `reading` returns, or the `PduError` that it throws. */
export function readingOf(reading: () => ReceivedTpdu | undefined): ReceivedTpdu | PduError | undefined {
  try {
    return reading();
  } catch (error) {
    if (error instanceof PduError) return error;
    throw error;
  }
}

/** Whether a stored record is a status report, as {@link readPdu} reads it. */
export function holdsReport({ pdu, length }: { readonly pdu: string; readonly length: number | undefined }): boolean {
  const reading = readingOf(() => readPdu(pdu, length));
  return !(reading instanceof PduError) && reading?.type === 'STATUS-REPORT';
}

/** The service centre's address in front of a PDU; undefined when the PDU has none. */
export function serviceCentreIn(text: string): string | undefined {
  try {
    const { smsc } = decodePduLeniently(octetsOf(text), 'mobile-terminated');
    return smsc === undefined ? undefined : addressText(smsc);
  } catch (error) {
    if (!(error instanceof PduError)) throw error;
    return undefined;
  }
}

/**
 * Whether the octets are a SUBMIT that somebody stored. TP-MTI 1 is a SUBMIT-REPORT for a receiver, which no memory holds:
 * read so, TP-MR 2 of a SUBMIT would announce TP-DCS, and a digit octet 76 would be a compressed text.
 */
function isStoredSubmit(octets: Uint8Array): boolean {
  try {
    return decodePdu(octets, 'mobile-originated', { padded: true }).tpdu.type === 'SUBMIT';
  } catch (error) {
    if (!(error instanceof PduError)) throw error;
    return false;
  }
}

function octetsOf(text: string): Uint8Array {
  return fromHex(text.replace(/,.*$/, ''));
}

function byStandard(octets: Uint8Array, length: number | undefined): Uint8Array {
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
