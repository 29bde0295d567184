import type { SmsContent, UnreadableSms } from '../bearer.ts';
import {
  addressText,
  concatenationOf,
  createReassembly,
  type Deliver,
  type DroppedMessage,
  type Reassembly,
} from '../pdu/index.ts';
import type { Place } from './message-store.ts';

/** The PDU that was read at a place. The place may be deleted only as long as the same PDU is there. */
export interface Holding {
  readonly place: Place;
  /** In hexadecimal, without the `,0` or `FF` that some modems add. */
  readonly pdu: string;
}

/** What the receiver is offered, and the places where it is stored (none, when the modem passed it on with `+CMT`). */
export type Offer = WholeMessage | UnreadableRecord;

/** A message of which all parts are here. */
export interface WholeMessage {
  readonly kind: 'message';
  readonly first: StoredPart;
  readonly content: SmsContent;
  /** The PDU of each part, in order, as the modem wrote it. */
  readonly pdus: readonly string[];
  readonly holdings: readonly Holding[];
  /** The key of each part (sender, TP-SCTS, reference, number); none when the message is a single SMS. */
  readonly partKeys: readonly string[];
}

/** A record of which no message can be made. */
export interface UnreadableRecord extends UnreadableSms {
  readonly kind: 'unreadable';
  readonly holdings: readonly Holding[];
  readonly partKeys: readonly [];
}

/** One part of a message, as it was received. */
export interface StoredPart extends Deliver {
  /** As the modem wrote it. */
  readonly pdu: string;
  /** Every place where this part is stored: the network may deliver it twice. */
  readonly holdings: Holding[];
}

/** What adding a part did. */
export interface Addition {
  readonly message?: WholeMessage;
  readonly dropped: readonly DroppedMessage<StoredPart>[];
}

/** What is remembered of a place. */
interface Entry {
  readonly holding: Holding;
  handedOver: boolean;
  /**
   * Whether the place was in the last list of its memory. A place that was not is still remembered: the line may have lost
   * that line of `+CMGL`, and its message would be handed over a second time.
   */
  isListed: boolean;
  /** The part stored there, which waits for the other parts of its message. */
  waiting?: StoredPart;
}

/** Refused messages that are kept; one more makes the oldest forgotten (a sweep finds it again, if the modem stores it). */
const REFUSED_LIMIT = 256;

/** Places that are remembered; one more makes the oldest forgotten. No known modem stores so many messages. */
const PLACES_LIMIT = 2_000;

/** Parts of long messages that are remembered after their message was handed over; one more makes the oldest forgotten. */
const DONE_LIMIT = 1_024;

/**
 * The messages that were read from the modem and are not done with: parts that wait for other parts, messages that the
 * receiver refused, and messages handed over whose deletion failed. Each sweep lists all memories; by this each
 * message in the list is still offered only once.
 */
export class PendingMessages {
  readonly #reassembly: Reassembly<StoredPart> = createReassembly();
  readonly #entries = new Map<string, Entry>();
  readonly #done = new Set<string>();
  #emptied: Holding[] = [];
  #refused: Offer[] = [];

  /** Whether the receiver refused a message, which is to be offered to it again. */
  get hasRefused(): boolean {
    return this.#refused.length > 0;
  }

  /**
   * Whether the record at a place is new, kept, or handed over already. Two memories may be one store under two names (MT
   * has the messages of SM and ME), so the same PDU in another memory is the same record.
   */
  knows(holding: Holding): 'new' | 'kept' | 'handed-over' {
    const entry = this.#entryOf(holding) ?? this.#twinOf(holding);
    if (entry === undefined) return 'new';
    return entry.handedOver ? 'handed-over' : 'kept';
  }

  /** Remembers that this place has this PDU. */
  keep(holding: Holding): void {
    const key = keyOf(holding.place);
    this.#entries.delete(key);
    this.#entries.set(key, { holding, handedOver: false, isListed: true });
    forgetOldest(this.#entries, PLACES_LIMIT);
  }

  /** Notes that the receiver has this record, which is to be deleted. False when another PDU is known at the place by now. */
  markHandedOver(holding: Holding): boolean {
    const entry = this.#entryOf(holding);
    if (entry === undefined) return false;
    entry.handedOver = true;
    return true;
  }

  /** The place is empty. */
  forget(place: Place): void {
    const entry = this.#entries.get(keyOf(place));
    this.#entries.delete(keyOf(place));
    this.#emptied.push({ place, pdu: entry?.holding.pdu ?? '' });
  }

  /** Called before `+CMGL`: places emptied from here on may still be in the list. */
  beginList(): void {
    this.#emptied = [];
  }

  /** Whether the place was emptied since {@link beginList}, perhaps under the name of another memory. */
  wasEmptied({ place, pdu }: Holding): boolean {
    return this.#emptied.some(
      (one) => keyOf(one.place) === keyOf(place) || (one.pdu === pdu && one.place.memory !== place.memory),
    );
  }

