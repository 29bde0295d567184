import type { SmsReport } from './bearer.ts';
import { addressText, type DeliveryStatus, type StatusReport, statusOf } from './pdu/index.ts';

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
  /** All segments have gone out. */
  complete: boolean;
}

/**
 * Finds the message that a status report belongs to, by TP-MR and recipient, part by part. A segment whose answer was
 * lost has no TP-MR: it gets the report with the reference that was its turn, or else one that nothing else claims.
 */
export class ReportMatcher {
  readonly #tracked = new Map<string, Tracked>();
  readonly #tell: (report: SmsReport) => void;
  readonly #settled = new Set<string>();
  #early: StatusReport[] = [];
  /** TP-MR of the last segment that went out, known or guessed. */
  #last: number | undefined;

  /** @param tell gets the news of a message; never before {@link complete} was called for it. */
  constructor(tell: (report: SmsReport) => void) {
    this.#tell = tell;
  }

  /** A message that asks for reports begins to go out. */
  begin(id: string, destination: string): void {
    const [oldest] = this.#tracked.keys();
    if (this.#tracked.size >= TRACKED_LIMIT && oldest !== undefined) this.#tracked.delete(oldest);
    this.#tracked.set(id, { id, destination, parts: [], complete: false });
  }

  /** A segment went out, of whatever message, with this TP-MR; undefined when the answer was lost. */
  addPart(id: string, reference: number | undefined): void {
    const guess = this.#last === undefined ? undefined : (this.#last + 1) % REFERENCES;
    this.#last = reference ?? guess;
    this.#tracked.get(id)?.parts.push({ reference, guess, status: undefined });
  }

  /** All its segments went out: from now on its reports are told, those first that came already. */
  complete(id: string): void {
    const tracked = this.#tracked.get(id);
    if (tracked !== undefined) tracked.complete = true;
    const early = this.#early;
    this.#early = [];
    for (const report of early) this.take(report);
  }

  /** It did not go out: no reports are due. */
  forget(id: string): void {
    this.#tracked.delete(id);
  }

  /** Takes a report. False when it belongs to no message known here. */
  take(report: StatusReport): boolean {
    if (this.#settled.has(keyOf(report))) return true;
    const toRecipient = [...this.#tracked.values()].filter(({ destination }) =>
      isSameNumber(destination, addressText(report.recipient)),
    );
    const { messageReference } = report;
    const isLost = (part: Part) => part.reference === undefined && isOpen(part);
    const found =
      find(toRecipient, (part) => part.reference === messageReference && isOpen(part)) ??
      (toRecipient.every(({ complete }) => complete)
        ? (find(toRecipient, (part) => isLost(part) && part.guess === messageReference) ?? find(toRecipient, isLost))
        : undefined);
    if (found?.message.complete === true) {
      this.#settle(found.message, found.part, report);
      return true;
    }
    if (toRecipient.every(({ complete }) => complete)) return false;
    this.#early = [...this.#early, report].slice(-EARLY_LIMIT);
    return true;
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
    if (isDelivered || status === 'failed') this.#tracked.delete(message.id);
    // Some parts arrived, others have not yet: no news of the message.
    if (status === 'delivered' && !isDelivered) return;
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

function find(
  messages: readonly Tracked[],
  accepts: (part: Part) => boolean,
): { message: Tracked; part: Part } | undefined {
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
