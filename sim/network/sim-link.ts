import type { EventLog } from '../log.ts';
import type { Operator } from './operators.ts';
import type { Admission, MobileStation, RadioLink, Reception, SubmitAnswer } from './radio-link.ts';
import type { Subscriber } from './subscriber.ts';
import type { Account } from './ussd.ts';

/** What a SIM on the air needs of the network that it belongs to. */
export interface HomeNetwork {
  readonly smsc: string;
  readonly zone: number;
  readonly log: EventLog;
  now(): number;
  submit(link: SimLink, tpdu: Uint8Array, began: ((sms: number) => void) | undefined): Promise<SubmitAnswer>;
}

/** Messages a minute that a modem may be limited to: over signalling 6 to 15, over GPRS about 30. */
const RATES = { from: 1, to: 600 } as const;

/** A SIM in a phone: its operator's cells, its reception, and the time that its messages take on the air. */
export class SimLink implements RadioLink {
  /** Two SIMs have the same when one is a clone. */
  imsi: string;
  /** The number of this SIM; absent: the number has moved to another SIM, and this one cannot register. */
  subscriber: Subscriber | undefined;
  readonly #home: HomeNetwork;
  #station: MobileStation | undefined;
  #operator: Operator;
  #reception: Reception = 'good';
  #powered = true;
  #attached = false;
  #betweenCells = false;
  #airFreeAt = 0;
  #ratePerMinute: number | undefined;

  constructor(imsi: string, operator: Operator, home: HomeNetwork) {
    this.imsi = imsi;
    this.#operator = operator;
    this.#home = home;
  }

  get smsc(): string {
    return this.#home.smsc;
  }

  get zone(): number {
    return this.#home.zone;
  }

  get account(): Account {
    return this.subscriber ?? { number: '', balanceCents: 0 };
  }

  get operator(): Operator {
    return this.#operator;
  }

  get reception(): Reception {
    return this.#reception;
  }

  get covered(): boolean {
    return this.#reception !== 'none' && !this.#betweenCells;
  }

  get powered(): boolean {
    return this.#powered;
  }

  get admission(): Admission {
    if (this.subscriber === undefined) return 'denied';
    if (this.subscriber.operator.code === this.#operator.code) return 'home';
    return this.#operator.admitsRoamers ? 'roaming' : 'denied';
  }

  /** Whether messages get through: the phone is registered, and hears the network. */
  get reachable(): boolean {
    return this.#attached && this.covered && this.#reception !== 'shadow';
  }

  /** The phone, when messages reach it. */
  get station(): MobileStation | undefined {
    return this.reachable ? this.#station : undefined;
  }

  /** Puts the SIM into a phone. */
  insertInto(station: MobileStation): void {
    this.#station = station;
  }

  setReception(reception: Reception): void {
    if (reception === this.#reception) return;
    const wasCovered = this.covered;
    const more = reception === 'none' || (reception === 'good' && !wasCovered) ? {} : { reception };
    this.#reception = reception;
    const number = this.subscriber?.number ?? '';
    this.#home.log.add({ kind: 'coverage', number, covered: this.covered, ...more });
    if (wasCovered !== this.covered) this.#station?.coverageChanged();
  }

  /** Takes the phone into the cells of another operator. */
  moveTo(operator: Operator): void {
    if (operator.code === this.#operator.code) return;
    this.#operator = operator;
    this.admissionChanged();
  }

  /** The network asks the phone to register anew. */
  admissionChanged(): void {
    this.#betweenCells = true;
    this.#station?.coverageChanged();
    this.#betweenCells = false;
    this.#station?.coverageChanged();
  }

  setPowered(on: boolean): void {
    if (on === this.#powered) return;
    this.#powered = on;
    this.#station?.setPowered(on);
  }

  get ratePerMinute(): number | undefined {
    return this.#ratePerMinute;
  }

  /** Messages a minute, both ways together; `undefined`: as many as the profile lets through. @throws RangeError */
  setRate(perMinute: number | undefined): void {
    if (perMinute !== undefined && !(perMinute >= RATES.from && perMinute <= RATES.to)) {
      throw new RangeError(`A rate of ${perMinute} messages a minute is not ${RATES.from} to ${RATES.to}`);
    }
    this.#ratePerMinute = perMinute;
  }

  /**
   * Reserves the air for one message of `ms`, or longer when the rate says so. One message at a time is on the air, in
   * either direction, so earlier ones go first. Returns after how many ms the message is through, and its time on the air.
   */
  occupyAir(ms: number): { readonly throughMs: number; readonly onAirMs: number } {
    const onAirMs = Math.max(ms, this.#ratePerMinute === undefined ? 0 : Math.ceil(60_000 / this.#ratePerMinute));
    const now = this.#home.now();
    this.#airFreeAt = Math.max(this.#airFreeAt, now) + onAirMs;
    return { throughMs: this.#airFreeAt - now, onAirMs };
  }

  attach(): void {
    if (this.#attached || this.subscriber === undefined) return;
    this.#attached = true;
    const { number } = this.subscriber;
    const roaming = this.admission === 'roaming' ? { operator: this.#operator.code } : {};
    this.#home.log.add({ kind: 'attach', number, ...roaming });
    this.subscriber.heardFrom(this);
  }

  detach(): void {
    if (!this.#attached) return;
    this.#attached = false;
    this.#home.log.add({ kind: 'detach', number: this.subscriber?.number ?? '' });
  }

  submit(tpdu: Uint8Array, began?: (sms: number) => void): Promise<SubmitAnswer> {
    return this.#home.submit(this, tpdu, began);
  }

  memoryAvailable(): void {
    if (this.reachable) this.subscriber?.memoryAvailable(this);
  }
}
