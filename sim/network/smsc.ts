import {
  addressOf,
  addressText,
  type Clock,
  encodeTpdu,
  PduError,
  type Submit,
  type TimeStamp,
  toHex,
  type ValidityPeriod,
} from '../../modem/index.ts';
import { type Contents, type Envelope, openDeliver, openSubmit, seal, withoutContents } from '../envelope.ts';
import type { EventLog } from '../log.ts';
import type { SeededRandom } from '../random.ts';
import type { MessageFaultAction } from './fault-kinds.ts';
import type { Faults } from './faults.ts';
import { Mailbox } from './mailbox.ts';
import { drawMixtureMs, drawMs, type LatencyProfile } from './profiles.ts';
import type { SubmitAnswer } from './radio-link.ts';
import { type ReportRequest, type Sms, STATUS, targetOf } from './sms.ts';
import type { Subscriber } from './subscriber.ts';

const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
/** How long the service centre tries when the sender does not say (as osmo-msc does). */
const DEFAULT_VALIDITY_MS = 7 * DAY_MS;
/** More messages than this for one subscriber are refused. */
const MAILBOX_LIMIT = 5_000;
/** Causes of refusal as `+CMS ERROR` shows them: an RP cause, and two TP-FCS values. */
const REFUSED = { invalidMandatoryInformation: 96, serviceCentreBusy: 0xc0, duplicate: 0xc5 } as const;

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
  profile(): LatencyProfile;
  subscriber(number: string): Subscriber | undefined;
  /** The subscriber or short code that a dialled number means. */
  resolve(dialled: string): string;
}

/** A message on its way to the service centre. */
export interface Submission {
  /** Its number in the log. */
  readonly sms: number;
  readonly from: string;
  /** Empty when the TPDU cannot be read. */
  readonly to: string;
  readonly tpdu: Uint8Array;
  /** When the phone began to send it, ms since 1970. */
  readonly startedAt: number;
  readonly opened: Envelope<Submit> | undefined;
}

/** The service centre: takes messages, keeps them, and forwards them (3GPP TS 23.040, 3). */
export class Smsc {
  readonly #in: SmscSurroundings;
  readonly #mailboxes = new Map<string, Mailbox>();
  #count = 0;

  constructor(surroundings: SmscSurroundings) {
    this.#in = surroundings;
  }

  /** What waits for a subscriber. */
  waiting(number: string): readonly Sms[] {
    return this.#mailboxes.get(number)?.waiting ?? [];
  }

  /** A subscriber attached, or has room again. */
  wake(number: string): void {
    this.#mailboxes.get(number)?.wake();
  }

  /** A phone begins to send a SUBMIT or COMMAND. */
  begin(from: string, tpdu: Uint8Array): Submission {
    const opened = tryOpen(tpdu);
    const to = opened === undefined ? '' : this.#in.resolve(addressText(opened.header.destination));
    const sms = this.#nextId();
    this.#in.log.add({ kind: 'submit', sms, from, to, tpdu: toHex(tpdu) });
    return { sms, from, to, tpdu, startedAt: this.#in.clock.now(), opened };
  }

  /** Takes what a phone has sent, or refuses it. */
  submit(submission: Submission): SubmitAnswer {
    const { log, faults } = this.#in;
    const { sms: id, from, to, opened, startedAt } = submission;
    if (opened === undefined) return this.refuse(submission, REFUSED.invalidMandatoryInformation);
    const { header, contents } = opened;
    const struck = faults.strike('submit', { sms: id, from, to, report: false, tpdu: submission.tpdu });
    const refusal = struck.find((action) => action.kind === 'refuse');
    if (refusal !== undefined) return this.refuse(submission, refusal.cause);
    if (this.waiting(to).length >= MAILBOX_LIMIT) return this.refuse(submission, REFUSED.serviceCentreBusy);
    if (header.rejectDuplicates === true && this.#hasSent(from, to, header.messageReference)) {
      return this.refuse(submission, REFUSED.duplicate);
    }
    log.add({ kind: 'accept', sms: id, from, to });
    this.#forward(this.#smsOf(id, from, to, header, contents), startedAt);
    return { kind: struck.some((action) => action.kind === 'lose-answer') ? 'lost' : 'accepted' };
  }

  /** Refuses what a phone has sent; `cause` is what `+CMS ERROR` shows. */
  refuse({ sms, from, to }: Submission, cause: number): SubmitAnswer {
    this.#in.log.add({ kind: 'refuse', sms, from, to, cause });
    return { kind: 'refused', cause };
  }

  /** Takes a message from outside the network: an application, or another operator. Says its number in the log. */
  inject(from: string, to: string, contents: Contents): number {
    const { log, clock } = this.#in;
    const dialled = this.#in.resolve(to);
    const header: Submit = { ...withoutContents, type: 'SUBMIT', messageReference: 0, destination: addressOf(to) };
    const id = this.#nextId();
    const tpdu = toHex(seal({ header, contents }));
    log.add({ kind: 'submit', sms: id, from, to: dialled, tpdu, outside: true });
    log.add({ kind: 'accept', sms: id, from, to: dialled });
    this.#forward(this.#smsOf(id, from, dialled, header, contents), clock.now());
    return id;
  }

  #hasSent(from: string, to: string, messageReference: number): boolean {
    return this.waiting(to).some((sms) => sms.from === from && sms.messageReference === messageReference);
  }

