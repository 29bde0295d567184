import { createHash } from 'node:crypto';
import { FRAME_OCTETS } from '../../device/safe-mobile/index.ts';
import { fromHex } from '../../modem/index.ts';
import type { EventLog, LogEntry } from '../log.ts';

/** A frame of a phone that reached the number of the service. */
export interface CameFrame {
  readonly from: string;
  /** ms since 1970. */
  readonly at: number;
}

/** A message that took so long was late, ms. */
const LATE_MS = 20 * 3_600_000;

/** What went over the air between phones and service, as the network's log has it. */
export class Air {
  /** Frames that the service's radio or modem has acknowledged to the network, by the SHA-256 of the frame in hex. */
  readonly came: Map<string, CameFrame> = new Map();
  /** How many messages of the service the network has accepted, by the number of the phone. */
  readonly accepted: Map<string, number> = new Map();
  /** How many messages have reached each phone. */
  readonly reached: Map<string, number> = new Map();
  /** Phones of which the network has spoilt a message: the service need not have tried the next ones. */
  readonly spoilt: Set<string> = new Set();
  /** Phones of which the network has held a message back for {@link LATE_MS} or longer. */
  readonly late: Set<string> = new Set();
  /** When each message of a phone was sent, ms since 1970. */
  readonly #sentAt = new Map<number, number>();
  readonly #service: string;

  /** @param service its number */
  constructor(log: EventLog, service: string) {
    this.#service = service;
    log.listen((entry) => this.#hear(entry));
  }

  #hear(entry: LogEntry): void {
    if (entry.kind === 'accept' && entry.from === this.#service) count(this.accepted, entry.to);
    if (entry.kind === 'submit' && entry.to === this.#service) this.#sentAt.set(entry.sms, entry.at);
    if (entry.kind === 'fault' && entry.action === 'corrupt') this.spoilt.add(entry.from);
    if (entry.kind !== 'deliver') return;
    count(this.reached, entry.to);
    if (entry.to !== this.#service) return;
    if (entry.at - (this.#sentAt.get(entry.sms) ?? entry.at) > LATE_MS) this.late.add(entry.from);
    this.#sentAt.delete(entry.sms);
    const tpdu = fromHex(entry.tpdu);
    // A status report is shorter.
    if (tpdu.length < FRAME_OCTETS) return;
    const frame = tpdu.slice(-FRAME_OCTETS);
    this.came.set(createHash('sha256').update(frame).digest('hex'), { from: entry.from, at: entry.at });
  }
}

function count(counts: Map<string, number>, number: string): void {
  counts.set(number, (counts.get(number) ?? 0) + 1);
}
