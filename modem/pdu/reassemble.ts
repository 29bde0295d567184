import type { Address } from './address.ts';
import { joinEscapes } from './alphabet/gsm7.ts';
import type { SmsContent } from './content.ts';
import type { DataCodingScheme } from './data-coding-scheme.ts';
import type { Concatenation } from './information-element.ts';
import type { TimeStamp } from './time-stamp.ts';
import { concatenationOf, portsOf, type UserData } from './user-data.ts';

/** What reassembly needs of an SMS. A `Deliver` has all of it. */
export interface ReassemblyPart {
  readonly originator: Address;
  readonly dcs: DataCodingScheme;
  readonly userData: UserData;
  /** TP-SCTS. Parts far apart in time belong to different messages, because a sender uses its 256 references again. */
  readonly timestamp?: TimeStamp;
}

/** Limits on incomplete messages. */
export interface ReassemblyLimits {
  /** Incomplete messages kept. Default 64. */
  readonly messages?: number;
  /** Ms from the first part received until the message is given up. Default three days. */
  readonly ageMs?: number;
  /** Octets of text and data kept, all messages together. Default 256 KiB. */
  readonly octets?: number;
}

/** An incomplete message that was given up, with the parts that came: the caller decides what to do with them. */
export interface DroppedMessage<Part> {
  /** Too old, too many, too much memory, or another message from the same sender took its reference. */
  readonly reason: 'age' | 'number' | 'memory' | 'superseded';
  readonly originator: Address;
  readonly reference: number;
  readonly total: number;
  /** The parts received, by sequence. */
  readonly parts: readonly Part[];
}

/** What one SMS did. */
export type ReassemblyOutcome<Part> =
  /** All parts of the message are here; `parts` has them in order (one part for a single SMS). */
  | { readonly kind: 'complete'; readonly content: SmsContent; readonly parts: readonly Part[] }
  /** Kept; the sequence numbers that are missing. */
  | { readonly kind: 'waiting'; readonly missing: readonly number[] }
  /** The same part is here already, as `original`; this one was not kept. */
  | { readonly kind: 'duplicate'; readonly original: Part };

/** The outcome of one SMS, and the incomplete messages that were given up for it. */
export type ReassemblyResult<Part> = ReassemblyOutcome<Part> & { readonly dropped: readonly DroppedMessage<Part>[] };

/**
 * Puts the parts of long messages together. `Part` is the caller's own: a DELIVER with, for example, its index in the
 * SIM. Time is the caller's, in ms, and never goes backwards.
 */
export interface Reassembly<Part extends ReassemblyPart> {
  add(part: Part, now: number): ReassemblyResult<Part>;
  /** Gives up the messages that are too old at `now`. */
  expire(now: number): readonly DroppedMessage<Part>[];
  /** When the oldest incomplete message will be too old; undefined while there is none. */
  nextExpiry(): number | undefined;
}

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** The service centre takes the parts of a message one after the other, within this time. */
const SPREAD_MS = HOUR_MS;

const DEFAULTS = { messages: 64, ageMs: 3 * DAY_MS, octets: 256 * 1024 };

interface Incomplete<Part> {
  readonly key: string;
  readonly originator: Address;
  readonly concatenation: Concatenation;
  readonly since: number;
  /** TP-SCTS of the first part received. */
  readonly takenAt: number | undefined;
  readonly parts: Map<number, Part>;
  octets: number;
}

/** Octets that the content of a part takes in memory. */
function sizeOf({ userData }: ReassemblyPart): number {
  return userData.kind === 'text' ? userData.text.length * 2 : userData.data.length;
}

function keyOf({ originator, userData }: ReassemblyPart, { width, reference, total }: Concatenation): string {
  const ports = portsOf(userData);
  return [originator.type, originator.value, width, reference, total, userData.kind, ports?.destination].join(' ');
}

function sameContent(one: UserData, other: UserData): boolean {
  if (one.kind === 'text') return other.kind === 'text' && one.text === other.text;
  if (other.kind === 'text' || one.data.length !== other.data.length) return false;
  return one.data.every((octet, at) => octet === other.data[at]);
}

function contentOf(parts: readonly ReassemblyPart[]): SmsContent {
  const [first] = parts;
  const found = first && portsOf(first.userData);
  const ports = found && { ports: { destination: found.destination, source: found.source } };
  if (first?.userData.kind === 'data') {
    const data = parts.flatMap(({ userData }) => (userData.kind === 'data' ? [userData.data] : []));
    return { kind: 'data', data: new Uint8Array(Buffer.concat(data)), ...ports };
  }
  const text = parts.map(({ userData }) => (userData.kind === 'text' ? userData.text : ''));
  return { kind: 'text', text: joinEscapes(text), ...ports };
}

