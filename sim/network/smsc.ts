import {
  addressOf,
  addressText,
  type Clock,
  type Command,
  type Submit,
  type TimeStamp,
  toHex,
} from '../../modem/index.ts';
import { type Contents, type Envelope, seal, withoutContents } from '../envelope.ts';
import type { EventLog } from '../log.ts';
import type { SeededRandom } from '../random.ts';
import { obey } from './commands.ts';
import type { Faults } from './faults.ts';
import { Journal } from './journal.ts';
import { Mailbox, type MailboxOffice } from './mailbox.ts';
import { STATUS } from './outcomes.ts';
import type { LatencyProfile } from './profiles.ts';
import type { SubmitAnswer } from './radio-link.ts';
import { Reporter } from './reporter.ts';
import type { Service } from './services.ts';
import type { SimLink } from './sim-link.ts';
import { newFate, type Sms, type TracedSms, urgencyOf } from './sms.ts';
import { contentOf, deliverTpdu, destinationOf, type Injected, type Submission } from './submission.ts';
import type { Subscriber } from './subscriber.ts';
import { Transit } from './transit.ts';
import { DEFAULT_VALIDITY_MS, isSingleShot, validityMs } from './validity.ts';

const SECOND_MS = 1_000;
/** More messages than this for one subscriber are refused. */
const MAILBOX_LIMIT = 5_000;
/** Causes of refusal as `+CMS ERROR` shows them: an RP cause (3GPP TS 24.011, 8.2.5.4), and TP-FCS values. */
const REFUSED = { invalidMandatoryInformation: 96, serviceCentreBusy: 0xc0, duplicate: 0xc5 } as const;

/** Where a number leads. */
export type Route =
  | { readonly kind: 'subscriber'; readonly subscriber: Subscriber }
  | { readonly kind: 'service'; readonly service: Service }
  /** A number of another operator that no phone of this world has. */
  | { readonly kind: 'elsewhere'; readonly subscriber: Subscriber }
  | { readonly kind: 'nobody' };

/** What the service centre needs of the network around it. */
export interface SmscSurroundings {
  /** Its own number, with `+`. */
  readonly number: string;
  /** Quarters of an hour that its time stamps are ahead of UTC. */
  readonly zone: number;
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly log: EventLog;
  readonly faults: Faults;
  /** Whether senders who want a report are also told that their message waits. */
  readonly interimReports: boolean;
  profile(): LatencyProfile;
  route(number: string): Route;
  /** The form in which a number that was dialled is known. */
  resolve(dialled: string): string;
  /** How long a message is on the air, ms, before it is at the phone. */
  airMs(link: SimLink): number;
}

/** The service centre: takes messages, keeps them, and forwards them (3GPP TS 23.040, 3). */
export class Smsc {
  readonly #in: SmscSurroundings;
  readonly #mailboxes = new Map<string, Mailbox>();
  readonly #journal = new Journal();
  readonly #transit: Transit;
  readonly #reporter: Reporter;
  /** What all mailboxes share. */
  readonly #office: MailboxOffice;
  #count = 0;

