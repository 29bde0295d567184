import type { Clock } from '../modem/index.ts';
import type { WaitReason } from './network/outcomes.ts';
import type { Reception } from './network/radio-link.ts';

/**
 * What happens in the world, each thing once, in the order in which it happens. `sms` numbers the messages in the order in
 * which their senders began to send them; numbers are as people write them, TPDUs in hex without the service centre's
 * address, causes and statuses as the standards number them.
 */
export type WorldEvent = NetworkEvent | SubscriberEvent | MessageEvent | FaultEvent;

/** What happens to the network as a whole. */
export type NetworkEvent =
  /**
   * The world began: what chance is drawn from, the service centre's number, and the latency profile. `forgotten`: so many
   * events after this one are not kept any more, and `profile` is what held when the next one happened.
   */
  | {
      readonly kind: 'start';
      readonly seed: string;
      readonly smsc: string;
      readonly profile: string;
      readonly forgotten?: number;
    }
  /** Another latency profile holds from now on. */
  | { readonly kind: 'profile'; readonly profile: string };

/** What happens to a subscriber, and to the phone or modem with its SIM. */
export type SubscriberEvent =
  /** It registered with the network, with that of another operator if one is named, or left it. */
  | { readonly kind: 'attach' | 'detach'; readonly number: string; readonly operator?: string }
  /** The register tells the service centre that its phone is back, or has room (3GPP TS 23.040, 3.2.7). */
  | { readonly kind: 'alert'; readonly number: string; readonly reason: 'present' | 'memory' }
  /** The number moved to another SIM; or a second SIM of the same IMSI answers for it too. */
  | { readonly kind: 'swap' | 'clone'; readonly number: string; readonly imsi: string }
  /** The number went to another operator. */
  | { readonly kind: 'port'; readonly number: string; readonly operator: string }
  /** It went out of coverage, or came back into it. */
  | {
      readonly kind: 'coverage';
      readonly number: string;
      readonly covered: boolean;
      /** How it hears the network, where there is more to say. */
      readonly reception?: Reception;
    }
  /** Its modem was switched on or off (`+CFUN`); a restart is both. */
  | { readonly kind: 'power'; readonly number: string; readonly on: boolean }
  /** Its modem was pulled out of the host, or put back in. */
  | { readonly kind: 'plug' | 'unplug'; readonly number: string }
  /** A program opened a line to the modem, or closed it. Lines count from 1 in the order in which they were attached. */
  | { readonly kind: 'connect' | 'disconnect'; readonly number: string; readonly line: number }
  /** An unstructured supplementary service: what the phone asked, or what the network said. */
  | { readonly kind: 'ussd'; readonly number: string; readonly by: 'phone' | 'network'; readonly text: string };

/** What happens to a message. */
export type MessageEvent =
  /**
   * A phone began to send a SUBMIT or COMMAND. One from outside the network is given in the SUBMIT that a phone would
   * have sent. `to` is empty when the TPDU cannot be read.
   */
  | {
      readonly kind: 'submit';
      readonly sms: number;
      readonly from: string;
      readonly to: string;
      readonly tpdu: string;
      readonly outside?: true;
    }
  /** The service centre took it. */
  | { readonly kind: 'accept'; readonly sms: number; readonly from: string; readonly to: string }
  /** The service centre took a COMMAND of this TP-CT; `about` is the message that it means, 0 when there is none. */
  | {
      readonly kind: 'command';
      readonly sms: number;
      readonly from: string;
      readonly to: string;
      readonly command: number;
      readonly about: number;
    }
  /** The service centre refused it; `cause` is what `+CMS ERROR` shows: an RP cause below 128, else TP-FCS. */
  | {
      readonly kind: 'refuse';
      readonly sms: number;
      readonly from: string;
      readonly to: string;
      readonly cause: number;
    }
  /** It was lost on its way, as the profile or a fault wanted, or because the network no longer heard its sender. */
  | { readonly kind: 'lose'; readonly sms: number; readonly to: string }
  /** A second copy of `original` is on its way. */
  | { readonly kind: 'duplicate'; readonly sms: number; readonly original: number; readonly to: string }
  /** The service centre sends it to the phone. `tpdu` is what the phone is given. */
  | {
      readonly kind: 'attempt';
      readonly sms: number;
      readonly from: string;
      readonly to: string;
      readonly tpdu: string;
    }
  /** The phone has it. */
  | {
      readonly kind: 'deliver';
      readonly sms: number;
      readonly from: string;
      readonly to: string;
      readonly tpdu: string;
    }
  /** The phone did not take it, and it waits: the phone is away, full (`cause` is TP-FCS), or did not answer. */
  | {
      readonly kind: 'wait';
      readonly sms: number;
      readonly to: string;
      readonly reason: WaitReason;
      readonly cause?: number;
      readonly retryMs: number;
    }
  /** The service centre gave up; `status` is TP-ST, `cause` the TP-FCS with which the phone refused it. */
  | {
      readonly kind: 'fail';
      readonly sms: number;
      readonly to: string;
      readonly status: number;
      readonly cause?: number;
    }
  /** A status report about message `about` is on its way to its sender. */
  | {
      readonly kind: 'report';
      readonly sms: number;
      readonly about: number;
      readonly to: string;
      readonly status: number;
    }
  /** A waiting message was replaced by a later one of the same type. */
  | { readonly kind: 'replace'; readonly sms: number; readonly by: number; readonly to: string };

