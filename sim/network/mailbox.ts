import { type Cancel, type Clock, statusOf, toHex } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';
import { copyOf } from '../octets.ts';
import type { Faults } from './faults.ts';
import { gaveUpStatus, refusalOf, STATUS, tryingStatus, type WaitReason } from './outcomes.ts';
import type { DeliveryAnswer } from './radio-link.ts';
import { RetrySchedule } from './retry-schedule.ts';
import type { SimLink } from './sim-link.ts';
import { isReplacing, type Sms, type TracedSms, targetOf } from './sms.ts';
import type { Subscriber } from './subscriber.ts';

/** How long a phone may take to acknowledge: TR1N (3GPP TS 24.011, 10.1), which each network chooses. */
const ACKNOWLEDGE_WITHIN_MS = 40_000;
/** How long a message waits for a later one that a fault lets go before it. */
const LETS_PASS_MS = 60_000;
/** TP-MMS: clear when more messages wait (3GPP TS 23.040, 9.2.3.2). */
const NO_MORE_MESSAGES = 0x04;

/** What a mailbox needs of the service centre. */
export interface MailboxOffice {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly faults: Faults;
  /** How long a message to this phone is on the air, ms. */
  airMs(link: SimLink): number;
  /** The message waits; `status` is TP-ST. */
  waits(sms: Sms, status: number): void;
  /** The first message left the mailbox, and the second has its place. */
  replaced(earlier: Sms, later: Sms): void;
  /** The message has left the mailbox for good; `status` is TP-ST. */
  settled(sms: Sms, status: number): void;
}

/** The result of an attempt: the next message can be tried, or no message can be tried now, or the phone has not answered yet. */
type Attempt = 'next' | 'blocked' | 'pending';

/**
 * The messages that wait for one subscriber. One is on the air at a time. When the phone does not take it, all wait for the
 * register's alert (the phone is back, or has room) or for the next time on the {@link RetrySchedule}, until their validity ends.
 */
export class Mailbox {
  readonly #subscriber: Subscriber;
  readonly #office: MailboxOffice;
  readonly #retry: RetrySchedule;
  #queue: Sms[] = [];
  readonly #letsPass: Sms[] = [];
  #onAir: Sms | undefined;
  #woken = false;
  #timer: Cancel | undefined;

  constructor(subscriber: Subscriber, office: MailboxOffice) {
    this.#subscriber = subscriber;
    this.#office = office;
    this.#retry = new RetrySchedule(office.clock);
  }

  /** The waiting messages, in the order of their attempts. */
  get waiting(): readonly Sms[] {
    return this.#letsPass.length === 0 ? this.#queue : [...this.#queue, ...this.#letsPass];
  }

  /** The message that is being delivered to the phone. */
  get onAir(): Sms | undefined {
    return this.#onAir;
  }

  /** When the first is tried again, ms since 1970; absent: nothing failed. */
  get retryAt(): number | undefined {
    return this.#retry.at;
  }

