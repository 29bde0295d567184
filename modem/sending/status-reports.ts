import type { SmsReport } from '../bearer.ts';
import { addressText, type DeliveryStatus, type StatusReport, statusOf } from '../pdu/index.ts';

/** Messages whose reports are waited for; one more makes the oldest forgotten. */
const TRACKED_LIMIT = 10_000;

/** Reports that came before the `+CMGS:` of their message and are kept for it; one more makes the oldest forgotten. */
const EARLY_LIMIT = 64;

/** Matched reports that are remembered, because some networks send a report twice; one more makes the oldest forgotten. */
const SETTLED_LIMIT = 1_024;

/** TP-MR counts up with each SMS, modulo 256 (3GPP TS 23.040, 9.2.3.6). */
const REFERENCES = 256;

/** Two numbers are the same when so many last digits are: the report may have the number without its country code. */
const SAME_DIGITS = 8;

/** One segment of a message that asked for reports. */
interface Part {
  /** TP-MR; undefined when the modem's answer was lost. */
  reference: number | undefined;
  /** The expected TP-MR, counted from the segments before; undefined when there were none. */
  readonly guess: number | undefined;
  status: DeliveryStatus | undefined;
}

/** A message that asked for reports. */
interface Tracked {
  readonly id: string;
  readonly destination: string;
  readonly parts: Part[];
  /**
   * `going`: segments are being sent; `complete`: all are sent; `failed`: one was refused, and the reports of the others are
   * not passed on.
   */
  state: 'going' | 'complete' | 'failed';
}

/**
 * Finds the message of a status report, by TP-MR and recipient, segment by segment. A segment whose `+CMGS:` was lost has no
 * TP-MR: it gets the report with the next TP-MR in the count; on a modem whose TP-MRs do not count up, a report to
 * its recipient that belongs to no other segment.
 */
export class ReportMatcher {
  readonly #tracked = new Map<string, Tracked>();
  readonly #tell: (report: SmsReport) => void;
  readonly #settled = new Set<string>();
  #early: StatusReport[] = [];
  /** TP-MR of the last segment that went out, known or guessed. */
  #last: number | undefined;
  /** Whether the modem's TP-MRs were seen to count up. */
  #isCounting = false;

  /** @param tell gets the outcome of a message; never before {@link ReportMatcher.complete} was called for that message. */
  constructor(tell: (report: SmsReport) => void) {
    this.#tell = tell;
  }

  /** The sending of a message with reports begins. */
  begin(id: string, destination: string): void {
    const [oldest] = this.#tracked.keys();
    if (this.#tracked.size >= TRACKED_LIMIT && oldest !== undefined) this.#tracked.delete(oldest);
    this.#tracked.set(id, { id, destination, parts: [], state: 'going' });
  }

  /** A segment of any message was sent with this TP-MR; undefined when the answer was lost. */
  addPart(id: string, reference: number | undefined): void {
    const guess = this.#last === undefined ? undefined : (this.#last + 1) % REFERENCES;
    if (reference !== undefined && guess !== undefined) this.#isCounting ||= reference === guess;
    this.#last = reference ?? guess;
    this.#tracked.get(id)?.parts.push({ reference, guess, status: undefined });
  }

  /** All segments of a message were sent: from now on its reports are passed on, first those that have come already. */
  complete(id: string): void {
    this.#end(id, 'complete');
  }

  /** Some segment of a message was not sent: reports of the other segments are taken and not passed on. */
  fail(id: string): void {
    this.#end(id, 'failed');
  }

  #end(id: string, state: 'complete' | 'failed'): void {
    const tracked = this.#tracked.get(id);
    if (tracked !== undefined) tracked.state = state;
    if (tracked?.parts.length === 0) this.#tracked.delete(id);
    const early = this.#early;
    this.#early = [];
    for (const report of early) this.take(report);
  }

  /** Takes a report. False when it belongs to no message known here. */
  take(report: StatusReport): boolean {
    if (this.#settled.has(keyOf(report))) return true;
    // The latest message first: TP-MR repeats after 256 SMS, and a message whose report never came may have the same one.
    const toRecipient = [...this.#tracked.values()]
      .reverse()
      .filter(({ destination }) => isSameNumber(destination, addressText(report.recipient)));
    const isEnded = toRecipient.every(({ state }) => state !== 'going');
    const found = partOf(toRecipient, report) ?? (isEnded ? this.#lostPartOf(toRecipient, report) : undefined);
    if (found !== undefined && found.message.state !== 'going') {
      this.#settle(found.message, found.part, report);
      return true;
    }
    if (isEnded) return false;
    this.#early = [...this.#early, report].slice(-EARLY_LIMIT);
    return true;
  }

  #lostPartOf(messages: readonly Tracked[], { messageReference }: StatusReport): Found | undefined {
    const isLost = (part: Part) => part.reference === undefined && isOpen(part);
    const inTurn = find(messages, (part) => isLost(part) && part.guess === messageReference);
    return inTurn ?? (this.#isCounting ? undefined : find(messages.toReversed(), isLost));
  }

  #remember(report: StatusReport): void {
    this.#settled.add(keyOf(report));
    for (const key of this.#settled) {
      if (this.#settled.size <= SETTLED_LIMIT) break;
      this.#settled.delete(key);
    }
  }

  #settle(message: Tracked, part: Part, report: StatusReport): void {
    const status = statusOf(report.status);
    part.reference = report.messageReference;
    part.status = status;
    if (status !== 'trying') this.#remember(report);
    const isDelivered = message.parts.every((each) => each.status === 'delivered');
    const isSettled = message.state === 'failed' ? !message.parts.some(isOpen) : isDelivered || status === 'failed';
    if (isSettled) this.#tracked.delete(message.id);
    // The message is delivered when all of its segments are.
    if (message.state === 'failed' || (status === 'delivered' && !isDelivered)) return;
    this.#tell({ id: message.id, outcome: status, status: report.status, dischargedAt: report.dischargeTime.at });
  }
}

/** A report that comes twice has the same reference, recipient and times. */
function keyOf({ messageReference, recipient, timestamp, dischargeTime, status }: StatusReport): string {
  return [messageReference, addressText(recipient), timestamp.at, dischargeTime.at, status].join(' ');
}

function isOpen({ status }: Part): boolean {
  return status === undefined || status === 'trying';
}

interface Found {
  readonly message: Tracked;
  readonly part: Part;
}

function partOf(messages: readonly Tracked[], { messageReference }: StatusReport): Found | undefined {
  return find(messages, (part) => part.reference === messageReference && isOpen(part));
}

function find(messages: readonly Tracked[], accepts: (part: Part) => boolean): Found | undefined {
  for (const message of messages) {
    const part = message.parts.find(accepts);
    if (part !== undefined) return { message, part };
  }
  return undefined;
}

function isSameNumber(one: string, other: string): boolean {
  const [first = '', second = ''] = [one, other].map((number) => number.replace(/^\+/, ''));
  return first === second || (first.length >= SAME_DIGITS && first.slice(-SAME_DIGITS) === second.slice(-SAME_DIGITS));
}
