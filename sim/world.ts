import { addressOf, type Clock, encodeTpdu } from '../modem/index.ts';
import { type SubmitHeader, submitsOf, type Written } from './envelope.ts';
import { EventLog } from './log.ts';
import { type Composed, headerOf, type OutsideMessage, type PhoneMessage, type Sending, sendFrom } from './messages.ts';
import { type Personality, standardPersonality } from './modem/personality.ts';
import { VirtualModem } from './modem/virtual-modem.ts';
import { BareRadio } from './network/bare-radio.ts';
import type { Faults } from './network/faults.ts';
import { Network, UnknownNumber } from './network/network.ts';
import type { Operator } from './network/operators.ts';
import { type LatencyProfile, latencyProfiles } from './network/profiles.ts';
import type { SimLink } from './network/sim-link.ts';
import type { Submitted } from './network/submitted.ts';
import type { Subscriber } from './network/subscriber.ts';
import type { WaitingMessage } from './network/waiting-messages.ts';
import { type SeededRandom, seededRandom } from './random.ts';

/** How a world is made. */
export interface WorldOptions {
  /** The same seed and the same calls give the same world, event for event. */
  readonly seed: number | string;
  readonly clock: Clock;
  /** Default `direct`. */
  readonly profile?: LatencyProfile;
  /** How long a modem thinks before it answers, ms, from and to. Default 5 to 20. */
  readonly responseMs?: readonly [from: number, to: number];
  /** How many of the latest events the log keeps at least, at about 200 octets of memory each. Default 200,000. */
  readonly keptEvents?: number;
  /** Messages a minute over the air of each modem, both ways together: real ones do 6 to 30. Default: as the profile has it. */
  readonly ratePerMinute?: number;
  /** Whether senders who want a report are also told that their message waits (TP-ST 20 to 25). Default false: networks differ. */
  readonly interimReports?: boolean;
}

/** How a modem of a world is made. */
export interface ModemOptions {
  /** International with `+`, or a short code. */
  readonly number: string;
  /** The SIM asks for it; absent: it asks for none. */
  readonly pin?: string;
  readonly puk?: string;
  /** Default: drawn from the place in the world. */
  readonly imei?: string;
  /** Default: one that follows the standards. */
  readonly personality?: Personality;
  /** Places for messages on the SIM (default 30) and in the modem (default 100). */
  readonly simCapacity?: number;
  readonly modemCapacity?: number;
  /** Messages a minute over its air. Default: the world's. */
  readonly ratePerMinute?: number;
}

/** Italy: the numbers of the virtual network are fictitious. */
const SMSC = '+393990000001';
const COUNTRY_CODE = '39';
const ZONE_QUARTERS = 4;
const SIM_CAPACITY = 30;
const MODEM_CAPACITY = 100;
const SIMS = 100_000;

/** A GSM network with its subscribers, service centre and modems, in one process. */
export class World {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly #network: Network;
  readonly #random: SeededRandom;
  readonly #responseMs: readonly [from: number, to: number];
  readonly #modems = new Map<SimLink, VirtualModem>();
  readonly #ratePerMinute: number | undefined;
  #concatenation = 0;
  #sims = 0;

