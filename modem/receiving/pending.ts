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

/** What was read at a place. Only as long as the same PDU lies there may it be deleted for this. */
export interface Holding {
  readonly place: Place;
  /** In hexadecimal, without what the modem added to it. */
  readonly pdu: string;
}

/** What the receiver is offered, and where it is stored (nowhere, when the modem passed it on at once). */
export type Offer = WholeMessage | UnreadableRecord;

/** A message of which all parts are here. */
export interface WholeMessage {
  readonly kind: 'message';
  readonly first: StoredPart;
  readonly content: SmsContent;
  /** Of each part, in order, as the modem wrote it. */
  readonly pdus: readonly string[];
  readonly holdings: readonly Holding[];
  /** What its parts are known by; none when it was never cut. */
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

/** What is known of a place. */
interface Entry {
  readonly holding: Holding;
  handedOver: boolean;
  /** Whether the last list of its memory had it. If not, it stays known: the line may have lost that line of the list. */
  isListed: boolean;
  /** The part that lies there and waits for others. */
  waiting?: StoredPart;
}

/** Offers in memory that the receiver refused; the oldest is forgotten for a new one (if stored, a sweep finds it). */
const REFUSED_LIMIT = 256;

/** Places that are remembered; the oldest is forgotten for a new one. No store that is known has more. */
const PLACES_LIMIT = 2_000;

/** Parts of long messages that are remembered once handed over; the oldest is forgotten for a new one. */
const DONE_LIMIT = 1_024;

/**
 * What has been read from the modem and is not yet safe with the receiver: parts that wait for others, messages that
 * were refused, and messages handed over whose deletion failed. So that every sweep may look at everything, and still
 * each message is offered once.
 */
export class PendingMessages {
  readonly #reassembly: Reassembly<StoredPart> = createReassembly();
  readonly #entries = new Map<string, Entry>();
  readonly #done = new Set<string>();
  #emptied: Holding[] = [];
  #refused: Offer[] = [];

  /** Whether something is waiting to be offered again. */
  get hasRefused(): boolean {
    return this.#refused.length > 0;
  }

  /** What is known of what lies at a place now. Two memories may be one store under two names. */
  knows(holding: Holding): 'new' | 'kept' | 'handed-over' {
    const entry = this.#entryOf(holding) ?? this.#twinOf(holding);
    if (entry === undefined) return 'new';
    return entry.handedOver ? 'handed-over' : 'kept';
  }

  /** From now on this place is known to hold this PDU. */
  keep(holding: Holding): void {
    const key = keyOf(holding.place);
    this.#entries.delete(key);
    this.#entries.set(key, { holding, handedOver: false, isListed: true });
    forgetOldest(this.#entries, PLACES_LIMIT);
  }

  /** What lies there is safe, it only remains to be deleted. False when something else lies there by now. */
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

  /** A list of what is stored is about to be made. */
  beginList(): void {
    this.#emptied = [];
  }

  /** Whether the place was emptied since the last list was begun, perhaps under another name. */
  wasEmptied({ place, pdu }: Holding): boolean {
    return this.#emptied.some(
      (one) => keyOf(one.place) === keyOf(place) || (one.pdu === pdu && one.place.memory !== place.memory),
    );
  }

  /** A memory was looked through. */
  noteList(memory: string, held: readonly Place[]): void {
    const keys = new Set(held.map(keyOf));
    for (const [key, entry] of this.#entries) {
      if (entry.holding.place.memory === memory) entry.isListed = keys.has(key);
    }
  }

  /**
   * Whether this is a part of a long message that was handed over whole: the network delivered it once more, and it would
   * wait for the others for ever. (A message of one SMS cannot be told from a second one like it.)
   */
  isLateDuplicate(deliver: Deliver): boolean {
    const key = partKeyOf(deliver);
    return key !== undefined && this.#done.has(key);
  }

  /** Adds a part. `message` is there when it made one whole; `dropped` are those that had to be given up for it. */
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

  /** Forgets the messages that are not whole: those of which some part is stored nowhere else, and is lost. */
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
   * The places of a memory that hold the oldest part that waits for others: from now on it is kept here alone, and must be
   * deleted there. None, when no part waits.
   */
  evictFrom(memory: string): readonly Holding[] {
    const [oldest] = this.#entriesIn(memory)
      .flatMap(({ waiting }) => waiting ?? [])
      .sort((one, other) => one.timestamp.at - other.timestamp.at);
    return oldest?.holdings.splice(0) ?? [];
  }

  /** The receiver did not take what it was offered. */
  refuse(offer: Offer): void {
    this.#refused.push(offer);
    if (this.#refused.length <= REFUSED_LIMIT) return;
    for (const { place } of this.#refused.shift()?.holdings ?? []) this.forget(place);
  }

  /** What to offer again. */
  takeRefused(): readonly Offer[] {
    const refused = this.#refused;
    this.#refused = [];
    return refused;
  }

  /** The receiver took what it was offered. */
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
