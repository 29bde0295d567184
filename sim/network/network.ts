import { type Clock, sleep, toHex } from '../../modem/index.ts';
import type { Contents } from '../envelope.ts';
import type { EventLog } from '../log.ts';
import type { SeededRandom } from '../random.ts';
import { Faults } from './faults.ts';
import { drawMs, type LatencyProfile } from './profiles.ts';
import type { SubmitAnswer } from './radio-link.ts';
import { Smsc, type Submission } from './smsc.ts';
import { type HomeNetwork, Subscriber } from './subscriber.ts';

/** A message that the network took from a subscriber. */
export interface Submitted {
  /** When, ms since 1970. */
  readonly at: number;
  readonly from: string;
  /** The subscriber or number it goes to. */
  readonly to: string;
  /** The SUBMIT in hex, without the service centre's address. */
  readonly tpdu: string;
}

/** Where the network is. */
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
}

/** Messages remembered for {@link Network.submitted}, all subscribers together; the oldest are forgotten. */
const SUBMITTED_LIMIT = 100_000;
/** Bits 0 and 1 of the first octet of a COMMAND from the phone (3GPP TS 23.040, 9.2.3.1). */
const COMMAND = 2;
/** RP cause: requested facility not implemented (3GPP TS 24.011, 8.2.5.4). */
const NOT_IMPLEMENTED = 69;

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
  readonly #centre: Smsc;
  readonly #submitted: Submitted[] = [];

  constructor({ clock, random, log, profile, smsc, countryCode, zone }: NetworkOptions) {
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
      profile: () => this.profile,
      subscriber: (number) => this.#subscribers.get(number),
      resolve: (dialled) => this.resolve(dialled),
    });
  }

  /** A new subscriber. @throws RangeError when the number is taken. */
  subscribe(number: string, imsi: string): Subscriber {
    if (this.#subscribers.has(number)) throw new RangeError(`The number ${number} is taken`);
    const subscriber = new Subscriber(number, imsi, this);
    this.#subscribers.set(number, subscriber);
    return subscriber;
  }

  subscriber(number: string): Subscriber | undefined {
    return this.#subscribers.get(number);
  }

  /** Messages that wait for a subscriber. */
  waitingFor(number: string): number {
    return this.#centre.waiting(number).length;
  }

  /** What the network took from a subscriber, oldest first. */
  submitted(from: string): readonly Submitted[] {
    return this.#submitted.filter((message) => message.from === from);
  }

  /** A number as it was dialled, in the form in which subscribers are known: `00` is `+`, national numbers get the country. */
  resolve(dialled: string): string {
    if (dialled.startsWith('+') || this.#subscribers.has(dialled)) return dialled;
    if (dialled.startsWith('00')) return `+${dialled.slice(2)}`;
    const national = `+${this.#countryCode}${dialled.replace(/^0/, '')}`;
    return this.#subscribers.has(national) ? national : dialled;
  }

  /** A message from outside the network. Says its number in the log. */
  inject(from: string, to: string, contents: Contents): number {
    return this.#centre.inject(from, to, contents);
  }

  wake(number: string): void {
    this.#centre.wake(number);
  }

  /** The service centre has the message after half of the leg; its answer takes the other half. */
  async submit(from: Subscriber, tpdu: Uint8Array): Promise<SubmitAnswer> {
    const submission = this.#centre.begin(from.number, tpdu);
    const { leg } = this.profile;
    const legMs = leg === undefined ? 0 : drawMs(leg, this.#air);
    await this.#travel(Math.floor(legMs / 2));
    if (((tpdu[0] ?? 0) & 3) === COMMAND) return this.#centre.refuse(submission, NOT_IMPLEMENTED);
    const answer = this.#centre.submit(submission);
    if (answer.kind !== 'refused') this.#remember(submission);
    await this.#travel(Math.ceil(legMs / 2));
    return answer;
  }

  #remember({ from, to, tpdu }: Submission): void {
    this.#submitted.push({ at: this.#clock.now(), from, to, tpdu: toHex(tpdu) });
    if (this.#submitted.length > SUBMITTED_LIMIT * 2) this.#submitted.splice(0, SUBMITTED_LIMIT);
  }

  async #travel(ms: number): Promise<void> {
    if (ms > 0) await sleep(this.#clock, ms);
  }
}
