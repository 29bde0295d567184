import type { Clock } from '../../modem/index.ts';
import { CardBook, type CardEntry } from './card-book.ts';
import {
  CardFrameError,
  type CardMessage,
  type CardSpeech,
  CardStream,
  framedAnswer,
  readCardMessage,
  writeCardMessage,
} from './card-frames.ts';
import { businessDay, totalsAnswer } from './card-totals.ts';
import type { HostFault } from './example-host.ts';
import type { SettlementFault } from './settlement-fault.ts';

/** What a card host does wrong with one order: as every host, or it answers without its terminal (DE 41), or refuses with a code. */
export type CardFault = HostFault | 'without-terminal' | { readonly code: string };

/** How a {@link CardHost} is opened. */
export interface CardHostOptions {
  readonly clock: Clock;
  readonly speech: CardSpeech;
  /** The merchant it knows, DE 42. */
  readonly merchant: string;
  /** Where the book is kept. Default: nowhere. */
  readonly bookFile?: string;
}

/** One connection to the host, as the host sees it. */
export interface CardPeer {
  write(octets: Uint8Array): void;
  /** Ends the connection; `half` is sent before. */
  end(half: Uint8Array): void;
}

const LATE_MS = 120_000;
const SLOW_MS = 30_000;

/** The host says that its business day has ended within so long after it, ms. */
const SAYS_WITHIN_MS = 60_000;

/** What an order cannot be without. */
const MANDATORY = [2, 3, 4, 7, 11, 32, 37, 41, 42, 49];

/**
 * An honest double of a card host: its own parser, its own book, and the faults that it is told to make. It carries out an order of a
 * terminal, trace number and reference once, answers a repeat as the first time, refuses another order with the same trace number, and
 * refuses what was reversed before it came.
 */
export class CardHost {
  /** Nothing that is sent reaches the host. */
  down = false;
  /** This host sends nothing outside its connections. */
  onNotice: (message: Uint8Array) => void = () => {};
  readonly #options: CardHostOptions;
  readonly #book: CardBook;
  readonly #faults: CardFault[] = [];
  readonly #settlementFaults: SettlementFault[] = [];
  #miscounted: number | undefined;
  readonly #peers = new Set<CardPeer>();
  readonly #listeners = new Set<(entry: CardEntry) => void>();
  /** Each message that was read, oldest first. */
  readonly heard: CardMessage[] = [];

  constructor(options: CardHostOptions) {
    this.#options = options;
    this.#book = new CardBook(options.bookFile);
  }

  /** What the host does wrong with the next orders, one fault an order. */
  misbehave(...faults: CardFault[]): void {
    this.#faults.push(...faults);
  }

  /** What is wrong in every settlement from now on. */
  misreport(...faults: SettlementFault[]): void {
    this.#settlementFaults.push(...faults);
  }

  /** From now on its totals have one purchase more, of so many minor units, than its book. */
  miscount(minor: number): void {
    this.#miscounted = minor;
  }

  get entries(): readonly CardEntry[] {
    return this.#book.entries;
  }

  /** Hears of each order when it is written into the book, and of each change of it, until the returned function is called. */
  listen(listener: (entry: CardEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Purchases less refunds in the host's book, minor units. */
  moved(): number {
    return this.#book.moved();
  }

  /** Decides about all that is pending: whoever asks again gets the answer. */
  decide(state: 'moved' | 'declined'): void {
    for (const entry of this.entries.filter((known) => known.state === 'pending')) {
      this.#write({ ...entry, state, code: state === 'moved' ? '00' : '51' });
    }
  }

  /** The settlement, `[from, to)`, ms since 1970. */
  statement(from: number, to: number): string {
    return this.#book.statement(from, to, this.#settlementFaults);
  }

  /** Sends a request of its own to all that are connected: 201 ends the business day, 301 asks for an echo. */
  manage(code: string): void {
    const now = this.#options.clock.now();
    const ended = code === '201' ? { 15: businessDay(now - SAYS_WITHIN_MS) } : {};
    for (const peer of this.#peers) {
      this.#send(peer, Buffer.alloc(0), {
        type: '0800',
        elements: { 7: transmissionTime(now), 11: '000001', 70: code, ...ended },
      });
    }
  }