  constructor(surroundings: SmscSurroundings) {
    this.#in = surroundings;
    this.#transit = new Transit({
      ...surroundings,
      nextId: () => this.#nextId(),
      arrive: (sms, letsPass) => this.#arrive(sms, letsPass),
    });
    const { log, number, clock, faults } = surroundings;
    this.#office = {
      clock,
      log,
      faults,
      airMs: (link) => surroundings.airMs(link),
      waits: (sms, status) => this.#waits(sms, status),
      replaced: (earlier, later) => this.#replace(earlier, later),
      settled: (sms, status) => this.#settle(sms, status),
    };
    this.#reporter = new Reporter({
      log,
      number,
      timestamp: () => this.#timestamp(),
      nextId: () => this.#nextId(),
      send: (report) => this.#transit.send(report, clock.now()),
    });
  }

  /** Where messages wait, or have waited. */
  get mailboxes(): ReadonlyMap<string, Mailbox> {
    return this.#mailboxes;
  }

  /** Alert-SC: a subscriber is back, or has room again (3GPP TS 23.040, 3.2.7). */
  alert(number: string): void {
    this.#mailboxes.get(number)?.wake();
  }

  /** A phone begins to send a SUBMIT or COMMAND. */
  begin(from: string, tpdu: Uint8Array): Submission {
    const content = contentOf(tpdu);
    const to = content === undefined ? '' : this.#in.resolve(addressText(destinationOf(content)));
    const sms = this.#nextId();
    const hex = toHex(tpdu);
    this.#in.log.add({ kind: 'submit', sms, from, to, tpdu: hex });
    return { sms, from, to, tpdu, hex, startedAt: this.#in.clock.now(), content };
  }

  /** Takes what a phone has sent, or refuses it. */
  submit(submission: Submission): SubmitAnswer {
    const { content } = submission;
    if (content === undefined) return this.#refuse(submission, REFUSED.invalidMandatoryInformation);
    return 'header' in content ? this.#takeSubmit(submission, content) : this.#takeCommand(submission, content);
  }

  #takeSubmit(submission: Submission, { header, contents }: Envelope<Submit>): SubmitAnswer {
    const { sms: id, from, to, tpdu, startedAt } = submission;
    const struck = this.#in.faults.strike('submit', { sms: id, from, to, report: false, tpdu });
    const refusal = struck.find((action) => action.kind === 'refuse');
    if (refusal !== undefined) return this.#refuse(submission, refusal.cause);
    if (this.#waitingFor(to) >= MAILBOX_LIMIT) return this.#refuse(submission, REFUSED.serviceCentreBusy);
    if (header.rejectDuplicates === true && this.#isHeld(from, to, header.messageReference)) {
      return this.#refuse(submission, REFUSED.duplicate);
    }
    const sms = this.#fromSubmit(submission, header, contents);
    this.#journal.add(sms);
    this.#in.log.add({ kind: 'accept', sms: id, from, to });
    this.#transit.send(sms, startedAt);
    return { kind: struck.some((action) => action.kind === 'lose-answer') ? 'lost' : 'accepted' };
  }

  /** Carries an SMS-COMMAND out (3GPP TS 23.040, 9.2.2.4). */
  #takeCommand(submission: Submission, command: Command): SubmitAnswer {
    const { sms, from, to } = submission;
    const about = this.#journal.find(from, to, command.messageNumber);
    this.#in.log.add({ kind: 'command', sms, from, to, command: command.commandType, about: about?.id ?? 0 });
    const result = obey(command, about, (message) => this.delete(message, STATUS.deletedBySender));
    if (result.kind === 'refused') return this.#refuse(submission, result.cause);
    this.#in.log.add({ kind: 'accept', sms, from, to });
    if (result.kind === 'report') this.#reporter.answerCommand(from, to, result, about);
    return { kind: 'accepted' };
  }

  /** Takes a message from outside the network: an application, or another operator. Says its number in the log. */
  inject({ from, to, contents, tpdu, pid = 0, priority = false, validityMs: lastsMs }: Injected): number {
    const { clock, log } = this.#in;
    const dialled = this.#in.resolve(to);
    const id = this.#nextId();
    const header = {
      type: 'SUBMIT',
      messageReference: 0,
      destination: addressOf(to),
      pid,
      ...withoutContents,
    } as const;
    const hex = toHex(tpdu ?? seal({ header, contents }));
    const sms: Sms = {
      id,
      from,
      to: dialled,
      tpdu: deliverTpdu(from, header, contents, this.#timestamp()),
      pid,
      isReport: false,
      urgency: urgencyOf(contents.dcs, priority),
      expiresAt: clock.now() + (lastsMs ?? DEFAULT_VALIDITY_MS),
      singleShot: false,
      fate: newFate(false),
    };
    log.add({ kind: 'submit', sms: id, from, to: dialled, tpdu: hex, outside: true });
    log.add({ kind: 'accept', sms: id, from, to: dialled });
    this.#transit.send(sms, clock.now());
    return id;
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

  #waitingFor(number: string): number {
    return this.#mailboxes.get(number)?.waiting.length ?? 0;
  }

  /** TP-RD: whether a message of the same reference is still held (3GPP TS 23.040, 9.2.3.25). */
  #isHeld(from: string, to: string, messageReference: number): boolean {
    return this.#journal.find(from, to, messageReference)?.fate.over === false;
  }

  /** `cause` is what `+CMS ERROR` shows. */
  #refuse({ sms, from, to }: Submission, cause: number): SubmitAnswer {
    this.#in.log.add({ kind: 'refuse', sms, from, to, cause });
    return { kind: 'refused', cause };
  }

  #fromSubmit({ sms: id, from, to }: Submission, header: Submit, contents: Contents): Sms {
    const timestamp = this.#timestamp();
    const { pid = 0, messageReference } = header;
    const now = this.#in.clock.now();
    return {
      id,
      from,
      to,
      tpdu: deliverTpdu(from, header, contents, timestamp),
      pid,
      isReport: false,
      urgency: urgencyOf(contents.dcs),
      origin: { sender: from, messageReference, timestamp },
      expiresAt: now + validityMs(header.validity, now),
      singleShot: isSingleShot(header.validity),
      fate: newFate(header.statusReportRequested === true),
    };
  }

  #arrive(sms: Sms, letsPass: boolean): void {
    // Its sender had it deleted on the way.
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

  #put(sms: Sms, mailbox: Mailbox, letsPass: boolean): void {
    if (mailbox.waiting.length >= MAILBOX_LIMIT) {
      this.#fail(sms, STATUS.congestion);
      return;
    }
    if (letsPass) mailbox.addBehindNext(sms);
    else mailbox.add(sms);
  }

  #replace(earlier: Sms, later: Sms): void {
    this.#in.log.add({ kind: 'replace', sms: earlier.id, by: later.id, to: later.to });
    this.#settle(earlier, STATUS.replaced);
  }

  #passOn(sms: Sms, { operator }: Subscriber): void {
    if (operator.interworking === 'none') {
      this.#fail(sms, STATUS.noInterworking);
      return;
    }
    this.#logDelivery(sms);
    this.#settle(sms, operator.interworking === 'reports' ? STATUS.received : STATUS.forwarded);
  }

  /** Services answer subscribers only, so that two of them never talk to each other for ever. */
  #serve(sms: Sms, service: Service): void {
    this.#logDelivery(sms);
    const from = sms.origin?.sender ?? sms.from;
    const request = { from, tpdu: sms.tpdu, waiting: this.#waitingFor(from), now: this.#in.clock.now() };
    const { status, reply } = service.answer(request);
    this.#settle(sms, status);
    if (reply === undefined || this.#in.route(from).kind !== 'subscriber') return;
    for (const contents of reply) this.inject({ from: service.number, to: from, contents });
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

  #fail(sms: TracedSms, status: number): void {
    this.#in.log.add({ kind: 'fail', sms: sms.id, to: sms.to, status });
    this.#settle(sms, status);
  }

  #settle(sms: TracedSms, status: number): void {
    sms.fate.status = status;
    sms.fate.over = true;
    this.#reporter.report(sms);
  }

  #waits(sms: Sms, status: number): void {
    sms.fate.status = status;
    if (this.#in.interimReports) this.#reporter.report(sms);
  }

  #timestamp(): TimeStamp {
    const { clock, zone } = this.#in;
    return { at: Math.floor(clock.now() / SECOND_MS) * SECOND_MS, zone };
  }

  #nextId(): number {
    this.#count += 1;
    return this.#count;
  }
}