class IncompleteMessages<Part extends ReassemblyPart> implements Reassembly<Part> {
  readonly #limits: Required<ReassemblyLimits>;
  /** Oldest first. */
  readonly #messages = new Map<string, Incomplete<Part>>();
  #octets = 0;

  constructor(limits: ReassemblyLimits) {
    this.#limits = { ...DEFAULTS, ...limits };
  }

  add(part: Part, now: number): ReassemblyResult<Part> {
    const concatenation = concatenationOf(part.userData);
    const dropped = this.#expired(now);
    if (concatenation === undefined || concatenation.total === 1) {
      return { kind: 'complete', content: contentOf([part]), parts: [part], dropped };
    }
    const key = this.#keyFor(part, concatenation);
    const original = this.#messages.get(key)?.parts.get(concatenation.sequence);
    if (original !== undefined) {
      if (sameContent(original.userData, part.userData)) return { kind: 'duplicate', original, dropped };
      dropped.push(...this.#drop(key, 'superseded'));
    }
    const message = this.#keep(key, part, concatenation, now);
    if (message.parts.size === concatenation.total) {
      this.#remove(message);
      const parts = inOrder(message);
      return { kind: 'complete', content: contentOf(parts), parts, dropped };
    }
    dropped.push(...this.#shrink());
    return { kind: 'waiting', missing: missingOf(message), dropped };
  }

  expire(now: number): readonly DroppedMessage<Part>[] {
    return this.#expired(now);
  }

  nextExpiry(): number | undefined {
    const oldest = this.#oldest();
    return oldest && oldest.since + this.#limits.ageMs;
  }

  #oldest(): Incomplete<Part> | undefined {
    const [oldest] = this.#messages.values();
    return oldest;
  }

  /** The key of the message that the part belongs to, there already or new. */
  #keyFor(part: Part, concatenation: Concatenation): string {
    const key = keyOf(part, concatenation);
    const takenAt = part.timestamp?.at;
    if (takenAt === undefined) return key;
    for (const message of this.#messages.values()) {
      const isNear = Math.abs((message.takenAt ?? takenAt) - takenAt) <= SPREAD_MS;
      if (isNear && message.key.startsWith(`${key} `)) return message.key;
    }
    return `${key} ${takenAt}`;
  }

  #keep(key: string, part: Part, concatenation: Concatenation, now: number): Incomplete<Part> {
    let message = this.#messages.get(key);
    if (message === undefined) {
      message = {
        key,
        originator: part.originator,
        concatenation,
        since: now,
        takenAt: part.timestamp?.at,
        parts: new Map(),
        octets: 0,
      };
      this.#messages.set(key, message);
    }
    message.parts.set(concatenation.sequence, part);
    message.octets += sizeOf(part);
    this.#octets += sizeOf(part);
    return message;
  }

  #remove(message: Incomplete<Part>): void {
    this.#messages.delete(message.key);
    this.#octets -= message.octets;
  }

  #drop(key: string, reason: DroppedMessage<Part>['reason']): DroppedMessage<Part>[] {
    const message = this.#messages.get(key);
    if (message === undefined) return [];
    this.#remove(message);
    const { originator, concatenation } = message;
    const { reference, total } = concatenation;
    return [{ reason, originator, reference, total, parts: inOrder(message) }];
  }

  #expired(now: number): DroppedMessage<Part>[] {
    const dropped: DroppedMessage<Part>[] = [];
    for (const message of this.#messages.values()) {
      if (message.since + this.#limits.ageMs > now) break;
      dropped.push(...this.#drop(message.key, 'age'));
    }
    return dropped;
  }

  /** Gives up the oldest messages until the rest is within the limits. */
  #shrink(): DroppedMessage<Part>[] {
    const dropped: DroppedMessage<Part>[] = [];
    for (const { key } of this.#messages.values()) {
      if (this.#messages.size > this.#limits.messages) dropped.push(...this.#drop(key, 'number'));
      else if (this.#octets > this.#limits.octets) dropped.push(...this.#drop(key, 'memory'));
      else break;
    }
    return dropped;
  }
}

function inOrder<Part>({ parts }: Incomplete<Part>): readonly Part[] {
  return [...parts].sort(([one], [other]) => one - other).map(([, part]) => part);
}

function missingOf<Part>({ parts, concatenation }: Incomplete<Part>): readonly number[] {
  const all = Array.from({ length: concatenation.total }, (_, index) => index + 1);
  return all.filter((sequence) => !parts.has(sequence));
}

/** An empty {@link Reassembly}. */
export function createReassembly<Part extends ReassemblyPart>(limits: ReassemblyLimits = {}): Reassembly<Part> {
  return new IncompleteMessages(limits);
}
