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
import type { Faults } from './faults.ts';
import { Forwarding, MAILBOX_LIMIT, type Route } from './forwarding.ts';
import { Journal } from './journal.ts';
import { STATUS } from './outcomes.ts';
import type { LatencyProfile } from './profiles.ts';
import type { SubmitAnswer } from './radio-link.ts';
import { Reporter } from './reporter.ts';
import type { SimLink } from './sim-link.ts';
import { newFate, type Sms, urgencyOf } from './sms.ts';
import { obey } from './sms-commands.ts';
import { contentOf, deliverTpdu, destinationOf, type Injected, type Submission } from './submission.ts';
import { Transit } from './transit.ts';
import { DEFAULT_VALIDITY_MS, isSingleShot, validityMs } from './validity.ts';

const SECOND_MS = 1_000;
/** Causes of refusal as `+CMS ERROR` shows them: an RP cause (3GPP TS 24.011, 8.2.5.4), and TP-FCS values. */
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
  /** Forwards the messages that the service centre has taken. */
  readonly forwarding: Forwarding;
  readonly #in: SmscSurroundings;
  readonly #journal = new Journal();
  readonly #transit: Transit;
  readonly #reporter: Reporter;
  #count = 0;

  constructor(surroundings: SmscSurroundings) {
    this.#in = surroundings;
    this.#transit = new Transit({
      ...surroundings,
      nextId: () => this.#nextId(),
      arrive: (sms, letsPass) => this.forwarding.arrive(sms, letsPass),
    });
    const { log, number, clock } = surroundings;
    this.#reporter = new Reporter({
      log,
      number,
      timestamp: () => this.#timestamp(),
      nextId: () => this.#nextId(),
      send: (report) => this.#transit.send(report, clock.now()),
    });
    this.forwarding = new Forwarding({
      ...surroundings,
      reporter: this.#reporter,
      reply: (service, to, contents) => this.inject({ from: service.number, to, contents }),
    });
  }

  /** A phone begins to send a SUBMIT or COMMAND. `began` is told its number before the log has it. */
  begin(from: string, tpdu: Uint8Array, began: (sms: number) => void = () => {}): Submission {
    const content = contentOf(tpdu);
    const to = content === undefined ? '' : this.#in.resolve(addressText(destinationOf(content)));
    const sms = this.#nextId();
    const hex = toHex(tpdu);
    began(sms);
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
    if (this.forwarding.waitingFor(to) >= MAILBOX_LIMIT) return this.#refuse(submission, REFUSED.serviceCentreBusy);
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
    const result = obey(command, about, (message) => this.forwarding.delete(message, STATUS.deletedBySender));
    if (result.kind === 'refused') return this.#refuse(submission, result.cause);
    this.#in.log.add({ kind: 'accept', sms, from, to });
    if (result.kind === 'report') this.#reporter.answerCommand(from, to, result, about);
    return { kind: 'accepted' };
  }

  /**
   * Takes a message from outside the network: an application, or another operator. Says its number in the log, which `began`
   * is told before the log has it.
   */
  inject(message: Injected, began: (sms: number) => void = () => {}): number {
    const { from, to, contents, tpdu, pid = 0, priority = false, validityMs: lastsMs } = message;
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
    began(id);
    log.add({ kind: 'submit', sms: id, from, to: dialled, tpdu: hex, outside: true });
    log.add({ kind: 'accept', sms: id, from, to: dialled });
    this.#transit.send(sms, clock.now());
    return id;
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

  #timestamp(): TimeStamp {
    const { clock, zone } = this.#in;
    return { at: Math.floor(clock.now() / SECOND_MS) * SECOND_MS, zone };
  }

  #nextId(): number {
    this.#count += 1;
    return this.#count;
  }
}
