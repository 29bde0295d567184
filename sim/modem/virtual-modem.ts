import { type Cancel, type Clock, type FarEnd, memoryPort, type Port, sleep } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';
import type { DeliveryAnswer, MobileStation, RadioLink } from '../network/radio-link.ts';
import { UssdSession } from '../network/ussd.ts';
import type { SeededRandom } from '../random.ts';
import { Incoming } from './incoming.ts';
import { runCommandLine } from './interpreter.ts';
import { joinedStore, type MessageStore, memoryStore } from './message-store.ts';
import { Outgoing } from './outgoing.ts';
import type { Personality } from './personality.ts';
import { Radio } from './radio.ts';
import { type Settings, type StoreName, settingsDefaults } from './settings.ts';
import { SimCard } from './sim-card.ts';
import { smscField } from './smsc-field.ts';
import { Terminal, talkDefaults } from './terminal.ts';

/** How a virtual modem is made. */
export interface VirtualModemOptions {
  readonly number: string;
  readonly imsi: string;
  readonly imei: string;
  readonly iccid: string;
  /** The SIM asks for this PIN; absent: it asks for none. */
  readonly pin?: string;
  readonly puk?: string;
  readonly personality: Personality;
  /** Places for messages on the SIM and in the modem. */
  readonly simCapacity: number;
  readonly modemCapacity: number;
  /** How long the modem thinks before it answers a command line, ms, from and to. */
  readonly responseMs: readonly [from: number, to: number];
  readonly log: EventLog;
}

/**
 * A GSM modem with a SIM in it, as its host sees it: an interpreter of AT commands behind any number of lines, and a
 * phone to the network. Messages that arrive while no host is there are stored.
 */
export class VirtualModem implements MobileStation {
  readonly imei: string;
  readonly personality: Personality;
  readonly clock: Clock;
  readonly sim: SimCard;
  readonly link: RadioLink;
  readonly log: EventLog;
  readonly radio: Radio;
  readonly incoming: Incoming;
  readonly outgoing: Outgoing;
  readonly ussd: UssdSession = new UssdSession();
  /** The network's service centre, in the form in which it precedes a TPDU (3GPP TS 27.005, 3.1). */
  readonly smscOfNetwork: Uint8Array;
  settings: Settings = settingsDefaults();
  readonly #random: SeededRandom;
  readonly #responseMs: readonly [from: number, to: number];
  readonly #terminals = new Set<Terminal>();
  readonly #stores: Readonly<Record<StoreName, MessageStore>>;
  #clockOffset = 0;
  #simBusyUntil = 0;
  #silentUntil = 0;
  #nextNoise: Cancel | undefined;

  constructor(options: VirtualModemOptions, link: RadioLink, clock: Clock, random: SeededRandom) {
    const { personality } = options;
    this.imei = options.imei;
    this.personality = personality;
    this.clock = clock;
    this.link = link;
    this.log = options.log;
    this.#random = random;
    this.#responseMs = options.responseMs;
    this.sim = new SimCard({
      ...options,
      smsc: link.smsc,
      capacity: options.simCapacity,
      firstIndex: personality.messages.firstIndex,
    });
    const me = memoryStore(options.modemCapacity, personality.messages.firstIndex);
    this.#stores = { SM: this.sim.messages, ME: me, MT: joinedStore([this.sim.messages, me]) };
    this.incoming = new Incoming(this);
    this.outgoing = new Outgoing(this);
    this.smscOfNetwork = smscField(link.smsc);
    this.radio = new Radio(this);
  }

  /** The number that its SIM says is its own. */
  get number(): string {
    return this.sim.number;
  }

  /** Begins its life in the world: registered at once, if it can be. */
  powerOn(): void {
    this.#startSim();
    this.radio.powerOn();
  }

  /** Whether the SIM is still starting, and whatever is asked of it is answered with `SIM busy`. */
  get simBusy(): boolean {
    return this.clock.now() < this.#simBusyUntil;
  }

  /** The PIN was accepted: what hangs on it begins. */
  unlocked(): void {
    this.#silentUntil = this.clock.now() + this.personality.silentAfterPinMs;
    this.radio.update();
  }

  /** Puts the modem at the far end of a line. A modem may have several: each has its own echo and runs its own commands. */
  attach(line: FarEnd): void {
    const number = this.#terminals.size + 1;
    const terminal: Terminal = new Terminal(
      line,
      (body) => runCommandLine(this, terminal, body),
      this.personality.wire,
      this.clock,
      () => {
        const kind = terminal.present ? 'connect' : 'disconnect';
        this.log.add({ kind, number: this.number, line: number });
        this.#hostsChanged();
      },
    );
    this.#terminals.add(terminal);
  }

  /** A line in memory to this modem, for a driver in the same process. */
  memoryPort(): Port {
    const { port, farEnd } = memoryPort(`modem ${this.number}`);
    this.attach(farEnd);
    return port;
  }

  /** Whether a host has one of the lines open. */
  get hostPresent(): boolean {
    return [...this.#terminals].some((terminal) => terminal.present);
  }

  /** Sends an unsolicited code to the hosts that are there. */
  notify(...lines: readonly string[]): void {
    for (const terminal of this.#terminals) terminal.notify(lines);
  }

  store(name: StoreName): MessageStore {
    return this.#stores[name];
  }

  /** Off and on again (`+CFUN=1,1`): settings are as new, the PIN is wanted again, stored messages stay. */
  restart(): void {
    this.radio.setFunctionality(0);
    this.settings = settingsDefaults();
    for (const terminal of this.#terminals) Object.assign(terminal.talk, talkDefaults());
    this.sim.reset();
    this.#startSim();
    this.radio.setFunctionality(1);
    for (const code of this.personality.startCodes) this.notify(code);
  }

  /** The modem's own clock (`+CCLK`), ms since 1970. */
  get time(): number {
    return this.clock.now() + this.#clockOffset;
  }

  setTime(at: number): void {
    this.#clockOffset = at - this.clock.now();
  }

  /** Waits as long as the modem takes to think about a command line. */
  async think(): Promise<void> {
    const [from, to] = this.#responseMs;
    if (to > 0) await sleep(this.clock, Math.round(from + this.#random.fraction() * (to - from)));
    const silentMs = this.#silentUntil - this.clock.now();
    if (silentMs > 0) await sleep(this.clock, silentMs);
  }

  receive(tpdu: Uint8Array): DeliveryAnswer | Promise<DeliveryAnswer> {
    return this.incoming.receive(tpdu);
  }

  coverageChanged(): void {
    this.radio.update();
  }

  /** Its radio goes off as with `+CFUN=0`, or on as with `+CFUN=1,1`; its lines stay open. */
  setPowered(on: boolean): void {
    if (on) this.restart();
    else this.radio.setFunctionality(0);
  }

  #startSim(): void {
    const { simBusyMs } = this.personality;
    this.#simBusyUntil = this.clock.now() + simBusyMs;
    if (simBusyMs > 0) this.clock.after(simBusyMs, () => this.radio.update());
  }

  #hostsChanged(): void {
    this.incoming.hostsChanged();
    this.#nextNoise?.();
    this.#nextNoise = undefined;
    if (this.hostPresent) this.#makeNoise(0);
  }

  #makeNoise(turn: number): void {
    const { noise } = this.personality;
    if (noise === undefined) return;
    this.#nextNoise = this.clock.after(noise.everyMs, () => {
      const code = noise.codes[turn % noise.codes.length];
      if (code !== undefined) this.notify(code);
      this.#makeNoise(turn + 1);
    });
  }
}
