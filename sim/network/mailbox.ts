import { type Cancel, type Clock, statusOf, toHex } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';
import type { Faults } from './faults.ts';
import type { DeliveryAnswer } from './radio-link.ts';
import { type Sms, STATUS, targetOf } from './sms.ts';
import type { Subscriber } from './subscriber.ts';

const MINUTE_MS = 60_000;

/** When a message that was not taken is tried again; the last repeats. A phone that attaches or has room comes first. */
const RETRY_AFTER_MS: readonly number[] = [1, 5, 10, 30, 60, 240].map((minutes) => minutes * MINUTE_MS);

/** How long a phone may take to acknowledge (TR1M of 3GPP TS 24.011, 10.1). */
const ACKNOWLEDGE_WITHIN_MS = 40_000;
/** How long a message waits for another that it lets pass. */
const LETS_PASS_MS = MINUTE_MS;
/** TP-MMS: clear when more messages wait (3GPP TS 23.040, 9.2.3.2). */
const NO_MORE_MESSAGES = 0x04;

/** What a mailbox needs of the service centre. */
export interface MailboxOffice {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly faults: Faults;
  subscriber(number: string): Subscriber | undefined;
  /** The message has left the mailbox for good; `status` is TP-ST. */
  settled(sms: Sms, status: number): void;
}

type Attempt = 'taken' | 'failed' | 'waits';

/**
 * The messages that wait for one subscriber. One is on the air at a time; a message that is not taken waits for the
 * phone to attach, for room in it, or for the next time on {@link RETRY_AFTER_MS}, until its validity ends.
 */
export class Mailbox {
  readonly #number: string;
  readonly #office: MailboxOffice;
  readonly #waiting: Sms[] = [];
  readonly #letsPass: Sms[] = [];
  #busy = false;
  #woken = false;
  #failures = 0;
  #timer: Cancel | undefined;
  /** When the last message arrived here, for profiles that keep the order. */
  lastArrival = 0;

  constructor(number: string, office: MailboxOffice) {
    this.#number = number;
    this.#office = office;
  }

  /** What waits, in the order in which it will be tried. */
  get waiting(): readonly Sms[] {
    return this.#waiting;
  }

  add(sms: Sms): void {
    this.#waiting.push(sms, ...this.#letsPass.splice(0));
    this.wake();
  }