  #smsOf(id: number, from: string, to: string, header: Submit, contents: Contents): Sms {
    const timestamp = this.#timestamp();
    const { pid = 0, messageReference } = header;
    const tpdu = seal({
      header: {
        type: 'DELIVER',
        originator: addressOf(from),
        pid,
        timestamp,
        replyPath: header.replyPath === true,
        statusReportIndication: header.statusReportRequested === true,
        ...withoutContents,
      },
      contents,
    });
    const request: ReportRequest = { messageReference, timestamp };
    return {
      id,
      from,
      to,
      tpdu,
      pid,
      isReport: false,
      messageReference,
      expiresAt: this.#in.clock.now() + validityMs(header.validity, this.#in.clock.now()),
      singleShot: header.validity?.format === 'enhanced' && header.validity.singleShot,
      ...(header.statusReportRequested === true ? { reportRequest: request } : {}),
    };
  }

  /** Lets the profile and the faults decide what becomes of the message on its way, and sends it on. */
  #forward(sms: Sms, startedAt: number): void {
    const { random, log, faults } = this.#in;
    const profile = this.#in.profile();
    const lost = random.fraction() * 1_000 < profile.lostPerMille;
    const doubled = random.fraction() * 1_000 < profile.duplicatedPerMille;
    const struck = faults.strike('transit', targetOf(sms));
    if (lost || struck.some(({ kind }) => kind === 'drop')) {
      log.add({ kind: 'lose', sms: sms.id, to: sms.to });
      return;
    }
    const copy = this.#distorted(sms, struck);
    const delayMs = struck.reduce((sum, action) => sum + (action.kind === 'delay' ? action.ms : 0), 0);
    this.#send(
      copy,
      this.#transitMs(startedAt) + delayMs,
      struck.some(({ kind }) => kind === 'reorder'),
    );
    if (!doubled && !struck.some(({ kind }) => kind === 'duplicate')) return;
    const { reportRequest: _, ...unreported } = copy;
    const second: Sms = { ...unreported, id: this.#nextId() };
    log.add({ kind: 'duplicate', sms: second.id, original: sms.id, to: sms.to });
    this.#send(second, this.#transitMs(startedAt) + delayMs, false);
  }

  #transitMs(startedAt: number): number {
    const { clock, random } = this.#in;
    const { journey, leg } = this.#in.profile();
    if (journey !== undefined) return Math.max(0, startedAt + drawMixtureMs(journey, random) - clock.now());
    return leg === undefined ? 0 : drawMs(leg, random);
  }

  #send(sms: Sms, transitMs: number, letsPass: boolean): void {
    const { clock } = this.#in;
    const mailbox = this.#mailbox(sms.to);
    const ordered = this.#in.profile().ordered ? Math.max(0, mailbox.lastArrival - clock.now()) : 0;
    const delayMs = Math.max(transitMs, ordered);
    mailbox.lastArrival = clock.now() + delayMs;
    const arrive = () => (letsPass ? mailbox.addBehindNext(sms) : this.#arrive(sms));
    if (delayMs === 0) arrive();
    else clock.after(delayMs, arrive);
  }

  #arrive(sms: Sms): void {
    const mailbox = this.#mailbox(sms.to);
    const replaced = isReplacing(sms)
      ? mailbox.waiting.find(({ from, pid }) => from === sms.from && pid === sms.pid)
      : undefined;
    if (replaced === undefined) {
      mailbox.add(sms);
      return;
    }
    mailbox.replace(replaced, sms);
    this.#in.log.add({ kind: 'replace', sms: replaced.id, by: sms.id, to: sms.to });
    this.#report(replaced, STATUS.replaced);
  }

  #mailbox(number: string): Mailbox {
    const known = this.#mailboxes.get(number);
    if (known !== undefined) return known;
    const mailbox = new Mailbox(number, {
      clock: this.#in.clock,
      log: this.#in.log,
      faults: this.#in.faults,
      subscriber: (of) => this.#in.subscriber(of),
      settled: (sms, status) => this.#report(sms, status),
    });
    this.#mailboxes.set(number, mailbox);
    return mailbox;
  }

  #report(about: Sms, status: number): void {
    const { reportRequest } = about;
    if (reportRequest === undefined) return;
    const tpdu = encodeTpdu({
      type: 'STATUS-REPORT',
      messageReference: reportRequest.messageReference,
      recipient: addressOf(about.to),
      timestamp: reportRequest.timestamp,
      dischargeTime: this.#timestamp(),
      status,
    });
    const now = this.#in.clock.now();
    const sms: Sms = {
      id: this.#nextId(),
      from: this.#in.number,
      to: about.from,
      tpdu,
      pid: 0,
      isReport: true,
      expiresAt: now + DEFAULT_VALIDITY_MS,
      singleShot: false,
    };
    this.#in.log.add({ kind: 'report', sms: sms.id, about: about.id, to: sms.to, status });
    this.#forward(sms, now);
  }

  #distorted(sms: Sms, struck: readonly MessageFaultAction[]): Sms {
    let { tpdu, from } = sms;
    for (const action of struck) {
      if (action.kind === 'corrupt') tpdu = this.#corrupted(tpdu);
      if (action.kind !== 'spoof' || sms.isReport) continue;
      const { header, contents } = openDeliver(tpdu);
      tpdu = seal({ header: { ...header, originator: addressOf(action.sender) }, contents });
      from = action.sender;
    }
    return { ...sms, tpdu, from };
  }

  /** Turns one bit somewhere in the last half, which is user data in all but the shortest messages. */
  #corrupted(tpdu: Uint8Array): Uint8Array {
    const changed = tpdu.slice();
    const half = Math.floor(tpdu.length / 2);
    const at = half + Math.floor(this.#in.random.fraction() * (tpdu.length - half));
    changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(this.#in.random.fraction() * 8));
    return changed;
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

function tryOpen(tpdu: Uint8Array): ReturnType<typeof openSubmit> | undefined {
  try {
    return openSubmit(tpdu);
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}

/** Replace short message types 1 to 7 (3GPP TS 23.040, 9.2.3.9). */
function isReplacing({ pid, isReport }: Sms): boolean {
  return !isReport && pid >= 0x41 && pid <= 0x47;
}

function validityMs(validity: ValidityPeriod | undefined, now: number): number {
  if (validity === undefined) return DEFAULT_VALIDITY_MS;
  if (validity.format === 'relative') return validity.ms;
  if (validity.format === 'absolute') return validity.until.at - now;
  const { period } = validity;
  switch (period.kind) {
    case 'none':
      return DEFAULT_VALIDITY_MS;
    case 'relative':
      return period.ms;
    case 'seconds':
      return period.seconds * SECOND_MS;
    case 'clock':
      return ((period.hours * 60 + period.minutes) * 60 + period.seconds) * SECOND_MS;
  }
}
