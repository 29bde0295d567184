import type { Clock } from '../modem/index.ts';

/**
 * What happens in the world, each thing once. `sms` numbers the messages the service centre has seen; numbers are as
 * people write them, TPDUs in hex without the service centre's address, causes and statuses as the standards number them.
 */
export type WorldEvent =
  /** A subscriber registered, or left. */
  | { readonly kind: 'attach' | 'detach'; readonly number: string }
  /** The service centre took a message. `tpdu` is what the sender sent. */
  | { readonly kind: 'submit'; readonly sms: number; readonly from: string; readonly to: string; readonly tpdu: string }
  /** The service centre refused one; `cause` is what `+CMS ERROR` shows. */
  | { readonly kind: 'refuse'; readonly from: string; readonly to: string; readonly cause: number }
  /** It was lost on its way, as the profile or a fault wanted. */
  | { readonly kind: 'lose'; readonly sms: number; readonly to: string }
  /** A second copy of `original` is on its way. */
  | { readonly kind: 'duplicate'; readonly sms: number; readonly original: number; readonly to: string }
  /** The phone has it. `tpdu` is what the phone was given. */
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
      readonly reason: 'absent' | 'full' | 'no-answer';
      readonly retryMs: number;
    }
  /** The service centre gave up; `status` is TP-ST. */
  | { readonly kind: 'fail'; readonly sms: number; readonly to: string; readonly status: number }
  /** A status report about message `about` is on its way to its sender. */
  | {
      readonly kind: 'report';
      readonly sms: number;
      readonly about: number;
      readonly to: string;
      readonly status: number;
    }
  /** A waiting message was replaced by a later one of the same type. */
  | { readonly kind: 'replace'; readonly sms: number; readonly by: number; readonly to: string }
  /** A fault struck. */
  | {
      readonly kind: 'fault';
      readonly fault: string;
      readonly action: string;
      readonly from: string;
      readonly to: string;
    };

/** An event with its time, ms since 1970, and its place in the log, from 1. */
export type LogEntry = WorldEvent & { readonly at: number; readonly seq: number };

/** The oldest entries are forgotten beyond this. */
const ENTRIES = 200_000;

/** The one ordered log of a world. */
export class EventLog {
  readonly #clock: Clock;
  readonly #entries: LogEntry[] = [];
  readonly #listeners = new Set<(entry: LogEntry) => void>();
  #seq = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(event: WorldEvent): void {
    this.#seq += 1;
    const entry: LogEntry = { seq: this.#seq, at: this.#clock.now(), ...event };
    this.#entries.push(entry);
    if (this.#entries.length > ENTRIES * 2) this.#entries.splice(0, ENTRIES);
    for (const listener of this.#listeners) listener(entry);
  }

  /** The entries after `seq`, oldest first. */
  entries(afterSeq = 0): readonly LogEntry[] {
    return this.#entries.filter(({ seq }) => seq > afterSeq);
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

/** An entry for people, in columns: time, kind, message number, from and to, details. */
export function textLine(entry: LogEntry): string {
  const { seq: _, at, kind, ...data } = entry;
  const { sms, from, to, number, ...details } = { sms: '', from: '', to: '', number: '', ...data };
  const way = number === '' ? `${String(from).padEnd(16)} ${String(to).padEnd(16)}` : String(number).padEnd(33);
  const rest = Object.entries(details).map(([name, value]) => `${name}=${value}`);
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} ${kind.padEnd(9)} ${String(sms).padStart(6)} ${way} ${rest.join(' ')}`.trimEnd();
}