  /** Adds it behind the next message that comes, or after {@link LETS_PASS_MS}. */
  addBehindNext(sms: Sms): void {
    this.#letsPass.push(sms);
    this.#office.clock.after(LETS_PASS_MS, () => {
      const at = this.#letsPass.indexOf(sms);
      if (at < 0) return;
      this.#letsPass.splice(at, 1);
      this.add(sms);
    });
  }

  /** Puts `later` in the place of `earlier`. */
  replace(earlier: Sms, later: Sms): void {
    this.#waiting.splice(this.#waiting.indexOf(earlier), 1, later);
  }

  remove(sms: Sms): void {
    const at = this.#waiting.indexOf(sms);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /** Tries now. */
  wake(): void {
    this.#woken = true;
    if (!this.#busy) void this.#run();
  }

  async #run(): Promise<void> {
    this.#busy = true;
    this.#timer?.();
    this.#timer = undefined;
    while (this.#woken) {
      this.#woken = false;
      for (let sms = this.#waiting[0]; sms !== undefined; sms = this.#waiting[0]) {
        if ((await this.#attempt(sms)) === 'waits') break;
      }
    }
    this.#busy = false;
    this.#scheduleRetry();
  }

  async #attempt(sms: Sms): Promise<Attempt> {
    const { clock, log, faults } = this.#office;
    if (clock.now() >= sms.expiresAt) return this.#giveUp(sms, STATUS.validityExpired);
    const subscriber = this.#office.subscriber(this.#number);
    if (subscriber === undefined) return this.#giveUp(sms, STATUS.notObtainable);
    const { station } = subscriber;
    if (station === undefined) return this.#wait(sms, 'absent');
    const outcome = faults.strike('attempt', targetOf(sms)).find((action) => action.kind === 'outcome');
    if (outcome !== undefined) return this.#conclude(sms, outcome.status);
    const tpdu = sms.tpdu.slice();
    if (this.#waiting.length > 1) tpdu[0] = (tpdu[0] ?? 0) & ~NO_MORE_MESSAGES;
    const sent = toHex(tpdu);
    log.add({ kind: 'attempt', sms: sms.id, from: sms.from, to: sms.to, tpdu: sent });
    const answer = await within(clock, ACKNOWLEDGE_WITHIN_MS, station.receive(tpdu));
    if (answer === undefined) return this.#wait(sms, 'no-answer');
    if (answer.kind === 'refused') {
      return isTemporary(answer.cause)
        ? this.#wait(sms, answer.cause === 0xff ? 'no-answer' : 'full', answer.cause)
        : this.#giveUp(sms, STATUS.incompatibleDestination, answer.cause);
    }
    log.add({ kind: 'deliver', sms: sms.id, from: sms.from, to: sms.to, tpdu: sent });
    if (faults.strike('acknowledgement', targetOf(sms)).length > 0) return this.#wait(sms, 'no-answer');
    this.#failures = 0;
    this.remove(sms);
    this.#office.settled(sms, STATUS.received);
    return 'taken';
  }

  /** An attempt ends with a TP-ST that a fault wants (3GPP TS 23.040, 9.2.3.15). */
  #conclude(sms: Sms, status: number): Attempt {
    const outcome = statusOf(status);
    if (outcome === 'trying') return this.#wait(sms, 'no-answer');
    if (outcome === 'failed') return this.#giveUp(sms, status);
    this.remove(sms);
    this.#office.log.add({ kind: 'lose', sms: sms.id, to: sms.to });
    this.#office.settled(sms, status);
    return 'taken';
  }

  #wait(sms: Sms, reason: 'absent' | 'full' | 'no-answer', cause?: number): Attempt {
    if (sms.singleShot) return this.#giveUp(sms, STATUS.gaveUpNoResponse, cause);
    this.#failures += 1;
    this.#office.log.add({
      kind: 'wait',
      sms: sms.id,
      to: sms.to,
      reason,
      ...(cause === undefined ? {} : { cause }),
      retryMs: this.#retryMs(),
    });
    return 'waits';
  }

  #giveUp(sms: Sms, status: number, cause?: number): Attempt {
    this.remove(sms);
    this.#office.log.add({
      kind: 'fail',
      sms: sms.id,
      to: sms.to,
      status,
      ...(cause === undefined ? {} : { cause }),
    });
    this.#office.settled(sms, status);
    return 'failed';
  }

  #retryMs(): number {
    return RETRY_AFTER_MS[Math.min(this.#failures, RETRY_AFTER_MS.length) - 1] ?? MINUTE_MS;
  }

  /** The next time on the schedule, or the end of a message's validity if that comes first. */
  #scheduleRetry(): void {
    if (this.#waiting.length === 0) return;
    const now = this.#office.clock.now();
    const expiry = this.#waiting.reduce((first, { expiresAt }) => Math.min(first, expiresAt), Number.POSITIVE_INFINITY);
    this.#timer = this.#office.clock.after(Math.min(this.#retryMs(), expiry - now), () => {
      this.#expire();
      this.wake();
    });
  }

  /** Also what waits behind the first message may be too old. */
  #expire(): void {
    const now = this.#office.clock.now();
    for (const sms of this.#waiting.filter(({ expiresAt }) => expiresAt <= now))
      this.#giveUp(sms, STATUS.validityExpired);
  }
}

/** Causes after which the same message may be taken later: memory, the SIM, or no word from the host. */
function isTemporary(cause: number): boolean {
  return cause >= 0xd0;
}

/** What `promise` resolves to, or nothing when it takes longer than `ms`. */
function within(clock: Clock, ms: number, promise: Promise<DeliveryAnswer>): Promise<DeliveryAnswer | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(ms, () => resolve(undefined));
    promise.then((answer) => {
      cancel();
      resolve(answer);
    }, reject);
  });
}