  /**
   * A message arrives. One of priority is tried at once, another unless the phone is known to be away (3GPP TS 23.040,
   * 3.2.5).
   */
  add(sms: Sms): void {
    this.#enter(sms);
    for (const other of this.#letsPass.splice(0)) this.#enter(other);
    const { notReachable } = this.#subscriber.messagesWaiting;
    if (this.#timer === undefined || sms.urgency === 0 || !notReachable) {
      this.wake();
    } else {
      this.#note(sms, 'absent');
      this.#scheduleRetry();
    }
  }

  /** A message arrives and lets the next one pass, or waits {@link LETS_PASS_MS}. */
  addBehindNext(sms: Sms): void {
    this.#letsPass.push(sms);
    this.#office.clock.after(LETS_PASS_MS, () => {
      const at = this.#letsPass.indexOf(sms);
      if (at < 0) return;
      this.#letsPass.splice(at, 1);
      this.add(sms);
    });
  }

  /** Takes a message out that is not on the air. */
  remove({ id }: TracedSms): void {
    if (id === this.#onAir?.id) return;
    for (const list of [this.#queue, this.#letsPass]) {
      const at = list.findIndex((sms) => sms.id === id);
      if (at >= 0) list.splice(at, 1);
    }
  }

  /** Tries now. */
  wake(): void {
    this.#woken = true;
    if (this.#onAir === undefined) this.#run();
  }

  /** Puts a message into the place of the one that it replaces, or behind those that are as urgent. */
  #enter(sms: Sms): void {
    const replacedAt = isReplacing(sms) ? this.#queue.findIndex((other) => this.#isReplaced(other, sms)) : -1;
    const [replaced] = replacedAt < 0 ? [] : this.#queue.splice(replacedAt, 1, sms);
    if (replaced !== undefined) {
      this.#office.replaced(replaced, sms);
      return;
    }
    let at = this.#queue.length;
    while (at > 0 && (this.#queue[at - 1]?.urgency ?? 0) > sms.urgency) at -= 1;
    if (at === this.#queue.length) this.#queue.push(sms);
    else this.#queue.splice(at, 0, sms);
  }

  #isReplaced(earlier: Sms, later: Sms): boolean {
    const isSame = isReplacing(earlier) && earlier.from === later.from && earlier.pid === later.pid;
    return isSame && earlier !== this.#onAir;
  }

  #run(): void {
    this.#timer?.();
    this.#timer = undefined;
    while (this.#woken) {
      this.#woken = false;
      for (let sms = this.#queue[0]; sms !== undefined; sms = this.#queue[0]) {
        this.#onAir = sms;
        const attempt = this.#attempt(sms);
        if (attempt === 'pending') return;
        this.#onAir = undefined;
        if (attempt === 'blocked') break;
      }
    }
    this.#scheduleRetry();
  }

  #attempt(sms: Sms): Attempt {
    const { clock, faults } = this.#office;
    if (clock.now() >= sms.expiresAt) return this.#giveUp(sms, STATUS.validityExpired);
    const outcome = faults.strike('attempt', targetOf(sms)).find((action) => action.kind === 'outcome');
    if (outcome !== undefined) return this.#conclude(sms, outcome.status);
    if (this.#subscriber.barred) return this.#giveUp(sms, STATUS.rejectedByRecipient);
    const { link } = this.#subscriber;
    if (link === undefined || !link.reachable) return this.#wait(sms, 'absent');
    const { throughMs } = link.occupyAir(this.#office.airMs(link));
    if (throughMs === 0) return this.#handOver(sms, link);
    clock.after(throughMs, () => this.#resume(this.#handOver(sms, link)));
    return 'pending';
  }

  #handOver(sms: Sms, link: SimLink): Attempt {
    // The number may have moved to another SIM while the message waited for the air.
    const station = link.subscriber === this.#subscriber ? link.station : undefined;
    if (station === undefined) return this.#subscriber.reachable ? this.#attempt(sms) : this.#wait(sms, 'absent');
    const tpdu = this.#queue.length > 1 ? withMoreToSend(sms.tpdu) : sms.tpdu;
    const sent = toHex(tpdu);
    this.#office.log.add({ kind: 'attempt', sms: sms.id, from: sms.from, to: sms.to, tpdu: sent });
    const answer = station.receive(tpdu);
    if (!(answer instanceof Promise)) return this.#answered(sms, sent, answer);
    this.#await(answer, (late) => this.#resume(this.#answered(sms, sent, late)));
    return 'pending';
  }

  /** Calls `done` once, with the phone's answer, or with `undefined` after {@link ACKNOWLEDGE_WITHIN_MS}. */
  #await(answer: Promise<DeliveryAnswer>, done: (answer: DeliveryAnswer | undefined) => void): void {
    let waiting = true;
    const end = (said: DeliveryAnswer | undefined) => {
      if (!waiting) return;
      waiting = false;
      cancel();
      done(said);
    };
    const cancel = this.#office.clock.after(ACKNOWLEDGE_WITHIN_MS, () => end(undefined));
    void answer.then(end);
  }

  /** @param sent the TPDU that the phone was given, in hex. */
  #answered(sms: Sms, sent: string, answer: DeliveryAnswer | undefined): Attempt {
    const { log, faults } = this.#office;
    if (answer === undefined) return this.#wait(sms, 'no-answer');
    if (answer.kind === 'refused') {
      const refusal = refusalOf(answer.cause);
      return refusal.kind === 'waits'
        ? this.#wait(sms, refusal.reason, { cause: answer.cause })
        : this.#giveUp(sms, refusal.status, answer.cause);
    }
    log.add({ kind: 'deliver', sms: sms.id, from: sms.from, to: sms.to, tpdu: sent });
    if (faults.strike('acknowledgement', targetOf(sms)).length > 0) return this.#wait(sms, 'no-answer');
    this.#retry.succeeded();
    this.#subscriber.clearMessagesWaiting();
    return this.#settle(sms, this.#subscriber.operator.interworking === 'reports' ? STATUS.received : STATUS.forwarded);
  }

  /** Continues after an answer that came later. */
  #resume(attempt: Attempt): void {
    if (attempt === 'pending') return;
    this.#onAir = undefined;
    if (attempt === 'next') this.#woken = true;
    this.#run();
  }

  /** An attempt ends with a TP-ST that a fault wants (3GPP TS 23.040, 9.2.3.15). */
  #conclude(sms: Sms, status: number): Attempt {
    const outcome = statusOf(status);
    if (outcome === 'failed') return this.#giveUp(sms, status);
    if (outcome === 'trying') return this.#wait(sms, 'no-answer', { status });
    this.#office.log.add({ kind: 'lose', sms: sms.id, to: sms.to });
    return this.#settle(sms, status);
  }

  /** `cause` is TP-FCS of the phone's refusal, `status` TP-ST if it is not that of the reason. */
  #wait(sms: Sms, reason: WaitReason, known: { readonly cause?: number; readonly status?: number } = {}): Attempt {
    if (reason === 'absent') this.#subscriber.setMessagesWaiting('notReachable');
    if (reason === 'full') this.#subscriber.setMessagesWaiting('memoryExceeded');
    if (sms.singleShot) return this.#giveUp(sms, gaveUpStatus(reason), known.cause);
    this.#retry.failed();
    this.#note(sms, reason, known);
    return 'blocked';
  }

  #note(sms: Sms, reason: WaitReason, known: { readonly cause?: number; readonly status?: number } = {}): void {
    const { log } = this.#office;
    const cause = known.cause === undefined ? {} : { cause: known.cause };
    log.add({ kind: 'wait', sms: sms.id, to: sms.to, reason, ...cause, retryMs: this.#retry.pauseMs });
    this.#office.waits(sms, known.status ?? tryingStatus(reason));
  }

  /** `cause` is TP-FCS of the phone's refusal. */
  #giveUp(sms: Sms, status: number, cause?: number): Attempt {
    const known = cause === undefined ? {} : { cause };
    this.#office.log.add({ kind: 'fail', sms: sms.id, to: sms.to, status, ...known });
    return this.#settle(sms, status);
  }

  #settle(sms: Sms, status: number): Attempt {
    const at = this.#queue.indexOf(sms);
    if (at === 0) this.#queue.shift();
    else if (at > 0) this.#queue.splice(at, 1);
    this.#office.settled(sms, status);
    return 'next';
  }

  /** The next time on the schedule, or the end of a message's validity if that comes first. */
  #scheduleRetry(): void {
    this.#timer?.();
    this.#timer = undefined;
    if (this.#queue.length === 0) {
      this.#retry.nothingLeft();
      return;
    }
    const { clock } = this.#office;
    const expiry = this.#queue.reduce((first, { expiresAt }) => Math.min(first, expiresAt), Number.POSITIVE_INFINITY);
    const at = Math.min(this.#retry.at ?? clock.now(), expiry);
    this.#timer = clock.after(at - clock.now(), () => {
      this.#timer = undefined;
      this.#expire();
      if (this.#onAir !== undefined || this.#timer !== undefined) return;
      if (this.#retry.isDue) this.wake();
      else this.#scheduleRetry();
    });
  }

  /** Gives up all messages whose validity has ended, also those behind the first. */
  #expire(): void {
    const now = this.#office.clock.now();
    for (const sms of this.#queue.filter(({ expiresAt }) => expiresAt <= now)) {
      // Giving up a message sends a report, perhaps to this same phone, which may have expired this message already.
      if (!sms.fate.over) this.#giveUp(sms, STATUS.validityExpired);
    }
  }
}

function withMoreToSend(tpdu: Uint8Array): Uint8Array {
  const changed = copyOf(tpdu);
  changed[0] = (tpdu[0] ?? 0) & ~NO_MORE_MESSAGES;
  return changed;
}
