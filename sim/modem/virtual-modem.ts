import { type Clock, type FarEnd, memoryPort, type Port, sleep } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';
import type { UnaskedAction } from '../network/fault-kinds.ts';
import type { DeliveryAnswer, MobileStation, RadioLink } from '../network/radio-link.ts';
import { UssdSession } from '../network/ussd.ts';
import type { SeededRandom } from '../random.ts';
import { Incoming } from './incoming.ts';
import { type LineFaults, Lines } from './lines.ts';
import { joinedStore, type MessageStore, memoryStore } from './message-store.ts';
import { Outgoing } from './outgoing.ts';
import type { Personality } from './personality.ts';
import { Radio } from './radio.ts';
import type { Settings, StoreName } from './settings.ts';
import { type PhonebookEntry, SimCard } from './sim-card.ts';
import { smscField } from './smsc-field.ts';
import { factoryProfile, type Profile } from './stored-profile.ts';

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
  /** The faults of its lines. */
  readonly lineFaults: LineFaults;
}

/** Places of the store `SR`, for status reports. */
const REPORT_PLACES = 20;
/** From the answer to `+CFUN=1,1` to the restart, ms. */
const RESTART_AFTER_MS = 50;

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
  readonly ussd: UssdSession = new UssdSession(() => this.link.account);
  /** The network's service centre, in the form in which it precedes a TPDU (3GPP TS 27.005, 3.1). */
  readonly smscOfNetwork: Uint8Array;
  /** What `AT&W` stored. */
  profile: Profile;
  settings: Settings;
  /** Commands whose set form was taken since the start: their read forms say what was set. */
  readonly commandsSet: Set<string> = new Set();
  /** What `+CSAS` saved. */
  savedSettings: Partial<Settings> = {};
  /** The phonebook of the modem itself, `ME`. */
  readonly phonebook: Map<number, PhonebookEntry> = new Map();
  readonly #random: SeededRandom;
  readonly #responseMs: readonly [from: number, to: number];
  readonly #lines: Lines;
  readonly #stores: Readonly<Record<StoreName, MessageStore>>;
  #clockOffset = 0;
  #simBusyUntil = 0;
  #startedAt = 0;
  #silentUntil = 0;
  #fragileUntil = 0;
  #unplugged = false;

  constructor(options: VirtualModemOptions, link: RadioLink, clock: Clock, random: SeededRandom) {
    const { personality } = options;
    this.imei = options.imei;
    this.personality = personality;
    this.profile = factoryProfile(personality.atStart);
    this.settings = { ...this.profile.settings };
    this.clock = clock;
    this.link = link;
    this.log = options.log;
    this.#random = random;
    this.#lines = new Lines(this, options.lineFaults, random);
    this.#responseMs = options.responseMs;
    this.sim = new SimCard({
      ...options,
      smsc: link.smsc,
      capacity: options.simCapacity,
      firstIndex: personality.stores.firstIndex,
    });
    const me = memoryStore(options.modemCapacity, personality.stores.firstIndex);
    const reports = memoryStore(REPORT_PLACES, personality.stores.firstIndex);
    this.#stores = { SM: this.sim.messages, ME: me, MT: joinedStore([this.sim.messages, me]), SR: reports };
    this.incoming = new Incoming(this);
    this.outgoing = new Outgoing(this);
    this.smscOfNetwork = smscField(link.smsc);
    this.radio = new Radio(this);
  }

  /** The number that its SIM says is its own. */
  get number(): string {
    return this.sim.number;
  }

  /** Switches the modem on at the start of the world: it is registered at once, if it can be. */
  powerOn(): void {
    this.#startSim();
    this.radio.powerOn();
  }

  /** Whether the SIM is still starting, and whatever is asked of it is answered with `SIM busy`. */
  get simBusy(): boolean {
    return this.clock.now() < this.#simBusyUntil;
  }

  /** The PIN was accepted: registration and the pauses after the PIN begin. */
  unlocked(): void {
    const { silentAfterPinMs, rebootsIfAskedAfterPinMs } = this.personality.start;
    this.#silentUntil = this.clock.now() + silentAfterPinMs;
    this.#fragileUntil = this.clock.now() + rebootsIfAskedAfterPinMs;
    this.radio.update();
  }

  /**
   * Puts the modem at the far end of a line. A modem may have several: each has its own echo and runs its own commands.
   * @param codes whether unsolicited codes come on it.
   */
  attach(line: FarEnd, { codes = true }: { readonly codes?: boolean } = {}): void {
    this.#lines.attach(line, codes);
  }

  /** A line in memory to this modem, for a driver in the same process. */
  memoryPort(): Port {
    const { port, farEnd } = memoryPort(`modem ${this.number}`);
    this.attach(farEnd);
    return port;
  }

  /** Whether a host has one of the lines open. */
  get hostPresent(): boolean {
    return this.#lines.hostPresent;
  }

  /** Sends an unsolicited code to the hosts that are there. */
  notify(...code: readonly string[]): void {
    this.#lines.notify(code);
  }

  store(name: StoreName): MessageStore {
    return this.#stores[name];
  }

  /** Restarts: settings as after power-on, the PIN is needed again, running commands are dropped; stored messages stay. */
  reboot(): void {
    this.#powerOff();
    this.#powerOn();
  }

  /** `+CFUN=1,1`: a restart after the answer. Some USB devices are gone for a while, and come back under another name. */
  restart(): void {
    const { reenumeratesMs } = this.personality.start;
    this.clock.after(RESTART_AFTER_MS, () => {
      if (reenumeratesMs === 0) this.reboot();
      else this.unplug(reenumeratesMs, true);
    });
  }

  /** Whether it is in its host. */
  get plugged(): boolean {
    return !this.#unplugged;
  }

  /** Pulls the device out. It comes back after `ms`, as new, and under another name if `renamed`; 0: it stays away. */
  unplug(ms: number, renamed = false): void {
    if (this.#unplugged) return;
    this.#unplugged = true;
    this.log.add({ kind: 'unplug', number: this.number });
    this.#powerOff();
    this.#lines.hangUp();
    if (ms > 0) this.clock.after(ms, () => this.plugIn(renamed));
  }

  /** Puts a device back that was pulled out. */
  plugIn(renamed = false): void {
    if (!this.#unplugged) return;
    this.#unplugged = false;
    this.log.add({ kind: 'plug', number: this.number });
    this.#lines.plugIn(renamed);
    this.#powerOn();
  }

  /** Carries out a fault of the line at once, also while a command runs. */
  suffer(action: UnaskedAction): void {
    switch (action.kind) {
      case 'reboot':
        this.reboot();
        break;
      case 'unplug':
        this.unplug(action.ms, action.renamed === 1);
        break;
      case 'stall':
        this.#lines.stall(action.ms);
        break;
      case 'orphan':
        this.#lines.interject(action.text);
        break;
      case 'noise':
        this.#lines.interject(action.code);
        break;
    }
  }

  /** The modem's own clock (`+CCLK`), ms since 1970. */
  get time(): number {
    return this.clock.now() + this.#clockOffset;
  }

  setTime(at: number): void {
    this.#clockOffset = at - this.clock.now();
  }

  /** How long ago it was switched on, or started again, ms. */
  get uptimeMs(): number {
    return this.clock.now() - this.#startedAt;
  }

  /** Waits as long as the modem takes to think about a command line, and `besides`. @param usualMs absent: as the world has it. */
  async think(usualMs: number | undefined, besides: number): Promise<void> {
    if (this.clock.now() < this.#fragileUntil) this.reboot();
    const [from, to] = this.#responseMs;
    const ms = (usualMs ?? Math.round(from + this.#random.fraction() * (to - from))) + besides;
    if (ms > 0) await sleep(this.clock, ms);
    const silentMs = this.#silentUntil - this.clock.now();
    if (silentMs > 0) await sleep(this.clock, silentMs);
  }

  receive(tpdu: Uint8Array): DeliveryAnswer | Promise<DeliveryAnswer> {
    return this.incoming.receive(tpdu);
  }

  coverageChanged(): void {
    this.radio.update();
  }

  /** Its radio goes off as with `+CFUN=0`, or it starts again, as with `+CFUN=1,1`; its lines stay open. */
  setPowered(on: boolean): void {
    if (on) this.reboot();
    else this.radio.setFunctionality(0);
  }

  #powerOff(): void {
    this.radio.setFunctionality(0);
    this.settings = { ...this.profile.settings };
    this.commandsSet.clear();
    this.#fragileUntil = 0;
    this.#lines.restart(this.profile.talk);
  }

  #powerOn(): void {
    this.sim.reset();
    this.#startSim();
    this.radio.setFunctionality(1);
    for (const code of this.personality.start.startCodes) this.notify(code);
  }

  #startSim(): void {
    const { simBusyMs } = this.personality.start;
    this.#startedAt = this.clock.now();
    this.#simBusyUntil = this.clock.now() + simBusyMs;
    if (simBusyMs > 0) this.clock.after(simBusyMs, () => this.radio.update());
  }
}
