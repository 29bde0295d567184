import type { SmsReport } from './bearer.ts';
import { addressText, type DeliveryStatus, type StatusReport, statusOf } from './pdu/index.ts';

/** Messages whose reports are waited for; the oldest is forgotten for a new one. */
const TRACKED_LIMIT = 10_000;

/** Reports kept that came while their message may still be going out; the oldest is dropped for a new one. */
const EARLY_LIMIT = 64;

/** Digits at the end of two numbers that make them the same: the network may leave out the prefixes. */
const SAME_DIGITS = 8;

/** One segment of a message that asked for reports. */
interface Part {
  /** TP-MR; undefined until known: the modem's answer was lost. */
  reference: number | undefined;
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
 * lost has no TP-MR: a report from its recipient that nothing else claims is taken for its own.
 */
export class ReportMatcher {
  readonly #tracked = new Map<string, Tracked>();
  readonly #tell: (report: SmsReport) => void;
  #early: StatusReport[] = [];

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

  /** One of its segments went out, with this TP-MR; undefined when the answer was lost. */
  addPart(id: string, reference: number | undefined): void {
    this.#tracked.get(id)?.parts.push({ reference, status: undefined });
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
    const toRecipient = [...this.#tracked.values()].filter(({ destination }) =>
      isSameNumber(destination, addressText(report.recipient)),
    );
    const found =
      find(toRecipient, (part) => part.reference === report.messageReference && isOpen(part)) ??
      (toRecipient.every(({ complete }) => complete)
        ? find(toRecipient, (part) => part.reference === undefined && isOpen(part))
        : undefined);
    if (found?.message.complete === true) {
      this.#settle(found.message, found.part, report);
      return true;
    }
    if (toRecipient.every(({ complete }) => complete)) return false;
    this.#early = [...this.#early, report].slice(-EARLY_LIMIT);
    return true;
  }

  #settle(message: Tracked, part: Part, report: StatusReport): void {
    const status = statusOf(report.status);
    part.reference = report.messageReference;
    part.status = status;
    const isDelivered = message.parts.every((each) => each.status === 'delivered');
    if (isDelivered || status === 'failed') this.#tracked.delete(message.id);
    // Some parts arrived, others have not yet: no news of the message.
    if (status === 'delivered' && !isDelivered) return;
    this.#tell({ id: message.id, outcome: status, status: report.status, dischargedAt: report.dischargeTime.at });
  }
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