  /** A connection was made. @returns what is done with what the peer sends, and when it has gone */
  connected(peer: CardPeer): { received(octets: Uint8Array): void; closed(): void } {
    const stream = new CardStream(this.#options.speech);
    this.#peers.add(peer);
    return {
      closed: () => void this.#peers.delete(peer),
      received: (octets) => {
        if (this.down) return;
        try {
          for (const { tpdu, message } of stream.take(octets)) this.#heard(peer, tpdu, message);
        } catch (error) {
          if (!(error instanceof CardFrameError)) throw error;
          peer.end(Buffer.alloc(0));
        }
      },
    };
  }

  #heard(peer: CardPeer, tpdu: Buffer, octets: Buffer): void {
    const message = readCardMessage(octets, this.#options.speech);
    this.heard.push(message);
    const { type, elements } = message;
    if (type === '0800') {
      const code = ['001', '301'].includes(elements[70] ?? '') ? '00' : '12';
      this.#send(peer, tpdu, answerTo(message, { 39: code }));
    } else if (type === '0500') {
      this.#send(peer, tpdu, answerTo(message, totalsAnswer(this.entries, message, this.#miscounted)));
    } else if (['0200', '0201', '0400', '0401', '0420', '0421'].includes(type)) {
      this.#order(peer, tpdu, message);
    }
  }

  #order(peer: CardPeer, tpdu: Buffer, message: CardMessage): void {
    const fault = this.#faults.shift();
    if (fault === 'no-answer') return;
    if (fault === 'slow') {
      this.#options.clock.after(SLOW_MS, () => this.#send(peer, tpdu, this.#carryOut(message, undefined)));
      return;
    }
    const answer = this.#carryOut(message, fault);
    if (fault === 'answer-lost' || answer === undefined) return;
    if (fault === 'late') this.#options.clock.after(LATE_MS, () => this.#send(peer, tpdu, answer));
    else if (fault === 'cut') peer.end(this.#framed(tpdu, answer).subarray(0, -3));
    else {
      if (fault === 'out-of-order') {
        this.#send(peer, tpdu, { ...answer, elements: { ...answer.elements, 11: '999999', 39: '51' } });
      }
      this.#send(peer, tpdu, fault === 'without-terminal' ? withoutTerminal(answer) : answer);
      if (fault === 'twice') this.#send(peer, tpdu, answer);
    }
  }

  /** @returns the answer; `undefined` while it is not decided */
  #carryOut(message: CardMessage, fault: CardFault | undefined): CardMessage | undefined {
    const { type, elements } = message;
    if (MANDATORY.some((number) => elements[number] === undefined)) return answerTo(message, { 39: '30' });
    if (elements[42] !== this.#options.merchant.padEnd(15)) return answerTo(message, { 39: '03' });
    if (typeof fault === 'object')
      return answerTo(message, { 39: fault.code, 15: businessDay(this.#options.clock.now()) });
    if (type.startsWith('04')) return this.#reverse(message);
    const entry =
      this.#book.find(elements[41] ?? '', elements[11] ?? '', elements[37] ?? '') ?? this.#enter(message, fault);
    if (entry.state === 'pending') return undefined;
    const approval = entry.state === 'moved' ? { 38: `A${elements[11]?.slice(1)}` } : {};
    const code = entry.state === 'reversed' ? '12' : entry.code;
    return answerTo(message, { 39: code, 15: businessDay(entry.at), ...approval });
  }

  #enter(message: CardMessage, fault: CardFault | undefined): CardEntry {
    const entry = this.#entryOf(message);
    const isSecond = this.entries.some(({ terminal, trace }) => terminal === entry.terminal && trace === entry.trace);
    if (isSecond) return { ...entry, state: 'declined', code: '94' };
    const isAllowed = entry.kind === 'purchase' || this.#book.mayRefund(entry.reference, entry.minor, entry.currency);
    if (fault === 'declined' || !isAllowed) return this.#write({ ...entry, state: 'declined', code: '51' });
    return this.#write({ ...entry, state: fault === 'pending' ? 'pending' : 'moved', code: '00' });
  }

  /** What the host does not know it writes down as reversed, and says so: 25. */
  #reverse(message: CardMessage): CardMessage {
    const { elements } = message;
    const original = elements[90]?.slice(4, 10);
    const known = this.#book.find(elements[41] ?? '', original ?? '', elements[37] ?? '');
    if (original !== elements[11]) return answerTo(message, { 39: '30' });
    const now = this.#options.clock.now();
    const since = known?.state === 'moved' ? { reversedAt: now } : {};
    if (known?.state !== 'declined') this.#write({ ...(known ?? this.#entryOf(message)), state: 'reversed', ...since });
    return answerTo(message, { 39: known === undefined ? '25' : '00', 15: businessDay(now) });
  }

  #write(entry: CardEntry): CardEntry {
    const written = this.#book.write(entry);
    for (const listener of this.#listeners) listener(written);
    return written;
  }

  #entryOf({ elements }: CardMessage): CardEntry {
    return {
      terminal: elements[41] ?? '',
      trace: elements[11] ?? '',
      reference: elements[37] ?? '',
      kind: elements[3]?.startsWith('20') === true ? 'refund' : 'purchase',
      minor: Number(elements[4]),
      currency: elements[49] ?? '',
      at: this.#options.clock.now(),
      state: 'moved',
      code: '00',
    };
  }

  #framed(tpdu: Buffer, message: CardMessage): Buffer {
    return framedAnswer(writeCardMessage(message, this.#options.speech), tpdu, this.#options.speech);
  }

  #send(peer: CardPeer, tpdu: Buffer, message: CardMessage | undefined): void {
    if (message !== undefined && this.#peers.has(peer)) peer.write(this.#framed(tpdu, message));
  }
}

/** DE 7. @param at ms since 1970 */
function transmissionTime(at: number): string {
  return new Date(at)
    .toISOString()
    .replaceAll(/[^0-9]/g, '')
    .slice(4, 14);
}

/** The answer repeats what names the order, and adds what the host says. */
function answerTo({ type, elements }: CardMessage, said: Readonly<Record<number, string>>): CardMessage {
  const repeated = [2, 3, 4, 7, 11, 12, 13, 32, 37, 41, 42, 49, 70].flatMap((number) => {
    const value = elements[number];
    return value === undefined ? [] : [[number, value] as const];
  });
  return { type: `${type.slice(0, 2)}${Number(type[2]) + 1}0`, elements: { ...Object.fromEntries(repeated), ...said } };
}

function withoutTerminal({ type, elements: { 41: _, ...elements } }: CardMessage): CardMessage {
  return { type, elements };
}
