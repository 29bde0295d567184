import type { Clock } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';
import type { SeededRandom } from '../random.ts';
import { Faults } from './faults.ts';
import type { Route } from './forwarding.ts';
import { HOME, type Operator } from './operators.ts';
import { drawLegMs, drawMs, type LatencyProfile } from './profiles.ts';
import { NETWORK_TIMEOUT, type SubmitAnswer } from './radio-link.ts';
import { services } from './services.ts';
import { type HomeNetwork, SimLink } from './sim-link.ts';
import { Smsc } from './smsc.ts';
import type { Injected, Submission } from './submission.ts';
import { type Submitted, SubmittedMessages } from './submitted.ts';
import { type Register, Subscriber } from './subscriber.ts';
import { type WaitingMessage, waitingIn } from './waiting-messages.ts';

/** Numbers, time zone and reports of the network. */
export interface NetworkOptions {
  readonly clock: Clock;
  readonly random: SeededRandom;
  readonly log: EventLog;
  readonly profile: LatencyProfile;
  /** The service centre's number, with `+`. */
  readonly smsc: string;
  /** Digits that a national number lacks. */
  readonly countryCode: string;
  /** Quarters of an hour that local time is ahead of UTC. */
  readonly zone: number;
  /** Whether senders who want a report are also told that their message waits. */
  readonly interimReports: boolean;
}

/** A message for a number that no subscriber and no service has. */
export class UnknownNumber extends RangeError {
  readonly number: string;

  constructor(number: string) {
    super(`Nobody has the number ${number}: add a modem with it, or send to one that the network has`);
    this.name = 'UnknownNumber';
    this.number = number;
  }
}

/** Subscribers, those of other operators included: twice as many as a world has modems. */
const NUMBERS = 200_000;
/** How long a phone waits for the network's answer (TR1M of 3GPP TS 24.011, 10.1: 35 to 45 s). */
const NETWORK_TIMEOUT_MS = 40_000;
const TIMED_OUT: SubmitAnswer = { kind: 'refused', cause: NETWORK_TIMEOUT };

/** The operator: subscribers, the air between them and the service centre, and the service centre. */
export class Network implements HomeNetwork {
  readonly smsc: string;
  readonly zone: number;
  readonly log: EventLog;
  readonly faults: Faults;
  profile: LatencyProfile;
  readonly #clock: Clock;
  readonly #air: SeededRandom;
  readonly #countryCode: string;
  readonly #subscribers = new Map<string, Subscriber>();
  readonly #services = new Map(services.map((service) => [service.number, service]));
  readonly #centre: Smsc;
  readonly #register: Register;
  readonly #submitted = new SubmittedMessages();