  constructor(options: WorldOptions) {
    const { seed, clock, profile = latencyProfiles['direct'], responseMs = [5, 20], interimReports = false } = options;
    if (profile === undefined) throw new RangeError('There is no such latency profile');
    this.clock = clock;
    this.log = new EventLog(clock, options.keptEvents);
    this.log.add({ kind: 'start', seed: String(seed), smsc: SMSC, profile: profile.id });
    this.#random = seededRandom(seed);
    this.#responseMs = responseMs;
    this.#ratePerMinute = options.ratePerMinute;
    this.#network = new Network({
      clock,
      profile,
      log: this.log,
      random: this.#random.fork('network'),
      smsc: SMSC,
      countryCode: COUNTRY_CODE,
      zone: ZONE_QUARTERS,
      interimReports,
    });
    this.faults.listen((action, number) => {
      const struck = number === undefined ? this.modems : [this.modem(number)];
      for (const modem of struck) modem?.suffer(action);
    });
  }

  get faults(): Faults {
    return this.#network.faults;
  }

  get profile(): LatencyProfile {
    return this.#network.profile;
  }

  set profile(profile: LatencyProfile) {
    this.#network.profile = profile;
    this.log.add({ kind: 'profile', profile: profile.id });
  }

  /** The modems, in the order in which they were added. */
  get modems(): readonly VirtualModem[] {
    return [...this.#modems.values()];
  }

  /** A new modem with a new subscriber's SIM in it. @throws RangeError when the number is taken, or the rate is not 1 to 600. */
  addModem(options: ModemOptions): VirtualModem {
    const { serial, link } = this.#issueSim();
    link.setRate(options.ratePerMinute ?? this.#ratePerMinute);
    const subscriber = this.#network.subscribe(options.number);
    const modem = new VirtualModem(
      {
        imei: withCheckDigit(`35693803${serial.padStart(6, '0')}`),
        iccid: withCheckDigit(`893999${serial.padStart(12, '0')}`),
        imsi: link.imsi,
        personality: standardPersonality,
        simCapacity: SIM_CAPACITY,
        modemCapacity: MODEM_CAPACITY,
        responseMs: this.#responseMs,
        log: this.log,
        lineFaults: (target) => this.faults.strikeLine(target),
        ...options,
      },
      link,
      this.clock,
      this.#random.fork(`modem ${options.number}`),
    );
    subscriber.addSim(link);
    link.insertInto(modem);
    modem.powerOn();
    this.#modems.set(link, modem);
    return modem;
  }

  /** A new phone without a modem, with a new subscriber's SIM in it: thousands cost little. @throws RangeError when the number is taken. */
  addBareRadio(number: string): BareRadio {
    const { link } = this.#issueSim();
    const radio = new BareRadio(link, this.clock);
    this.#network.subscribe(number).addSim(link);
    link.insertInto(radio.station);
    radio.station.coverageChanged();
    return radio;
  }

  #issueSim(): { readonly serial: string; readonly link: SimLink } {
    if (this.#sims >= SIMS) throw new RangeError(`A world has ${SIMS} SIMs at most`);
    this.#sims += 1;
    const serial = String(this.#sims);
    return { serial, link: this.#network.issueSim(`00101${serial.padStart(10, '0')}`) };
  }

  /** A number as people write it, in the form in which the network knows it. */
  resolve(number: string): string {
    return this.#network.resolve(number);
  }

  /** A number of another operator, which no modem of this world has: messages to it are passed on. */
  addForeignNumber(number: string, operator: Operator): Subscriber {
    return this.#network.subscribe(number, operator);
  }

  /** The modem with this number; of two clones, the one that the network heard last. */
  modem(number: string): VirtualModem | undefined {
    const link = this.subscriber(number)?.link;
    return link === undefined ? undefined : this.#modems.get(link);
  }

  /** The subscriber with this number: its phone's power, coverage, operator and rate. */
  subscriber(number: string): Subscriber | undefined {
    return this.#network.subscriber(this.#network.resolve(number));
  }

  /** Whether a subscriber or a service of the operator has the number. */
  has(number: string): boolean {
    return this.#network.has(this.#network.resolve(number));
  }

  /** All subscribers, in the order in which they were added. */
  get subscribers(): readonly Subscriber[] {
    return this.#network.subscribers;
  }

  /**
   * The number moves to the SIM in another modem, as when a new SIM is ordered for it; the SIM that had it is let in
   * nowhere from then on. Messages that wait follow the number. @throws UnknownNumber, RangeError when the modem is not of
   * this world.
   */
  swapSim(number: string, modem: VirtualModem): void {
    const subscriber = this.#known(number);
    const link = this.#linkOf(modem);
    this.#network.moveNumber(subscriber, link);
    modem.sim.personalise(link.imsi, subscriber.number);
  }

  /**
   * The SIM in `modem` becomes a copy of the number's: two phones with one IMSI. Both can send; messages go to the one that
   * the network heard last. @throws UnknownNumber, RangeError when the modem is not of this world.
   */
  cloneSim(number: string, modem: VirtualModem): void {
    const subscriber = this.#known(number);
    const link = this.#linkOf(modem);
    this.#network.cloneSim(subscriber, link);
    modem.sim.personalise(link.imsi, subscriber.number);
  }

  /**
   * Fills the stores of the number's modem, SIM and its own, with old messages that were read, so that it refuses the next;
   * whoever deletes one makes room. Says how many were put in. @throws UnknownNumber
   */
  fillMemory(number: string): number {
    const modem = this.modem(this.#known(number).number);
    if (modem === undefined) return 0;
    const tpdu = encodeTpdu({
      type: 'DELIVER',
      originator: addressOf('OPERATOR'),
      timestamp: { at: this.clock.now(), zone: ZONE_QUARTERS },
      dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
      userData: { kind: 'text', header: [], text: 'An old message' },
    });
    const old = { status: 1, smsc: modem.smscOfNetwork, tpdu } as const;
    let count = 0;
    for (const store of [modem.store('SM'), modem.store('ME')]) {
      while (store.add(old) !== undefined) count += 1;
    }
    return count;
  }

  /**
   * Sends a message into the network from outside; long ones go in segments. Says the numbers of its SMS in the log.
   * @param began is told the number of each SMS in the log before the log has it.
   * @throws UnknownNumber when nobody has the number. @throws PduEncodeError when it cannot be written so, or takes more
   * than 255 segments.
   */
  deliver(message: OutsideMessage, began?: (sms: number) => void): readonly number[] {
    const { to, from, pid = 0, priority = false, validityMs } = message;
    const header = { messageReference: 0, destination: addressOf(to), pid };
    const common = { from, to, pid, priority, ...(validityMs === undefined ? {} : { validityMs }) };
    return this.#written(message, header).map((part) => this.#network.inject({ ...common, ...part }, began));
  }

  /**
   * Sends a message from one of the phones, as its user would; long ones go in segments, and a segment that is refused is
   * the last. @throws RangeError when no phone has the number `from`, PduEncodeError when it cannot be written so.
   * @param began is told the number of each SMS in the log before the log has it.
   */
  async send(message: PhoneMessage, began: (sms: number) => void = () => {}): Promise<readonly Sending[]> {
    const modem = this.modem(message.from);
    if (modem === undefined) throw new RangeError(`No phone has the number ${message.from}`);
    return sendFrom(modem, this.#written(message, headerOf(message)), began);
  }

  #written({ content, ports, alphabet, messageClass }: Composed, header: SubmitHeader): readonly Written[] {
    this.#concatenation = (this.#concatenation + 1) % 256;
    const options = {
      reference: this.#concatenation,
      ...(alphabet === undefined ? {} : { alphabet }),
      ...(messageClass === undefined ? {} : { messageClass }),
    };
    return submitsOf(ports === undefined ? content : { ...content, ports }, options, header);
  }

  /** What the network took from a number, oldest first. */
  submitted(number: string): readonly Submitted[] {
    return this.#network.submitted(this.#network.resolve(number));
  }

  /** How many messages wait for a number in the service centre. */
  waitingFor(number: string): number {
    return this.#network.waitingFor(this.#network.resolve(number));
  }

  /** What waits in the service centre, for all numbers or one, in the order in which it will be tried. */
  waiting(number?: string): readonly WaitingMessage[] {
    return this.#network.waiting(number === undefined ? undefined : this.#network.resolve(number));
  }

  /** Deletes a message that waits, by its number in the log; its sender is told. False: there is none, or it is on the air. */
  deleteWaiting(sms: number): boolean {
    return this.#network.deleteWaiting(sms);
  }

  #known(number: string): Subscriber {
    const subscriber = this.subscriber(number);
    if (subscriber === undefined) throw new UnknownNumber(number);
    return subscriber;
  }

  #linkOf(modem: VirtualModem): SimLink {
    for (const [link, known] of this.#modems) if (known === modem) return link;
    throw new RangeError('The modem is not of this world');
  }
}

/** A new world. */
export function createWorld(options: WorldOptions): World {
  return new World(options);
}

/** Appends the digit of Luhn's formula, as IMEI and ICCID have it. */
function withCheckDigit(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const weighted = Number(digit) * (i % 2 === 0 ? 2 : 1);
    return total + Math.floor(weighted / 10) + (weighted % 10);
  }, 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}
