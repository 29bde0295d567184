import type { EventLog, LogEntry } from './log.ts';
import type { WaitReason } from './network/outcomes.ts';

/** Where a message is, or how it ended. */
export type MessageStateName = 'on-the-way' | 'waiting' | 'delivered' | 'lost' | 'refused' | 'failed' | 'replaced';

/** What is known of a message. */
export interface MessageState {
  /** Its number in the log. */
  readonly sms: number;
  /** Whether it is a status report of the service centre's own. */
  readonly isReport: boolean;
  readonly from: string;
  readonly to: string;
  /** When it was sent, ms since 1970. */
  readonly sentAt: number;
  readonly state: MessageStateName;
  /** While it waits: why, and when it is tried next. */
  readonly reason?: WaitReason;
  readonly nextAttempt?: number;
  /** When it was delivered first, or given up. */
  readonly endedAt?: number;
  /** How often the phone was given it, copies included. */
  readonly deliveries: number;
  /** TP-ST with which the service centre gave up, or the cause of its refusal. */
  readonly status?: number;
  /** TP-ST of the reports that its sender was sent. */
  readonly reports: readonly number[];
}

type Changing = { -readonly [Key in keyof MessageState]: MessageState[Key] };

/** How many messages and reports are kept unless told otherwise. */
const MESSAGES = 100_000;

const OPEN: ReadonlySet<MessageStateName> = new Set(['on-the-way', 'waiting']);

/** Events after which the service centre has a message, and after which it has it no more. */
const HOLDS: ReadonlySet<LogEntry['kind']> = new Set(['submit', 'report', 'duplicate', 'wait']);
const ENDS: ReadonlySet<LogEntry['kind']> = new Set(['deliver', 'command', 'refuse', 'lose', 'replace', 'fail']);

/** What became of each message, as the log told it from the moment this was made. */
export class MessageStates {
  readonly #messages = new Map<number, Changing>();
  /** Copies, and what they are copies of. */
  readonly #originals = new Map<number, number>();
  /** Messages and copies that the service centre still has. */
  readonly #held = new Set<number>();
  readonly #keep: number;
  readonly #unlisten: () => void;

  /** @param keep how many messages and reports are kept; the oldest are forgotten beyond that. */
  constructor(log: EventLog, keep: number = MESSAGES) {
    this.#keep = keep;
    this.#unlisten = log.listen((entry) => this.#note(entry));
  }

  /** What became of a message. Undefined when it is not known, or forgotten. */
  get(sms: number): MessageState | undefined {
    return this.#messages.get(sms);
  }

  /** The number of the message of which this one is a copy; its own when it is none. */
  originalOf(sms: number): number {
    return this.#originals.get(sms) ?? sms;
  }

  /** How many are on the way or wait, copies included. */
  get openCount(): number {
    return this.#held.size;
  }

  /** Those that are on the way or wait, oldest first; of a copy, what it is a copy of. */
  open(): readonly MessageState[] {
    return [...this.#held].flatMap((sms) => this.#find(sms) ?? []);
  }

  /** Listens no more. */
  close(): void {
    this.#unlisten();
  }

  #note(entry: LogEntry): void {
    if ('sms' in entry && entry.sms !== undefined) {
      if (HOLDS.has(entry.kind)) this.#held.add(entry.sms);
      else if (ENDS.has(entry.kind)) this.#held.delete(entry.sms);
    }
    switch (entry.kind) {
      case 'submit':
        this.#begin(entry.sms, entry.from, entry.to, entry.at, false);
        break;
      case 'report':
        this.#begin(entry.sms, '', entry.to, entry.at, true);
        this.#reported(entry.about, entry.status);
        break;
      case 'duplicate':
        this.#originals.set(entry.sms, entry.original);
        this.#forgetOldest(this.#originals);
        break;
      case 'wait':
        this.#waits(entry.sms, entry.reason, entry.at + entry.retryMs);
        break;
      case 'deliver':
        this.#delivered(entry.sms, entry.at);
        break;
      case 'refuse':
        this.#refused(entry.sms, entry.at, entry.cause);
        break;
      case 'command':
        this.#end(entry.sms, 'delivered', entry.at);
        break;
      case 'lose':
        this.#end(entry.sms, 'lost', entry.at);
        break;
      case 'replace':
        this.#end(entry.sms, 'replaced', entry.at);
        break;
      case 'fail':
        this.#end(entry.sms, 'failed', entry.at, entry.status);
        break;
      default:
        break;
    }
  }

  #reported(sms: number, status: number): void {
    const about = this.#messages.get(sms);
    if (about !== undefined) about.reports = [...about.reports, status];
  }

  #waits(sms: number, reason: WaitReason, nextAttempt: number): void {
    const waiting = this.#find(sms);
    if (waiting !== undefined && OPEN.has(waiting.state)) {
      Object.assign(waiting, { state: 'waiting', reason, nextAttempt });
    }
  }

  #begin(sms: number, from: string, to: string, sentAt: number, isReport: boolean): void {
    this.#messages.set(sms, { sms, isReport, from, to, sentAt, state: 'on-the-way', deliveries: 0, reports: [] });
    this.#forgetOldest(this.#messages);
  }

  #forgetOldest(map: Map<number, unknown>): void {
    if (map.size <= this.#keep) return;
    const [oldest] = map.keys();
    if (oldest !== undefined) map.delete(oldest);
  }

  /** A COMMAND may be refused after the service centre has it: that it cannot be carried out. */
  #refused(sms: number, at: number, cause: number): void {
    const message = this.#messages.get(sms);
    if (message !== undefined) end(message, 'refused', at, cause);
  }

  #find(sms: number): Changing | undefined {
    return this.#messages.get(this.originalOf(sms));
  }

  #delivered(sms: number, at: number): void {
    const message = this.#find(sms);
    if (message === undefined) return;
    message.deliveries += 1;
    if (OPEN.has(message.state)) this.#end(message.sms, 'delivered', at);
  }

  #end(sms: number, state: MessageStateName, at: number, status?: number): void {
    const message = this.#messages.get(sms);
    if (message !== undefined && OPEN.has(message.state)) end(message, state, at, status);
  }
}

function end(message: Changing, state: MessageStateName, at: number, status: number | undefined): void {
  message.state = state;
  message.endedAt = at;
  delete message.nextAttempt;
  delete message.reason;
  if (status !== undefined) message.status = status;
}

/** Whether nothing more will become of a message. */
export function isOver({ state }: MessageState): boolean {
  return !OPEN.has(state);
}
