import {
  type Alphabet,
  type ApplicationPorts,
  addressOf,
  type Clock,
  encodeTpdu,
  type MessageClass,
  type Segment,
  type SmsContent,
  segment,
  toHex,
} from '../modem/index.ts';
import { openSubmit } from './envelope.ts';
import { EventLog } from './log.ts';
import { type Personality, standardPersonality } from './modem/personality.ts';
import { VirtualModem } from './modem/virtual-modem.ts';
import type { Faults } from './network/faults.ts';
import { Network, type Submitted } from './network/network.ts';
import { type LatencyProfile, latencyProfiles } from './network/profiles.ts';
import type { SubmitAnswer } from './network/radio-link.ts';
import type { Subscriber } from './network/subscriber.ts';
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
}

/** A message from outside the network. */
export interface OutsideMessage {
  /** International with `+`, national, or a short code. */
  readonly to: string;
  /** As `to`, or at most 11 letters. */
  readonly from: string;
  readonly content:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'data'; readonly data: Uint8Array };
  readonly ports?: ApplicationPorts;
  /** Default: the smallest that can write it. */
  readonly alphabet?: Alphabet;
  /** Default: none. */
  readonly messageClass?: MessageClass;
}

/** A message that one of the world's own phones sends. */
export interface PhoneMessage extends OutsideMessage {
  /** Ask for a status report of each SMS (TP-SRR). Default: no. */
  readonly statusReport?: boolean;
  /** How long the service centre tries, ms (TP-VP); rounded up to what the octet can say. Default: the service centre's. */
  readonly validityMs?: number;
}

/** What became of one SMS that a phone sent: its number in the log, if it went out, and what the phone was told. */
export interface Sending {
  readonly sms?: number;
  /** TP-MR. */
  readonly reference: number;
  readonly answer: SubmitAnswer;
}

/** What `+CMS ERROR` shows when there is no network service (3GPP TS 27.005, 3.2.5). */
const NO_NETWORK_SERVICE = 331;

/** Italy: the numbers of the virtual network are fictitious. */
const SMSC = '+393990000001';
const COUNTRY_CODE = '39';
const ZONE_QUARTERS = 4;
const SIM_CAPACITY = 30;
const MODEM_CAPACITY = 100;
const MODEMS = 100_000;

/** A GSM network with its subscribers, service centre and modems, in one process. */
export class World {
  readonly clock: Clock;
  readonly log: EventLog;
  readonly #network: Network;
  readonly #random: SeededRandom;
  readonly #responseMs: readonly [from: number, to: number];
  readonly #modems = new Map<string, VirtualModem>();
  #concatenation = 0;