  constructor({ clock, random, log, profile, smsc, countryCode, zone, interimReports }: NetworkOptions) {
    this.smsc = smsc;
    this.zone = zone;
    this.log = log;
    this.profile = profile;
    this.#clock = clock;
    this.#air = random.fork('air');
    this.#countryCode = countryCode;
    this.faults = new Faults(clock, random.fork('faults'), log, (dialled) => this.resolve(dialled));
    this.#centre = new Smsc({
      number: smsc,
      zone,
      clock,
      log,
      random: random.fork('smsc'),
      faults: this.faults,
      interimReports,
      profile: () => this.profile,
      route: (number) => this.#route(number),
      resolve: (dialled) => this.resolve(dialled),
      airMs: (link) => (this.profile.journey === undefined ? this.#legMs(link) : 0),
    });
    this.#register = { log, alert: (of) => this.#centre.forwarding.alert(of) };
  }

  now(): number {
    return this.#clock.now();
  }

  /** A new number, without a SIM so far. @throws RangeError when the number is taken, or there are 200,000. */
  subscribe(number: string, operator: Operator = HOME): Subscriber {
    if (this.has(number)) throw new RangeError(`The number ${number} is taken`);
    if (this.#subscribers.size >= NUMBERS) throw new RangeError(`A network has ${NUMBERS} numbers at most`);
    const subscriber = new Subscriber(number, operator, this.#register);
    this.#subscribers.set(number, subscriber);
    return subscriber;
  }

  /** A new SIM, in the cells of an operator, which answers for no number so far. */
  issueSim(imsi: string, operator: Operator = HOME): SimLink {
    return new SimLink(imsi, operator, this);
  }

  /** The number moves to another SIM; its old SIMs cannot register any more. Waiting messages stay with the number. */
  moveNumber(number: Subscriber, link: SimLink): void {
    this.log.add({ kind: 'swap', number: number.number, imsi: link.imsi });
    for (const other of number.links) number.removeSim(other);
    link.subscriber?.removeSim(link);
    number.addSim(link);
  }

  /** A second SIM of the same IMSI answers for the number: messages go to the one that the network heard last. */
  cloneSim(number: Subscriber, link: SimLink): void {
    link.imsi = number.link?.imsi ?? link.imsi;
    this.log.add({ kind: 'clone', number: number.number, imsi: link.imsi });
    link.subscriber?.removeSim(link);
    number.addSim(link);
  }

  /** In the order in which they were made. */
  get subscribers(): readonly Subscriber[] {
    return [...this.#subscribers.values()];
  }

  subscriber(number: string): Subscriber | undefined {
    return this.#subscribers.get(number);
  }

  /** Whether a subscriber or a service has the number. */
  has(number: string): boolean {
    return this.#route(number).kind !== 'nobody';
  }

  /** The messages that wait in the service centre, by subscriber, in the order of their attempts. */
  waiting(number?: string): readonly WaitingMessage[] {
    return waitingIn(this.#centre.forwarding.mailboxes, number);
  }

  /** How many messages wait for a subscriber. */
  waitingFor(number: string): number {
    return this.#centre.forwarding.waitingFor(number);
  }

  /** The operator deletes a message that waits; its sender is told TP-ST 48. False when there is none, or it is on the air. */
  deleteWaiting(sms: number): boolean {
    return this.#centre.forwarding.deleteWaiting(sms);
  }

  /** The messages that the network took from a subscriber, oldest first. */
  submitted(from: string): readonly Submitted[] {
    return this.#submitted.of(from);
  }

  /** A number as it was dialled, in the form in which subscribers are known: `00` is `+`, national numbers get the country. */
  resolve(dialled: string): string {
    if (dialled.startsWith('+') || this.#subscribers.has(dialled)) return dialled;
    if (dialled.startsWith('00')) return `+${dialled.slice(2)}`;
    const national = `+${this.#countryCode}${dialled.replace(/^0/, '')}`;
    return this.#subscribers.has(national) ? national : dialled;
  }

  /**
   * A message from outside the network. Says its number in the log, which `began` is told before the log has it.
   * @throws UnknownNumber when nobody has the number.
   */
  inject(message: Injected, began?: (sms: number) => void): number {
    if (!this.has(this.resolve(message.to))) throw new UnknownNumber(message.to);
    return this.#centre.inject(message, began);
  }

  /** Sends a SUBMIT or COMMAND: half of the leg's time passes before the service centre has it, and half for the answer. */
  submit(link: SimLink, tpdu: Uint8Array, began?: (sms: number) => void): Promise<SubmitAnswer> {
    const submission = this.#centre.begin(link.subscriber?.number ?? '', tpdu, began);
    const { throughMs, onAirMs } = link.occupyAir(this.#legMs(link));
    const backMs = Math.ceil(onAirMs / 2);
    return new Promise((resolve) => {
      const timeOut = () => this.#after(NETWORK_TIMEOUT_MS, () => resolve(TIMED_OUT));
      this.#after(throughMs - backMs, () => {
        const answer = this.#take(link, submission);
        if (answer === undefined) {
          this.log.add({ kind: 'lose', sms: submission.sms, to: submission.to });
          timeOut();
        } else this.#after(backMs, () => (link.reachable ? resolve(answer) : timeOut()));
      });
    });
  }

  /** The service centre's answer; `undefined` when the phone is out of reach. */
  #take(link: SimLink, submission: Submission): SubmitAnswer | undefined {
    if (link.subscriber === undefined || !link.reachable) return undefined;
    link.subscriber.heardFrom(link);
    const answer = this.#centre.submit(submission);
    if (answer.kind === 'refused') return answer;
    link.subscriber.pay();
    this.#remember(submission);
    return answer;
  }

  #route(number: string): Route {
    const service = this.#services.get(number);
    if (service !== undefined) return { kind: 'service', service };
    const subscriber = this.#subscribers.get(number);
    if (subscriber === undefined) return { kind: 'nobody' };
    const elsewhere = subscriber.links.length === 0 && subscriber.operator.code !== HOME.code;
    return { kind: elsewhere ? 'elsewhere' : 'subscriber', subscriber };
  }

  #legMs({ reception, operator: { distance } }: SimLink): number {
    const { leg } = this.profile;
    if (leg === undefined) return 0;
    const farMs = distance === undefined ? 0 : drawMs(distance, this.#air);
    return drawLegMs(leg, reception, this.#air) + farMs;
  }

  #remember({ from, to, hex, content }: Submission): void {
    if (content === undefined || !('header' in content)) return;
    this.#submitted.add({ at: this.#clock.now(), from, to, tpdu: hex });
  }

  #after(ms: number, task: () => void): void {
    if (ms > 0) this.#clock.after(ms, task);
    else task();
  }
}
