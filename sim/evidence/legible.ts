import { type Address, CompressedTextError, type Direction, decodeTpduLeniently, PduError } from '../../modem/index.ts';

/** Fields in which analysers pass over nothing: the header of the user data, and addresses. */
const MUST_BE_RIGHT: ReadonlySet<string> = new Set(['TP-UDH', 'TP-OA', 'TP-DA', 'TP-RA']);

/** What keeps an analyser from reading a TPDU to its end, in words; `undefined` when nothing does. */
export function obstacleIn(tpdu: Uint8Array, direction: Direction): string | undefined {
  try {
    const read = decodeTpduLeniently(tpdu, direction);
    const obstacle = read.deviations.find(({ field, offset }) => offset >= tpdu.length || MUST_BE_RIGHT.has(field));
    if (obstacle !== undefined) return `${obstacle.field}: ${obstacle.reason}`;
    return wrongNumber(addressIn(read.tpdu));
  } catch (error) {
    if (error instanceof CompressedTextError) return undefined;
    if (error instanceof PduError) return error.message;
    throw error;
  }
}

function addressIn(tpdu: ReturnType<typeof decodeTpduLeniently>['tpdu']): Address | undefined {
  if ('destination' in tpdu) return tpdu.destination;
  if ('originator' in tpdu) return tpdu.originator;
  return 'recipient' in tpdu ? tpdu.recipient : undefined;
}

/** An international number is digits (ITU-T E.164); others may have `*`, `#` and letters. */
function wrongNumber(address: Address | undefined): string | undefined {
  if (address === undefined || address.type !== 'international' || /^\d*$/.test(address.value)) return undefined;
  return `the international number ${address.value} has more than digits`;
}