/** A fault struck; `fault` is its id, `action` what it does. */
export type FaultEvent =
  /** It struck a message. */
  | {
      readonly kind: 'fault';
      readonly fault: string;
      readonly action: string;
      readonly sms: number;
      readonly from: string;
      readonly to: string;
    }
  /** It struck the line of a modem; absent: of every modem. */
  | { readonly kind: 'line-fault'; readonly fault: string; readonly action: string; readonly number?: string };

/** An event with its time, ms since 1970, and its place in the log, from 1. */
export type LogEntry = WorldEvent & { readonly at: number; readonly seq: number };

/** The latest entries that are kept when nothing else is said: about 200 octets of memory each. */
const KEPT = 200_000;

/** The one ordered log of a world, in memory. What must outlive it is written down as it happens ({@link EventLog.listen}). */
export class EventLog {
  readonly #clock: Clock;
  readonly #keep: number;
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  /** Two generations of at most `keep` entries: when the younger one is full, the older one is forgotten. */
  #older: LogEntry[] = [];
  #younger: LogEntry[] = [];
  #seq = 0;
  /** The beginning of the world, with the profile that held when the oldest entry that is kept happened. */
  #start: Extract<LogEntry, { kind: 'start' }> | undefined;

  /** @param keep how many of the latest entries are kept at least; twice as many are at most. */
  constructor(clock: Clock, keep: number = KEPT) {
    this.#clock = clock;
    this.#keep = keep;
  }

  add(event: WorldEvent): void {
    this.#seq += 1;
    const entry: LogEntry = { seq: this.#seq, at: this.#clock.now(), ...event };
    if (this.#younger.length >= this.#keep) {
      this.#forget(this.#older);
      this.#older = this.#younger;
      this.#younger = [];
    }
    this.#younger.push(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  /** The number of the latest entry; 0 before the first. */
  get seq(): number {
    return this.#seq;
  }

  /** How many of the oldest entries were forgotten, the beginning of the world among them. */
  get forgotten(): number {
    return this.#seq - this.#older.length - this.#younger.length;
  }

  /** The entries after `seq` that are kept, oldest first. The beginning of the world always is. */
  entries(afterSeq = 0): readonly LogEntry[] {
    const { forgotten } = this;
    const skip = Math.max(0, afterSeq - forgotten);
    const kept = this.#older.slice(skip).concat(this.#younger.slice(Math.max(0, skip - this.#older.length)));
    return afterSeq > 0 || this.#start === undefined ? kept : [{ ...this.#start, forgotten: forgotten - 1 }, ...kept];
  }

  #forget(entries: readonly LogEntry[]): void {
    for (const entry of entries) {
      if (entry.kind === 'start') this.#start = entry;
      else if (entry.kind === 'profile' && this.#start !== undefined) {
        this.#start = { ...this.#start, profile: entry.profile };
      }
    }
  }

  /** Calls `listener` with each entry from now on; the answer ends that. */
  listen(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** An entry as a JSON line: `seq`, `at` (ISO 8601), `kind`, then the rest in an order of its kind's own. */
export function jsonLine({ seq, at, kind, ...data }: LogEntry): string {
  return JSON.stringify({ seq, at: new Date(at).toISOString(), kind, ...data });
}

/** Lines that are made together. */
const CHUNK = 500;

/** Entries as JSON lines, many to a string: for a stream, between whose strings the world goes on. */
export function* jsonChunks(entries: readonly LogEntry[]): Generator<string> {
  for (let from = 0; from < entries.length; from += CHUNK) {
    yield `${entries
      .slice(from, from + CHUNK)
      .map(jsonLine)
      .join('\n')}\n`;
  }
}
