import type { SmsReport } from '../bearer.ts';
import { addressText, type DeliveryStatus, type StatusReport, statusOf } from '../pdu/index.ts';

/** Messages whose reports are waited for; the oldest is forgotten for a new one. */
const TRACKED_LIMIT = 10_000;

/** Reports kept that came while their message may still be going out; the oldest is dropped for a new one. */
const EARLY_LIMIT = 64;

/** Reports that settled something are remembered, because some come twice; the oldest is forgotten for a new one. */
const SETTLED_LIMIT = 1_024;

/** TP-MR counts up, whatever is sent, and begins again (3GPP TS 23.040, 9.2.3.6). */
const REFERENCES = 256;

/** Digits at the end of two numbers that make them the same: the network may leave out the prefixes. */
const SAME_DIGITS = 8;

/** One segment of a message that asked for reports. */
interface Part {
  /** TP-MR; undefined until known: the modem's answer was lost. */
  reference: number | undefined;
  /** What it should be, by those before it; undefined when there were none. */
  readonly guess: number | undefined;
  status: DeliveryStatus | undefined;
}

/** A message that asked for reports. */
interface Tracked {
  readonly id: string;
  readonly destination: string;
  readonly parts: Part[];
  /** Its segments are going out; all have; or one was refused, and the reports of the others are no news. */
  state: 'going' | 'complete' | 'failed';
}

/**
 * Finds the message that a status report belongs to, by TP-MR and recipient, part by part. A segment whose answer was
 * lost has no TP-MR: it gets the report with the reference that was its turn; from a modem that is not seen to count, one
 * that nothing else claims.
 */
export class ReportMatcher {
  readonly #tracked = new Map<string, Tracked>();
  readonly #tell: (report: SmsReport) => void;
  readonly #settled = new Set<string>();
  #early: StatusReport[] = [];
  /** TP-MR of the last segment that went out, known or guessed. */
  #last: number | undefined;
  /** References were seen to count up. */
  #isCounting = false;

  /** @param tell gets the news of a message; never before {@link ReportMatcher.complete} was called for it. */
  constructor(tell: (report: SmsReport) => void) {
    this.#tell = tell;
  }

  /** A message that asks for reports begins to go out. */
  begin(id: string, destination: string): void {
    const [oldest] = this.#tracked.keys();
    if (this.#tracked.size >= TRACKED_LIMIT && oldest !== undefined) this.#tracked.delete(oldest);
    this.#tracked.set(id, { id, destination, parts: [], state: 'going' });
  }

  /** A segment went out, of whatever message, with this TP-MR; undefined when the answer was lost. */
  addPart(id: string, reference: number | undefined): void {
    const guess = this.#last === undefined ? undefined : (this.#last + 1) % REFERENCES;
    if (reference !== undefined && guess !== undefined) this.#isCounting ||= reference === guess;
    this.#last = reference ?? guess;
    this.#tracked.get(id)?.parts.push({ reference, guess, status: undefined });
  }

  /** All its segments went out: from now on its reports are told, those first that came already. */
  complete(id: string): void {
    this.#end(id, 'complete');
  }

  /** Not all of it went out: reports of what did belong to it, and are no news. */
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
    // The latest first: references come round again, and some reports never come.
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
    // Some parts arrived, others have not yet: no news of the message.
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
