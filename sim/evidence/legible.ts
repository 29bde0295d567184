import {
  type Address,
  CompressedTextError,
  concatenationOf,
  type Direction,
  decodeServiceIndication,
  decodeTpduLeniently,
  PduError,
  portsOf,
  type Tpdu,
} from '../../modem/index.ts';

/** Fields in which analysers pass over nothing: the header of the user data, and addresses. */
const MUST_BE_RIGHT: ReadonlySet<string> = new Set(['TP-UDH', 'TP-UDHL', 'TP-OA', 'TP-DA', 'TP-RA']);

/** Octets of the longest TPDU, a status report with user data (3GPP TS 23.040, 9.2.2.3). */
const LONGEST = 164;

/** Ports behind which analysers expect WAP (Wireless Application Protocol 2.0, WAP-259-WDP, appendix C). */
const WAP_PORTS: ReadonlySet<number> = new Set([2948, 9200, 9201]);

/** What keeps an analyser from reading a TPDU to its end, in words; `undefined` when nothing does. */
export function obstacleIn(tpdu: Uint8Array, direction: Direction): string | undefined {
  if (tpdu.length > LONGEST) return `${tpdu.length} octets, more than the ${LONGEST} of a TPDU`;
  try {
    const read = decodeTpduLeniently(tpdu, direction);
    const obstacle = read.deviations.find(({ field, offset }) => offset >= tpdu.length || MUST_BE_RIGHT.has(field));
    if (obstacle !== undefined) return `${obstacle.field}: ${obstacle.reason}`;
    return wrongNumber(addressIn(read.tpdu)) ?? wrongWap(read.tpdu);
  } catch (error) {
    if (error instanceof CompressedTextError) return undefined;
    if (error instanceof PduError) return error.message;
    throw error;
  }
}

function addressIn(tpdu: Tpdu): Address | undefined {
  if ('destination' in tpdu) return tpdu.destination;
  if ('originator' in tpdu) return tpdu.originator;
  return 'recipient' in tpdu ? tpdu.recipient : undefined;
}

/** An international number is digits (ITU-T E.164); others may have `*`, `#` and letters. */
function wrongNumber(address: Address | undefined): string | undefined {
  if (address === undefined || address.type !== 'international' || /^\d*$/.test(address.value)) return undefined;
  return `the international number ${address.value} has more than digits`;
}

/** A single SMS to a WAP port has to be a push that can be read; parts of a long one are read when they are together. */
function wrongWap(tpdu: Tpdu): string | undefined {
  if (!('userData' in tpdu) || tpdu.userData.kind !== 'data') return undefined;
  const ports = portsOf(tpdu.userData);
  if (ports === undefined || concatenationOf(tpdu.userData) !== undefined) return undefined;
  const port = [ports.destination, ports.source].find((one) => WAP_PORTS.has(one));
  if (port === undefined || isPush(tpdu.userData.data)) return undefined;
  return `port ${port} is for WAP, and this is no service indication`;
}

function isPush(data: Uint8Array): boolean {
  try {
    decodeServiceIndication(data);
    return true;
  } catch (error) {
    if (error instanceof PduError) return false;
    throw error;
  }
}