  constructor({ seed, clock, profile = latencyProfiles['direct'], responseMs = [5, 20], keptEvents }: WorldOptions) {
    if (profile === undefined) throw new RangeError('There is no such latency profile');
    this.clock = clock;
    this.log = new EventLog(clock, keptEvents);
    this.log.add({ kind: 'start', seed: String(seed), smsc: SMSC, profile: profile.id });
    this.#random = seededRandom(seed);
    this.#responseMs = responseMs;
    this.#network = new Network({
      clock,
      profile,
      log: this.log,
      random: this.#random.fork('network'),
      smsc: SMSC,
      countryCode: COUNTRY_CODE,
      zone: ZONE_QUARTERS,
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

  /** A new modem with a new subscriber's SIM in it. @throws RangeError when the number is taken. */
  addModem(options: ModemOptions): VirtualModem {
    if (this.#modems.size >= MODEMS) throw new RangeError(`A world has ${MODEMS} modems at most`);
    const serial = String(this.#modems.size + 1);
    const imsi = `00101${serial.padStart(10, '0')}`;
    const subscriber = this.#network.subscribe(options.number, imsi);
    const modem = new VirtualModem(
      {
        imei: withCheckDigit(`35693803${serial.padStart(6, '0')}`),
        iccid: withCheckDigit(`893999${serial.padStart(12, '0')}`),
        imsi,
        personality: standardPersonality,
        simCapacity: SIM_CAPACITY,
        modemCapacity: MODEM_CAPACITY,
        responseMs: this.#responseMs,
        log: this.log,
        ...options,
      },
      subscriber,
      this.clock,
      this.#random.fork(`modem ${options.number}`),
    );
    subscriber.insertInto(modem);
    modem.powerOn();
    this.#modems.set(options.number, modem);
    return modem;
  }

  /** A number as people write it, in the form in which the network knows it. */
  resolve(number: string): string {
    return this.#network.resolve(number);
  }

  /** The modem with this number. */
  modem(number: string): VirtualModem | undefined {
    return this.#modems.get(this.#network.resolve(number));
  }

  /** The subscriber with this number: coverage. */
  subscriber(number: string): Subscriber | undefined {
    return this.#network.subscriber(this.#network.resolve(number));
  }

  /**
   * Sends a message into the network from outside; long ones go in segments. Says the numbers of its SMS in the log.
   * @throws PduEncodeError when it cannot be written so, or takes more than 255 segments.
   */
  deliver(message: OutsideMessage): readonly number[] {
    return this.#segments(message).map((part) => {
      const tpdu = encodeTpdu({ type: 'SUBMIT', messageReference: 0, destination: ANYONE, ...part });
      return this.#network.inject(message.from, message.to, openSubmit(tpdu).contents);
    });
  }

  /**
   * Sends a message from one of the phones, as its user would; long ones go in segments, and a segment that is refused is
   * the last. @throws RangeError when no phone has the number `from`, PduEncodeError when it cannot be written so.
   * @param began called with the number of each SMS in the log as its sending begins.
   */
  async send(message: PhoneMessage, began: (sms: number) => void = () => {}): Promise<readonly Sending[]> {
    const modem = this.modem(message.from);
    if (modem === undefined) throw new RangeError(`No phone has the number ${message.from}`);
    const { statusReport = false, validityMs } = message;
    const sent: Sending[] = [];
    for (const part of this.#segments(message)) {
      const tpdu = encodeTpdu({
        type: 'SUBMIT',
        messageReference: 0,
        destination: addressOf(message.to),
        statusReportRequested: statusReport,
        ...(validityMs === undefined ? {} : { validity: { format: 'relative', ms: validityMs } }),
        ...part,
      });
      const sending = await this.#sendFrom(modem, tpdu, began);
      sent.push(sending);
      if (sending.answer.kind === 'refused') break;
    }
    return sent;
  }

  async #sendFrom(modem: VirtualModem, tpdu: Uint8Array, began: (sms: number) => void): Promise<Sending> {
    if (!modem.radio.registered) return { reference: 0, answer: { kind: 'refused', cause: NO_NETWORK_SERVICE } };
    const behindReference = toHex(tpdu.subarray(2));
    let sms: number | undefined;
    const unlisten = this.log.listen((entry) => {
      if (entry.kind !== 'submit' || entry.from !== modem.number || entry.tpdu.slice(4) !== behindReference) return;
      sms = entry.sms;
      began(sms);
    });
    const sent = await modem.outgoing.send(tpdu);
    unlisten();
    return { ...sent, ...(sms === undefined ? {} : { sms }) };
  }

  #segments({ content, ports, alphabet, messageClass }: OutsideMessage): readonly Segment[] {
    this.#concatenation = (this.#concatenation + 1) % 256;
    const whole: SmsContent = ports === undefined ? content : { ...content, ports };
    return segment(whole, {
      reference: this.#concatenation,
      ...(alphabet === undefined ? {} : { alphabet }),
      ...(messageClass === undefined ? {} : { messageClass }),
    });
  }

  /** What the network took from a number, oldest first. */
  submitted(number: string): readonly Submitted[] {
    return this.#network.submitted(this.#network.resolve(number));
  }

  /** How many messages wait for a number in the service centre. */
  waitingFor(number: string): number {
    return this.#network.waitingFor(this.#network.resolve(number));
  }
}

const ANYONE = { type: 'unknown', plan: 'isdn', value: '0' } as const;

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
