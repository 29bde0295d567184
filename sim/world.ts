import {
  type Alphabet,
  type ApplicationPorts,
  type Clock,
  encodeTpdu,
  type SmsContent,
  segment,
} from '../modem/index.ts';
import { openSubmit } from './envelope.ts';
import { EventLog } from './log.ts';
import { type Personality, standardPersonality } from './modem/personality.ts';
import { VirtualModem } from './modem/virtual-modem.ts';
import type { Faults } from './network/faults.ts';
import { Network, type Submitted } from './network/network.ts';
import { type LatencyProfile, latencyProfiles } from './network/profiles.ts';
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
}

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

  constructor({ seed, clock, profile = latencyProfiles['direct'], responseMs = [5, 20] }: WorldOptions) {
    if (profile === undefined) throw new RangeError('There is no such latency profile');
    this.clock = clock;
    this.log = new EventLog(clock);
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
  deliver({ to, from, content, ports, alphabet }: OutsideMessage): readonly number[] {
    this.#concatenation = (this.#concatenation + 1) % 256;
    const whole: SmsContent = ports === undefined ? content : { ...content, ports };
    const segments = segment(whole, {
      reference: this.#concatenation,
      ...(alphabet === undefined ? {} : { alphabet }),
    });
    return segments.map((part) => {
      const tpdu = encodeTpdu({ type: 'SUBMIT', messageReference: 0, destination: ANYONE, ...part });
      return this.#network.inject(from, to, openSubmit(tpdu).contents);
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
