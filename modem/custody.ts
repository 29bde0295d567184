import type { SmsContent } from './bearer.ts';
import type { Place } from './message-store.ts';
import { createReassembly, type Deliver, type DroppedMessage, type Reassembly } from './pdu/index.ts';

/** A whole message, and where its parts are stored (nowhere, when they came at once). */
export interface Message {
  readonly first: Deliver;
  readonly content: SmsContent;
  readonly places: readonly Place[];
}

/** One part of a message, as it was received. */
export interface StoredPart extends Deliver {
  /** Every place where this part is stored: the network may deliver it twice. */
  readonly places: Place[];
}

/** What adding a part did. */
export interface Addition {
  readonly message?: Message;
  readonly dropped: readonly DroppedMessage<StoredPart>[];
}

/** What is known of the message at a place. */
interface Entry {
  readonly pdu: string;
  handedOver: boolean;
}

/** Messages in memory that the receiver refused; the oldest is forgotten for a new one (if stored, a sweep finds it). */
const REFUSED_LIMIT = 256;

/**
 * What has been read from the modem and is not yet safe with the receiver: parts that wait for others, messages that
 * were refused, and messages handed over whose deletion failed. So that every sweep may look at everything, and still
 * each message is offered once.
 */
export class Custody {
  readonly #reassembly: Reassembly<StoredPart> = createReassembly();
  readonly #entries = new Map<string, Entry>();
  #refused: Message[] = [];

  /** Whether some message is waiting to be offered again. */
  get hasRefused(): boolean {
    return this.#refused.length > 0;
  }

  /** What is known of what lies at a place now. */
  knows(place: Place, pdu: string): 'new' | 'kept' | 'handed-over' {
    const entry = this.#entries.get(keyOf(place));
    if (entry?.pdu !== pdu) return 'new';
    return entry.handedOver ? 'handed-over' : 'kept';
  }

  /** From now on this place is known to hold this PDU. */
  keep(place: Place, pdu: string): void {
    this.#entries.set(keyOf(place), { pdu, handedOver: false });
  }

  /** What lies there is safe with the receiver: it only remains to be deleted. */
  markHandedOver(place: Place): void {
    const entry = this.#entries.get(keyOf(place));
    if (entry !== undefined) entry.handedOver = true;
  }

  /** The place is empty. */
  forget(place: Place): void {
    this.#entries.delete(keyOf(place));
  }

  /** A memory was looked through: what it does not hold any more is forgotten. */
  retain(memory: string, held: readonly Place[]): void {
    const keys = new Set(held.map(keyOf));
    for (const key of this.#entries.keys()) {
      if (key.startsWith(`${memory} `) && !keys.has(key)) this.#entries.delete(key);
    }
  }

  /** Adds a part. `message` is there when it made one whole; `dropped` are those that had to be given up for it. */
  add(deliver: Deliver, place: Place | undefined, now: number): Addition {
    const part: StoredPart = { ...deliver, places: place === undefined ? [] : [place] };
    const result = this.#reassembly.add(part, now);
    if (result.kind === 'duplicate') result.original.places.push(...part.places);
    if (result.kind !== 'complete') return { dropped: result.dropped };
    const [first = part] = result.parts;
    const places = result.parts.flatMap((each) => each.places);
    return { message: { first, content: result.content, places }, dropped: result.dropped };
  }

  /** The receiver did not take the message. */
  refuse(message: Message): void {
    this.#refused.push(message);
    if (this.#refused.length <= REFUSED_LIMIT) return;
    for (const place of this.#refused.shift()?.places ?? []) this.forget(place);
  }

  /** The messages to offer again. */
  takeRefused(): readonly Message[] {
    const refused = this.#refused;
    this.#refused = [];
    return refused;
  }

  /** The receiver took the message. */
  release(message: Message): void {
    for (const place of message.places) this.markHandedOver(place);
  }
}

function keyOf({ memory, index }: Place): string {
  return `${memory} ${index}`;
}
