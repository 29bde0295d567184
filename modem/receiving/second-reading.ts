import { PduError } from '../pdu/index.ts';
import type { MessageStore, StoredMessage } from './message-store.ts';
import type { Holding } from './pending.ts';
import { type ReceivedTpdu, readingOf, readPdu } from './stored-pdu.ts';

// The line to a modem loses and damages answers, and some modems repeat the answer before. So a place is read a second time where
// one reading is not enough.

/** A record with its PDU in one spelling: some modems add `,0` or `FF` to it in `+CMGL` and not in `+CMGR`. */
export function holdingOf({ place, pdu }: StoredMessage): Holding {
  // A message in text mode has no PDU, so its place stands for it.
  if (pdu === '') return { place, pdu: `text at ${place.memory} ${place.index}` };
  return {
    place,
    pdu: pdu
      .replace(/,.*$/, '')
      .toUpperCase()
      .replace(/(?:FF)+$/, ''),
  };
}

/**
 * Reads a place once more whose PDU is the same as that of the place read before. Either two equal messages are stored
 * (true), or the modem repeated its last answer (false). @throws AtRefused (busy), AtTimeout, PortError
 */
export async function isStoredTwice(holding: Holding, store: MessageStore): Promise<boolean> {
  return (await whatLies(holding, store)) === 'the same';
}

/**
 * What is stored at a place just before `+CMGD`. It may be another message: a SIM600 deletes the sibling parts too and a
 * new message takes their index, or the list was old, or the modem had answered with the record of another place.
 * @throws AtRefused (busy), AtTimeout, PortError
 */
export async function whatLies(
  holding: Holding,
  store: MessageStore,
): Promise<'the same' | 'nothing' | 'something else'> {
  const now = await store.read(holding.place);
  if (now === undefined) return 'nothing';
  return holdingOf(now).pdu === holding.pdu ? 'the same' : 'something else';
}

/** What the second reading of a record says whose first reading gave no TPDU. */
export type SecondReading =
  /** The record is gone, or the line damaged this reading too: the next sweep reads the place again. */
  | { readonly kind: 'nothing' }
  /** The modem is in text mode and wrote no PDU. */
  | { readonly kind: 'text'; readonly holding: Holding }
  /** The same octets: the line did not damage them, so they may be decoded leniently. */
  | { readonly kind: 'unchanged'; readonly holding: Holding; readonly length: number | undefined }
  /** The line had damaged the first reading. `reading` is undefined for a SUBMIT. */
  | {
      readonly kind: 'mended';
      readonly holding: Holding;
      readonly pdu: string;
      readonly reading: ReceivedTpdu | undefined;
    };

/** Reads a record once more whose PDU was refused. @throws AtRefused (busy), AtTimeout, PortError */
export async function readAgain({ place, pdu }: StoredMessage, store: MessageStore): Promise<SecondReading> {
  const again = await store.read(place);
  if (again === undefined) return { kind: 'nothing' };
  const holding = holdingOf(again);
  if (again.pdu === '') return { kind: 'text', holding };
  if (again.pdu === pdu) return { kind: 'unchanged', holding, length: again.length };
  const reading = readingOf(() => readPdu(again.pdu, again.length));
  return reading instanceof PduError ? { kind: 'nothing' } : { kind: 'mended', holding, pdu: again.pdu, reading };
}