  /** Notes which places of a memory were in its list. */
  noteList(memory: string, held: readonly Place[]): void {
    const keys = new Set(held.map(keyOf));
    for (const [key, entry] of this.#entries) {
      if (entry.holding.place.memory === memory) entry.isListed = keys.has(key);
    }
  }

  /**
   * Whether this is a part of a long message that was handed over already: the network delivered the part twice, and the
   * second copy would wait for the other parts for ever. (Two deliveries of a single SMS look like two equal messages.)
   */
  isLateDuplicate(deliver: Deliver): boolean {
    const key = partKeyOf(deliver);
    return key !== undefined && this.#done.has(key);
  }

  /** Adds a part. `message`: the message that is whole now; `dropped`: incomplete messages given up to stay within the limits. */
  add(deliver: Deliver, pdu: string, holding: Holding | undefined, now: number): Addition {
    const part: StoredPart = { ...deliver, pdu, holdings: holding === undefined ? [] : [holding] };
    const result = this.#reassembly.add(part, now);
    if (result.kind === 'complete') {
      const { parts, content, dropped } = result;
      const [first = part] = parts;
      const holdings = parts.flatMap((each) => each.holdings);
      for (const each of holdings) this.#setWaiting(each, undefined);
      return {
        message: {
          kind: 'message',
          first,
          content,
          pdus: parts.map((each) => each.pdu),
          holdings,
          partKeys: parts.flatMap((each) => partKeyOf(each) ?? []),
        },
        dropped,
      };
    }
    const waiting = result.kind === 'duplicate' ? result.original : part;
    if (result.kind === 'duplicate' && holding !== undefined) waiting.holdings.push(holding);
    if (holding !== undefined) this.#setWaiting(holding, waiting);
    return { dropped: result.dropped };
  }

  /** Gives up all incomplete messages, and returns those that lose a part because the modem does not store it. */
  giveUp(): readonly DroppedMessage<StoredPart>[] {
    return this.#reassembly
      .expire(Number.POSITIVE_INFINITY)
      .filter(({ parts }) => parts.some(({ holdings }) => holdings.length === 0));
  }

  /** How many places of a memory are known to be taken. */
  heldIn(memory: string): number {
    return this.#entriesIn(memory).length;
  }

  /**
   * The places of the oldest part in a memory that waits for others. The caller deletes these places; the part is then kept
   * in this object only. None, when no part waits.
   */
  evictFrom(memory: string): readonly Holding[] {
    const [oldest] = this.#entriesIn(memory)
      .flatMap(({ waiting }) => waiting ?? [])
      .sort((one, other) => one.timestamp.at - other.timestamp.at);
    return oldest?.holdings.splice(0) ?? [];
  }

  /** The receiver refused an offer: it is kept, to be offered again. */
  refuse(offer: Offer): void {
    this.#refused.push(offer);
    if (this.#refused.length <= REFUSED_LIMIT) return;
    for (const { place } of this.#refused.shift()?.holdings ?? []) this.forget(place);
  }

  /** The refused offers, which are to be offered again; they are no longer kept here. */
  takeRefused(): readonly Offer[] {
    const refused = this.#refused;
    this.#refused = [];
    return refused;
  }

  /** The receiver took an offer: its places are to be deleted, and a second delivery of its parts is known as such. */
  release({ holdings, partKeys }: Offer): void {
    for (const holding of holdings) this.markHandedOver(holding);
    for (const key of partKeys) this.#done.add(key);
    forgetOldest(this.#done, DONE_LIMIT);
  }

  #twinOf({ place, pdu }: Holding): Entry | undefined {
    return [...this.#entries.values()].find(
      ({ holding }) => holding.pdu === pdu && holding.place.memory !== place.memory,
    );
  }

  #entriesIn(memory: string): readonly Entry[] {
    return [...this.#entries.values()].filter(({ holding, isListed }) => isListed && holding.place.memory === memory);
  }

  #entryOf({ place, pdu }: Holding): Entry | undefined {
    const entry = this.#entries.get(keyOf(place));
    return entry?.holding.pdu === pdu ? entry : undefined;
  }

  #setWaiting(holding: Holding, part: StoredPart | undefined): void {
    const entry = this.#entryOf(holding);
    if (entry === undefined) return;
    if (part === undefined) delete entry.waiting;
    else entry.waiting = part;
  }
}

function forgetOldest(kept: Set<string> | Map<string, unknown>, limit: number): void {
  for (const key of kept.keys()) {
    if (kept.size <= limit) return;
    kept.delete(key);
  }
}

function partKeyOf({ originator, timestamp, userData }: Deliver): string | undefined {
  const concatenation = concatenationOf(userData);
  if (concatenation === undefined) return undefined;
  const { reference, total, sequence } = concatenation;
  return [addressText(originator), timestamp.at, reference, total, sequence].join(' ');
}

function keyOf({ memory, index }: Place): string {
  return `${memory} ${index}`;
}
