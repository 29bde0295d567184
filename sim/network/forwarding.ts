import { type Clock, toHex } from '../../modem/index.ts';
import type { Contents } from '../envelope.ts';
import type { EventLog } from '../log.ts';
import type { Faults } from './faults.ts';
import { Mailbox, type MailboxOffice } from './mailbox.ts';
import { STATUS } from './outcomes.ts';
import type { Reporter } from './reporter.ts';
import { answerOf, type Service } from './services.ts';
import type { SimLink } from './sim-link.ts';
import type { Sms, TracedSms } from './sms.ts';
import type { Subscriber } from './subscriber.ts';

/** Messages that wait for one subscriber at most. A further one is refused; one that is on its way already fails. */
export const MAILBOX_LIMIT = 5_000;

/** Where a number leads. */
export type Route =
  | { readonly kind: 'subscriber'; readonly subscriber: Subscriber }
  | { readonly kind: 'service'; readonly service: Service }
  /** A number of another operator that no phone of this world has. */
  | { readonly kind: 'elsewhere'; readonly subscriber: Subscriber }
  | { readonly kind: 'nobody' };

/** What forwarding needs of the service centre and the network around it. */
export interface ForwardingSurroundings {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly faults: Faults;
  readonly reporter: Reporter;
  /** Whether senders who want a report are also told that their message waits. */
  readonly interimReports: boolean;
  route(number: string): Route;
  /** How long a message is on the air, ms, before it is at the phone. */
  airMs(link: SimLink): number;
  /** A service answers a subscriber. */
  reply(service: Service, to: string, contents: Contents): void;
}

/** Forwards a message of the service centre: to a phone's mailbox, to a service, or to another operator. */
export class Forwarding {
  readonly #in: ForwardingSurroundings;
  readonly #mailboxes = new Map<string, Mailbox>();
  /** The part of the service centre that the mailboxes use. */
  readonly #office: MailboxOffice;

  constructor(surroundings: ForwardingSurroundings) {
    this.#in = surroundings;
    const { clock, log, faults } = surroundings;
    this.#office = {
      clock,
      log,
      faults,
      airMs: (link) => surroundings.airMs(link),
      waits: (sms, status) => this.#waits(sms, status),
      replaced: (earlier, later) => this.#replace(earlier, later),
      settled: (sms, status) => this.#settle(sms, status),
    };
  }

  /** Where messages wait, or have waited. */
  get mailboxes(): ReadonlyMap<string, Mailbox> {
    return this.#mailboxes;
  }

  /** How many messages wait for a number. */
  waitingFor(number: string): number {
    return this.#mailboxes.get(number)?.waiting.length ?? 0;
  }

  /** Alert-SC: a subscriber is back, or has room again (3GPP TS 23.040, 3.2.7). */
  alert(number: string): void {
    this.#mailboxes.get(number)?.wake();
  }

  /** A message arrives for forwarding. `letsPass`: the next message goes before this one. */
  arrive(sms: Sms, letsPass: boolean): void {
    // The sender deleted the message with a COMMAND while it was on its way.
    if (sms.fate.over) return;
    if (this.#in.clock.now() >= sms.expiresAt) {
      this.#fail(sms, STATUS.validityExpired);
      return;
    }
    const route = this.#in.route(sms.to);
    switch (route.kind) {
      case 'nobody':
        this.#fail(sms, STATUS.notObtainable);
        break;
      case 'elsewhere':
        this.#passOn(sms, route.subscriber);
        break;
      case 'service':
        this.#serve(sms, route.service);
        break;
      case 'subscriber':
        this.#put(sms, this.#mailbox(route.subscriber), letsPass);
    }
  }

  /** Takes a message out that has not been delivered. False when it is over, or on the air. */
  delete(sms: TracedSms, status: number): boolean {
    const mailbox = this.#mailboxes.get(sms.to);
    if (sms.fate.over || mailbox?.onAir?.id === sms.id) return false;
    mailbox?.remove(sms);
    this.#fail(sms, status);
    return true;
  }

  /** As {@link delete}, for the operator: the sender is told TP-ST 48. */
  deleteWaiting(id: number): boolean {
    for (const { waiting } of this.#mailboxes.values()) {
      const sms = waiting.find((message) => message.id === id);
      if (sms !== undefined) return this.delete(sms, STATUS.deletedByCentre);
    }
    return false;
  }

  #put(sms: Sms, mailbox: Mailbox, letsPass: boolean): void {
    if (mailbox.waiting.length >= MAILBOX_LIMIT) {
      this.#fail(sms, STATUS.congestion);
      return;
    }
    if (letsPass) mailbox.addBehindNext(sms);
    else mailbox.add(sms);
  }

  #passOn(sms: Sms, { operator }: Subscriber): void {
    if (operator.interworking === 'none') {
      this.#fail(sms, STATUS.noInterworking);
      return;
    }
    this.#logDelivery(sms);
    this.#settle(sms, operator.interworking === 'reports' ? STATUS.received : STATUS.forwarded);
  }

  #serve(sms: Sms, service: Service): void {
    this.#logDelivery(sms);
    const from = sms.origin?.sender ?? sms.from;
    const isFromSubscriber = this.#in.route(from).kind === 'subscriber';
    const request = {
      from,
      isFromSubscriber,
      tpdu: sms.tpdu,
      waiting: this.waitingFor(from),
      now: this.#in.clock.now(),
    };
    const { status, reply = [] } = answerOf(service, request);
    this.#settle(sms, status);
    for (const contents of reply) this.#in.reply(service, from, contents);
  }

  /** A message that leaves the service centre other than to a phone. */
  #logDelivery({ id: sms, from, to, tpdu }: Sms): void {
    const hex = toHex(tpdu);
    this.#in.log.add({ kind: 'attempt', sms, from, to, tpdu: hex });
    this.#in.log.add({ kind: 'deliver', sms, from, to, tpdu: hex });
  }

  #mailbox(subscriber: Subscriber): Mailbox {
    const known = this.#mailboxes.get(subscriber.number);
    if (known !== undefined) return known;
    const mailbox = new Mailbox(subscriber, this.#office);
    this.#mailboxes.set(subscriber.number, mailbox);
    return mailbox;
  }

  #replace(earlier: Sms, later: Sms): void {
    this.#in.log.add({ kind: 'replace', sms: earlier.id, by: later.id, to: later.to });
    this.#settle(earlier, STATUS.replaced);
  }

  #fail(sms: TracedSms, status: number): void {
    this.#in.log.add({ kind: 'fail', sms: sms.id, to: sms.to, status });
    this.#settle(sms, status);
  }

  #settle(sms: TracedSms, status: number): void {
    sms.fate.status = status;
    sms.fate.over = true;
    this.#in.reporter.report(sms);
  }

  #waits(sms: Sms, status: number): void {
    sms.fate.status = status;
    if (this.#in.interimReports) this.#in.reporter.report(sms);
  }
}
