import { fromHex } from './hex.ts';
import { readHexWords, SPARE } from './hex-words.ts';
import { Reader, type ReaderOptions } from './reader.ts';

/** Octets that {@link readerOfHex} takes from the system at a time. */
const SLAB = 64 * 1024;

/** Octets that a PDU in the slab may have: what `readHexWords` takes. */
const LONGEST = 512;

let octets = new Uint8Array(0);
let words = new DataView(octets.buffer);
let used = 0;

/** Allocates a new slab. The old one is freed when the PDUs that were decoded from it are. */
function renew(): void {
  const slab = Buffer.allocUnsafeSlow(SLAB);
  octets = new Uint8Array(slab.buffer);
  words = new DataView(slab.buffer);
  used = 0;
}

/**
 * A reader of the octets of a hex string. Short PDUs are written one behind the other into a large array: allocating an
 * array for each PDU would take as long as decoding it. Throws `PduError` of field `hex`.
 */
export function readerOfHex(hex: string, options?: ReaderOptions): Reader {
  if (used + LONGEST + SPARE > octets.length) renew();
  const start = used;
  if (!readHexWords(hex, words, start)) return new Reader(fromHex(hex), options);
  used += hex.length >> 1;
  return new Reader(octets, options, start, used);
}
